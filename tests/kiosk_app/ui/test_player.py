"""What is said is handed to a process of its own, and broken off by what comes next."""

from pathlib import Path

from kiosk_app.ui.player import Aplay, Silence


def waiting(tmp_path):
    """Return a command that notes its files, and then plays for ever."""
    command = tmp_path / "aplay"
    command.write_text(f'#!/bin/sh\necho "$@" >> {tmp_path}/played\nexec sleep 600\n')
    command.chmod(0o755)
    return Aplay(str(command))


def test_the_next_thing_said_breaks_off_the_last(tmp_path):
    player = waiting(tmp_path)
    player.play([Path("a.wav"), Path("b.wav")])
    first = player._playing

    player.play([Path("c.wav")])

    assert first.poll() is not None
    assert player._playing.poll() is None
    player.play([])
    assert player._playing is None


def test_without_a_sound_card_nothing_happens(tmp_path):
    command = tmp_path / "aplay"
    command.write_text("#!/bin/sh\necho cannot >&2\nexit 1\n")
    command.chmod(0o755)
    player = Aplay(str(command))

    player.play([Path("a.wav")])
    player._playing.wait()
    player.play([Path("b.wav")])
    player.play([])

    assert player._playing is None


def test_silence_plays_nothing():
    Silence().play([Path("a.wav")])
