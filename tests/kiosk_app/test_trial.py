"""The kiosk to try, started as a person starts it, in a process of its own."""

import subprocess
import sys

import pytest

START = [sys.executable, "-m", "hymio", "kiosk", "try"]


def tried(repository, *options, home="/nowhere"):
    return subprocess.run(
        [*START, *options],
        cwd=repository,
        # Mesa keeps shaders in the home of the user, whatever HOME says, and complains where it cannot.
        env={"SDL_VIDEODRIVER": "offscreen", "PATH": "", "HOME": str(home), "MESA_SHADER_CACHE_DISABLE": "true"},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


def test_it_leaves_a_picture_of_more_than_darkness(repository, tmp_path):
    picture, home = tmp_path / "new" / "kiosk.png", tmp_path / "home"
    home.mkdir()

    done = tried(repository, "--survey", "smiley@1", "--size", "800x480", "--screenshot", str(picture), home=home)

    assert (done.returncode, done.stdout) == (0, "")
    assert done.stderr == f"A picture of it is in {picture}\n"
    assert picture.stat().st_size > 8_000  # black takes 1,500
    assert not (home / ".kivy").exists()


@pytest.mark.parametrize(
    ("options", "says"),
    [
        (["--survey", "x"], "'x' is not one of smiley@1, national@1"),
        (["--size", "12"], "a size is written as 1280x800"),
    ],
)
def test_what_cannot_be_shown_is_said_on_one_line(repository, options, says):
    done = tried(repository, *options)

    assert done.returncode == 2
    assert says in done.stderr
    assert "Traceback" not in done.stderr
