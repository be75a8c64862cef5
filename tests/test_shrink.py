"""A program made small does what it did."""

import ast
import builtins
import types

import pytest

from tests.build_firmware import ROOT, reached, source
from tests.shrink import Program

FLASH = '''
"""Flash."""
ERASE, SYNC = 6, 3
SIZE = 4 * ERASE

class Blocks:
    """Blocks."""

    def __init__(self, count: int) -> None:
        self._count = count
        self.size: "int" = SIZE

    def erase(self, block: int) -> int:
        return self._at(block) + ERASE

    def _at(self, block: int) -> int:
        return block * self._count
'''
RING = """
from flash import ERASE, Blocks

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

class Ring(Blocks):
    def __init__(self, count):
        super().__init__(count)
        self._next = 1

    def turn(self, by, *, twice=False):
        self._next += shifted(by) + ERASE
        return self._next, self._count

def shifted(by):
    return (lambda by: by + 1)(by)
"""
MAIN = """
import flash
from ring import Ring

PIN = 8

def main(text, board):
    ring = Ring(count=3)
    return [ring.turn(2, twice=True), ring.erase(5), flash.SIZE, ring.size, getattr(ring, "_count"), text, board.PIN]
"""
SOURCES = {"flash": FLASH, "ring": RING, "main": MAIN}


def run(sources):
    """Run `main.main` of modules that know only each other."""
    modules = {}
    for name in ("flash", "ring", "main"):
        modules[name] = types.ModuleType(name)
        known = {"__import__": lambda wanted, *_: modules[wanted]}
        scope = vars(modules[name])
        scope["__builtins__"] = vars(builtins) | known
        exec(compile(sources[name], name, "exec"), scope)
    return modules["main"].main("whole", types.SimpleNamespace(PIN=7))


def small(sources=SOURCES):
    program = Program(sources, "main")
    return {name: program.shrunk(name) for name in sources}


def test_it_does_what_it_did():
    assert run(small()) == run(SOURCES) == [(10, 3), 21, 24, 24, 3, "whole", 7]


def test_constants_stand_where_they_are_used_and_nowhere_else():
    shrunk = small()

    assert "ERASE" not in "".join(shrunk.values())
    assert "24" in shrunk["main"]
    assert "PIN = 8" in shrunk["main"]  # somebody may ask for it who was handed the module


def test_what_is_for_people_and_type_checkers_is_gone():
    shrunk = "".join(small().values())

    for words in ("TYPE_CHECKING", "typing", '"""', "int"):
        assert words not in shrunk


def test_own_names_are_short_and_a_family_has_none_twice():
    shrunk = small()

    assert "_next" not in shrunk["ring"]
    assert "shifted" not in shrunk["ring"]
    assert "_at" not in shrunk["flash"]
    own = {
        name: {node.attr for node in ast.walk(ast.parse(shrunk[name])) if isinstance(node, ast.Attribute)}
        for name in shrunk
    }
    assert not {word for word in own["flash"] & own["ring"] if word.startswith("_") and word[1:].isdigit()}


def test_a_name_that_a_text_holds_or_a_caller_says_stays():
    shrunk = small()

    assert "self._count" in shrunk["flash"]
    assert "def __init__(self, count)" in shrunk["flash"]
    assert "twice" in shrunk["ring"]


def test_what_a_constant_is():
    program = Program(
        {"main": "A = 1\nB = -A << 3\nC = 'text'\nD = 1.5\nE = len('a')\nF, G = 2, 'x'\nlow = 4\nH = True\n"}, "main"
    )

    assert program.constants["main"] == {"A": 1, "B": -8, "F": 2}


@pytest.mark.parametrize("name", reached("device.main"))
def test_every_module_that_ships_is_smaller_and_still_python(name):
    modules = reached("device.main")
    program = Program({module: source(module, ROOT).read_text() for module in modules}, "device.main")
    shrunk = program.shrunk(name)

    ast.parse(shrunk)
    assert len(shrunk) <= len(source(name, ROOT).read_text())
