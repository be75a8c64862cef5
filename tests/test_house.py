"""The house in order: papers, pins, words that must not leave the workshop, and a manual that knows every verb."""

import ast
import importlib
import re
import subprocess
import tomllib
from collections.abc import Iterator
from pathlib import Path

import click
import pytest

from tests import shape

FOLDERS = ("device", "kiosk_app", "broker_bridge", "server", "hardware")
MANUALS = ("README.md", *(f"{folder}/README.md" for folder in FOLDERS))
PAPERS = ("README.md", "LICENSE", "CHANGELOG.md", "CONTRIBUTING.md", "DECISIONS.md", "SECURITY.md")
PINNED = ("broker_bridge", "server", "device", "kiosk_app", "hardware", "tests")

# Spelled in two halves, so that this file does not hold what it looks for.
PLACES = ("wo" + "rk", "opt/py" + "pi", "opt/whe" + "els", "ro" + "ot/", "home/\\w+")
HOSTS = ("py" + "pi\\.org", "python" + "hosted", "npm" + "js\\.", "deb\\.deb" + "ian", "crates" + "\\.io")
FORBIDDEN = [*(f"(?<![\\w.])/{place}\\b" for place in PLACES), *HOSTS]

# One line of a requirements file: a version, its hashes, and who asked for it.
PIN = re.compile(
    r"""^(?: [a-z0-9-]+==[^\s;]+ (\ ;\ [^\\]+)? \ \\
          |  \ {4}--hash=sha256:[0-9a-f]{64} (\ \\)?
          |  \ {4}\#\ {1,3}[^/]*
        )$""",
    re.VERBOSE,
)


def texts(repository: Path) -> Iterator[tuple[str, str]]:
    """Yield the name and the text of every file that belongs to the repository, or would with the next commit."""
    listed = subprocess.run(
        ["git", "-c", "safe.directory=*", "ls-files", "--cached", "--others", "--exclude-standard"],
        cwd=repository,
        check=True,
        capture_output=True,
        text=True,
    )
    for name in sorted(set(listed.stdout.splitlines())):
        path = repository / name
        if path.is_file() and b"\0" not in (content := path.read_bytes()):
            yield name, content.decode()


def forbidden_words(text: str) -> list[str]:
    return [match.group() for pattern in FORBIDDEN for match in re.finditer(pattern, text, re.IGNORECASE)]


def undocumented(source: str) -> bool:
    tree = ast.parse(source)
    return bool(tree.body) and ast.get_docstring(tree) is None


def verbs(command: click.Command, path: str) -> Iterator[tuple[str, click.Command]]:
    """Yield every command below the given one with the words that a person types."""
    if not isinstance(command, click.Group):
        yield path, command
        return
    context = click.Context(command)
    for name in command.list_commands(context):
        if found := command.get_command(context, name):
            yield from verbs(found, f"{path} {name}")


def all_verbs(repository: Path) -> list[tuple[str, click.Command]]:
    if not (repository / "hymio.py").exists():
        pytest.skip("hymio.py is not written yet")
    return list(verbs(importlib.import_module("hymio").main, "hymio"))


def manuals(repository: Path) -> str:
    return "\n".join((repository / name).read_text() for name in MANUALS if (repository / name).exists())


def pins(repository: Path, folder: str) -> dict[str, set[str]]:
    """Return the versions per package; a package has several where its version depends on the Python."""
    found: dict[str, set[str]] = {}
    for name, version in re.findall(r"^([a-z0-9-]+)==([^\s;]+)", requirements(repository, folder), re.MULTILINE):
        found.setdefault(name, set()).add(version)
    return found


def requirements(repository: Path, folder: str) -> str:
    return (repository / folder / "requirements.txt").read_text()


def project(repository: Path) -> dict:
    return tomllib.loads((repository / "pyproject.toml").read_text())["project"]


@pytest.mark.parametrize("paper", PAPERS)
def test_the_paper_is_there(repository, paper):
    assert (repository / paper).read_text().strip()


@pytest.mark.parametrize("folder", FOLDERS)
def test_every_folder_has_its_manual(repository, folder):
    assert (repository / folder / "README.md").read_text().startswith("# ")


def dead_links(repository: Path, name: str, text: str) -> list[str]:
    """Return the links of a paper to files of ours, or to headings in them, that are not there."""
    found = []
    for link in re.findall(r"\]\(([^)\s:]+)\)", text):
        file, _, heading = link.partition("#")
        path = (repository / name).parent / file if file else repository / name
        if not path.exists() or (heading and heading not in headings(path.read_text())):
            found.append(link)
    return found


def headings(text: str) -> set[str]:
    """Return the headings of a paper as links name them."""
    titles = re.findall(r"^#+ (.*)$", text, re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", title.lower()).replace(" ", "-") for title in titles}


def test_every_link_of_a_paper_leads_somewhere(repository):
    papers = [(name, text) for name, text in texts(repository) if name.endswith(".md")]

    assert len(papers) >= 8
    assert {name: dead for name, text in papers if (dead := dead_links(repository, name, text))} == {}


@pytest.mark.parametrize("link", ["nowhere.md", "README.md#no-such-heading", "#no-such-heading"])
def test_a_dead_link_is_found(repository, link):
    assert dead_links(repository, "README.md", f"[here]({link})") == [link]


def test_no_text_names_the_machine_it_was_written_on(repository):
    found = {name: words for name, text in texts(repository) if (words := forbidden_words(text))}

    assert found == {}


@pytest.mark.parametrize(
    "text", ["see /wo" + "rk/main", "https://py" + "pi.org/simple", "cd /ro" + "ot/x", "/home/" + "me"]
)
def test_a_forbidden_word_is_found(text):
    assert forbidden_words(text)


@pytest.mark.parametrize("text", ["the bridge's /workers", "https://example.org/work", "does it work/rest?"])
def test_a_harmless_word_is_left_alone(text):
    assert forbidden_words(text) == []


def test_the_changelog_knows_the_version(repository):
    released = re.findall(r"^## \[?(\d+\.\d+\.\d+)", (repository / "CHANGELOG.md").read_text(), re.MULTILINE)

    assert released[0] == project(repository)["version"]


def test_every_module_says_what_it_is_for(repository):
    modules = ((name, text) for name, text in texts(repository) if name.endswith(".py"))

    assert [name for name, text in modules if undocumented(text)] == []


def test_a_module_that_says_nothing_is_found():
    assert undocumented("import os\n")
    assert not undocumented('"""What it is for."""\nimport os\n')


def test_every_verb_has_help(repository):
    assert [path for path, command in all_verbs(repository) if not command.help] == []


def test_every_verb_is_in_a_manual(repository):
    read = manuals(repository)

    assert [path for path, _ in all_verbs(repository) if not re.search(rf"\b{path}\b", read)] == []


def test_verbs_inside_groups_are_walked():
    inner = click.Group("devices", commands=[click.Command("add")])
    outer = click.Group("hymio", commands=[inner, click.Command("demo")])

    assert [path for path, _ in verbs(outer, "hymio")] == ["hymio demo", "hymio devices add"]


def test_every_setting_is_in_a_manual(repository):
    code = [text for name, text in texts(repository) if name.endswith(".py") and not name.startswith("tests/")]
    settings = set(re.findall(r"\bHYMIO_[A-Z0-9_]*[A-Z0-9]\b", "\n".join(code)))

    assert sorted(setting for setting in settings if setting not in manuals(repository)) == []


@pytest.mark.parametrize("folder", PINNED)
def test_requirements_hold_hashed_versions_and_nothing_else(repository, folder):
    text = requirements(repository, folder)

    assert [line for line in text.splitlines() if not PIN.match(line)] == []
    assert text.count("--hash=") >= text.count("==") > 0


@pytest.mark.parametrize("line", ["click==8.3.0", "click>=8 \\", "--index-url https://example.org", "    # via /a/b"])
def test_an_unpinned_line_is_found(line):
    assert not PIN.match(line)


@pytest.mark.parametrize("folder", ["broker_bridge", "server", "device", "kiosk_app", "hardware"])
def test_what_runs_in_service_is_what_was_tested(repository, folder):
    tested = pins(repository, "tests")

    assert {name: v for name, v in pins(repository, folder).items() if tested[name] != v} == {}


@pytest.mark.parametrize(("extra", "folder"), [("bridge", "broker_bridge"), ("server", "server"), ("dev", "tests")])
def test_what_the_project_asks_for_is_pinned(repository, extra, folder):
    asked = project(repository)["dependencies"] + project(repository)["optional-dependencies"][extra]
    names = {re.match(r"[A-Za-z0-9-]+", requirement).group().lower() for requirement in asked}

    assert names - pins(repository, folder).keys() == set()


def test_shape_counts_code_and_only_code():
    source = (
        '"""Doc."""\n\n# why\nimport os\n\n\ndef f(x):\n    """Doc."""\n    # why\n    return (\n        x\n    )\n'
    )

    module = shape.measure(source, "a.py")

    assert (module.length, module.comments) == (5, 2)
    assert module.functions == [shape.Function("a.py:7 f", 4, public=True, documented=True, typed=False)]


def test_shape_finds_untyped_and_hidden_functions():
    source = "class _A:\n    def f(self) -> int: ...\ndef g(*a: int, b: str) -> None:\n    def h(): ...\n"

    found = {f.where.split()[-1]: (f.public, f.typed) for f in shape.measure(source, "a.py").functions}

    assert found == {"f": (False, True), "g": (True, True), "h": (False, False)}


def test_shape_refuses_long_functions(tmp_path, capsys):
    (tmp_path / "device").mkdir()
    body = "\n".join(f"    x = {n}" for n in range(shape.FUNCTION_STOP))
    (tmp_path / "device/endless.py").write_text(f"def endless():\n{body}\n")

    assert shape.main(tmp_path) == 1
    assert "device/endless.py:1 endless has 51 lines" in capsys.readouterr().out


def test_shape_passes_short_functions(tmp_path, capsys):
    (tmp_path / "hymio.py").write_text("def short() -> None:\n    pass\n")
    (tmp_path / "tests").mkdir()
    (tmp_path / "tests/test_hymio.py").write_text("def test_short():\n    assert True\n")

    assert shape.main(tmp_path) == 0
    assert '"function_max": 2' in capsys.readouterr().out.splitlines()[-1]


def test_shape_percentile_is_the_nearest_rank():
    assert [shape.percentile(list(range(1, n + 1)), 95) for n in (1, 2, 20, 100)] == [1, 2, 19, 95]
