"""What ships: only what the entry reaches, the same bytes every time, within its budget."""

import ast
import json
import shutil
import tomllib

import pytest

import device
from device import manifest
from tests import build_firmware

BIG = {"mpy_bytes": 1, "romfs_bytes": 81921, "modules": 1, "budget_bytes": 81920}


@pytest.fixture(scope="module")
def built(tmp_path_factory):
    out = tmp_path_factory.mktemp("firmware")
    return out, build_firmware.build(out)


def names(source):
    return list(build_firmware.imported(ast.parse(source)))


def test_two_builds_in_two_places_are_the_same_bytes(built, repository, tmp_path):
    shutil.copytree(repository / "device", tmp_path / "elsewhere" / "device")
    sizes = build_firmware.build(tmp_path / "again", tmp_path / "elsewhere")

    assert sizes == built[1]
    assert build_firmware.digest(tmp_path / "again") == build_firmware.digest(built[0])


def test_one_changed_byte_changes_the_digest(tmp_path):
    (tmp_path / "a").write_bytes(b"one")
    before = build_firmware.digest(tmp_path)
    (tmp_path / "a").write_bytes(b"onf")

    assert build_firmware.digest(tmp_path) != before


def test_the_app_is_within_its_budget(built):
    assert build_firmware.fits(built[1])


def test_an_app_above_its_budget_is_found():
    assert not build_firmware.fits(BIG)
    assert not build_firmware.fits(BIG | {"romfs_bytes": 1, "mpy_bytes": 81921})
    assert build_firmware.fits(BIG | {"romfs_bytes": 81920})


def test_make_firmware_ends_with_its_figures(monkeypatch, capsys, tmp_path):
    monkeypatch.setattr(build_firmware, "build", lambda out: BIG)

    assert build_firmware.main() == 1
    assert json.loads(capsys.readouterr().out.splitlines()[-1]) == BIG


def test_the_sizes_are_those_of_the_files(built):
    out, sizes = built

    assert sizes["mpy_bytes"] == sum(len(path.read_bytes()) for path in out.rglob("*.mpy"))
    assert sizes["romfs_bytes"] == len((out / "app.romfs").read_bytes())
    assert sizes["modules"] == len(list((out / "app_a").rglob("*.mpy")))


def test_nothing_of_the_simulator_ships(built):
    reached = build_firmware.reached(manifest.ENTRY)

    assert [name for name in reached if name in manifest.NEVER] == []
    assert manifest.ENTRY in reached


def test_what_never_ships_is_there_and_would_be_reached(repository):
    assert [name for name in manifest.NEVER if not build_firmware.source(name, repository).exists()] == []
    assert "device.terminal" in build_firmware.reached("device.simulator")


def test_the_firmware_carries_the_version_of_the_project(repository):
    project = tomllib.loads((repository / "pyproject.toml").read_text())["project"]

    assert project["version"] == device.VERSION


def test_imports_of_every_shape_are_followed():
    assert names("import device.link") == ["device.link"]
    assert names("from device import link") == ["device", "device.link"]
    assert names("def late():\n    from device.link import Link") == ["device.link", "device.link.Link"]
    assert names("try:\n    import esp32\nexcept ImportError:\n    pass") == ["esp32"]
    assert names("if TYPE_CHECKING:\n    from device import terminal") == []


def test_a_module_that_does_not_compile_stops_the_build(tmp_path):
    (tmp_path / "bad.py").write_text("match x:\n    case 1: pass\n")

    with pytest.raises(SystemExit, match="bad"):
        build_firmware.compile_to(tmp_path / "bad.mpy", "bad.py", tmp_path)
