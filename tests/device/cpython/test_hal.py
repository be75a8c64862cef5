"""The hal on real MicroPython with a chip that a test holds in its hands, until every line of it has run."""

import ast
import os
import shutil
import subprocess
import sys
import types

import pytest

from tests.device.cpython.boxes import MICROPYTHON, ROOT

CHIPS = ("espressif", "raspberry")
TELL = "\nimport marks\nprint('ran', *sorted(marks.ran))\nsys.exit(status)\n"


class Marking(ast.NodeTransformer):
    """Puts a note of its line before every statement of a function or a module."""

    def __init__(self):
        self.lines = set()

    def generic_visit(self, node):
        super().generic_visit(node)
        for field in ("body", "orelse", "finalbody", "handlers"):
            steps = getattr(node, field, None)
            if isinstance(steps, list) and field != "handlers" and not isinstance(node, ast.ClassDef):
                setattr(node, field, [marked for step in steps for marked in self.marked(step)])
        return node

    def marked(self, step):
        is_text = isinstance(step, ast.Expr) and isinstance(step.value, ast.Constant)
        is_types = isinstance(step, ast.If) and ast.unparse(step.test) == "TYPE_CHECKING"
        if is_text or is_types or isinstance(step, ast.Import | ast.ImportFrom):
            return [step]
        self.lines.add(step.lineno)
        return [ast.parse(f"__import__('marks').ran.add({step.lineno})").body[0], step]


def instrumented(source):
    """Return a module that notes which of its statements ran, and the lines of all of them."""
    marking = Marking()
    tree = ast.fix_missing_locations(marking.visit(ast.parse(source)))
    return ast.unparse(tree), marking.lines - inside_types(source)


def inside_types(source):
    blocks = [node for node in ast.walk(ast.parse(source)) if isinstance(node, ast.If)]
    types = [node for node in blocks if ast.unparse(node.test) == "TYPE_CHECKING"]
    return {line for node in types for line in range(node.lineno, (node.end_lineno or 0) + 1)}


@pytest.fixture(scope="module")
def checked(tmp_path_factory):
    """Run the checks of both chips on a copy whose hal takes notes; return what failed and what never ran."""
    copy = tmp_path_factory.mktemp("hal")
    for folder in ("device", "tests/device"):
        shutil.copytree(ROOT / folder, copy / folder, ignore=shutil.ignore_patterns("cpython", "__pycache__"))
    source, lines = instrumented((ROOT / "device/hal.py").read_text())
    (copy / "device/hal.py").write_text(source)
    runner = copy / "tests/device/run_tests.py"
    runner.write_text(runner.read_text().replace("sys.exit(", "status = (") + TELL)
    (copy / "marks.py").write_text("ran = set()\n")
    outputs = {chip: run(copy, chip) for chip in CHIPS}
    ran = {int(line) for text in outputs.values() for line in text.splitlines()[-1].split()[1:]}
    return outputs, sorted(lines - ran)


def run(folder, chip):
    paths = [f"tests/device/chip/{name}" for name in ("any", chip)]
    command = [MICROPYTHON, "tests/device/run_tests.py", f"tests.device.chip.{chip}_checks"]
    places = os.environ | {"MICROPYPATH": ":".join([".frozen", *paths])}
    done = subprocess.run(command, cwd=folder, env=places, capture_output=True, text=True, timeout=60, check=False)
    assert done.stdout.splitlines()[-1:], done.stderr
    return done.stdout


@pytest.mark.parametrize("chip", CHIPS)
def test_the_hal_does_what_its_checks_say(checked, chip):
    lines = checked[0][chip].splitlines()

    assert [line for line in lines if not line.startswith(("ok ", "ran "))] == []
    assert sum(line.startswith("ok ") for line in lines) >= 7


def test_every_line_of_the_hal_has_run(checked):
    assert checked[1] == []


def test_a_line_that_never_runs_is_found(monkeypatch):
    monkeypatch.setitem(sys.modules, "marks", types.SimpleNamespace(ran=set()))
    marked, lines = instrumented("def f(x):\n    if x:\n        return 1\n    return 2\nf(0)\n")
    exec(marked, {})  # what the interpreter does with the copy

    assert lines == {1, 2, 3, 4, 5}
    assert lines - sys.modules["marks"].ran == {3}
