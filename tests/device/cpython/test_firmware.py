"""The very bytes that ship, started on real MicroPython with a chip that a test holds in its hands."""

import json
import os
import shutil
import subprocess

import pytest

from device.survey import SurveyFile
from tests import build_firmware
from tests.device.cpython.boxes import MICROPYTHON, MOSQUITTO, ROOT, SURVEY, Bridge, Broker
from tests.device.cpython.serial_line import SerialBoard

SETTINGS = {"device_id": "box-0001", "model": "button-5", "host": "127.0.0.1", "port": 1}
SURVEY_FILE = {"v": 1, "settings": "reception@3", "survey": SURVEY, "languages": ["fi"]}


@pytest.fixture(scope="module")
def built(tmp_path_factory):
    out = tmp_path_factory.mktemp("firmware")
    build_firmware.build(out)
    return out


@pytest.fixture
def board(tmp_path, built):
    """A board with nothing but what a maintainer puts there: the loader, its start, settings; no slot yet."""
    root = tmp_path / "board"
    root.mkdir()
    shutil.copy(built / "loader.mpy", root)
    shutil.copy(built / "main.py", root)
    (root / "settings.json").write_text(json.dumps(SETTINGS))
    (root / "wifi.json").write_text(json.dumps({"ssid": "clinic", "password": "secret"}))
    SurveyFile(str(root / "survey.json"), 5).take(SURVEY_FILE)
    return root


def install(built, board, slot):
    shutil.copytree(built / "app_a", board / f"app_{slot}")


def start(board, *scene, maker="espressif"):
    """Start the board; no source of ours is within its reach. `events` is what it says on its serial line."""
    chip = ROOT / "tests/device/chip"
    places = [".frozen", str(chip / "any"), str(chip / maker), str(elsewhere(board))]
    command = [MICROPYTHON, str(chip / "boot.py"), f"{board}/", *map(str, scene)]
    environment = os.environ | {"MICROPYPATH": ":".join(places)}
    done = subprocess.run(
        command, cwd=board.parent, env=environment, capture_output=True, text=True, timeout=60, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    *events, last = [json.loads(line) for line in done.stdout.splitlines() if line.startswith("{")]
    return last | {"events": events}


def elsewhere(board):
    """Return a place with what the made-up chip needs, and nothing of the app."""
    shutil.copytree(ROOT / "tests", board.parent / "elsewhere/tests", dirs_exist_ok=True, ignore=only_ram_flash)
    return board.parent / "elsewhere"


def only_ram_flash(folder, names):
    return [name for name in names if name not in ("device", "ram_flash.py", "__init__.py")]


def test_the_bytecode_of_a_slot_boots_and_thanks(built, board):
    install(built, board, "a")
    found = start(board)

    assert found["seen"]["is_lit"]
    assert found["seen"]["app"] == f"{board}/app_a/device/app.mpy"


def test_the_romfs_image_boots_and_thanks(built, board):
    found = start(board, "push", built / "app.romfs")

    assert found["seen"]["is_lit"]
    assert found["seen"]["app"] == f"{board}/app_a/device/app.mpy"


def told(found, event):
    return [line for line in found["events"] if line.get("event") == event]


def test_a_push_that_wakes_the_box_counts_in_the_same_boot(built, board):
    install(built, board, "a")
    pushed, slept, woken = (start(board, scene) for scene in ("push", "leave alone", "woken"))
    thanked = [told(found, "thanked")[0] for found in (pushed, woken)]

    assert slept["seen"]["chip"][-1][0] == "deepsleep"
    assert [line["seq"] for line in thanked] == [1, 2]
    assert [line["content"]["boot"] for line in thanked] == [1, 2]  # the sleep was in the second boot, and so is this
    assert woken["seen"]["is_lit"]


def test_a_pico_whose_firmware_leaves_no_flash_to_the_outbox_keeps_it_in_files(built, board):
    install(built, board, "a")
    pushed = start(board, maker="raspberry")
    lines = start(board, "service", maker="raspberry")["events"]

    assert pushed["seen"]["is_lit"]
    assert [line["record"]["answers"] for line in lines if "record" in line] == [{"smiley": 4}]


@pytest.mark.parametrize("text", ['{"device_id": "box-0001"', "{}", None])
def test_a_box_without_usable_settings_says_so_and_refuses_visibly(built, board, text):
    install(built, board, "a")
    (board / "settings.json").unlink() if text is None else (board / "settings.json").write_text(text)
    found = start(board)

    assert (found["seen"]["is_lit"], found["seen"]["is_service_lit"]) == (False, True)
    assert "settings.json: " in told(found, "out_of_service")[0]["reason"]


@pytest.mark.parametrize("text", ["{", None])
def test_a_box_that_knows_no_network_counts_all_the_same(built, board, text):
    install(built, board, "a")
    (board / "wifi.json").unlink() if text is None else (board / "wifi.json").write_text(text)
    found = start(board)

    assert found["seen"]["is_lit"]


def test_the_service_button_saves_what_the_box_holds(built, board):
    install(built, board, "a")
    start(board)
    lines = start(board, "service")["events"]

    assert [line["record"]["answers"] for line in lines if "record" in line] == [{"smiley": 4}]
    assert [line["records"] for line in lines if "records" in line] == [1]


def test_a_new_app_that_cannot_be_imported_gives_way_in_the_same_start(built, board):
    install(built, board, "a")
    install(built, board, "b")
    (board / "app_b/device/outbox.mpy").write_bytes(b"M\x05not for this interpreter")
    (board / "slot.json").write_text('{"slot": "b", "is_proven": false, "tries": 0}')
    seen = [start(board) for _ in range(4)]

    assert [found["seen"]["is_lit"] for found in seen] == [True] * 4
    assert {found["seen"]["app"] for found in seen} == {f"{board}/app_a/device/app.mpy"}
    assert seen[-1]["pointer"] == {"slot": "a", "is_proven": True, "tries": 0}


def test_a_new_app_that_restarts_again_and_again_gives_way_after_three_starts(built, board):
    install(built, board, "a")
    install(built, board, "b")
    (board / "app_b/device/app.mpy").unlink()
    (board / "app_b/device/app.py").write_text(
        "class App:\n    def __init__(self, *_):\n        raise RuntimeError('new and bad')\n"
        "async def out_of_service(*_):\n    pass\n"
    )
    (board / "slot.json").write_text('{"slot": "b", "is_proven": false, "tries": 0}')
    seen = [start(board) for _ in range(5)]

    assert [found["seen"]["is_lit"] for found in seen] == [False, False, False, True, True]
    assert [found["seen"]["chip"][-1:] for found in seen[:3]] == [[["reset"]]] * 3
    assert seen[3]["pointer"] == {"slot": "a", "is_proven": True, "tries": 0}


@pytest.mark.skipif(not MOSQUITTO, reason="needs mosquitto")
def test_a_new_app_proves_itself_by_an_answer_of_the_bridge(built, board, tmp_path):
    broker = Broker(tmp_path)
    bridge = Bridge(broker.port)
    install(built, board, "a")
    install(built, board, "b")
    (board / "settings.json").write_text(json.dumps(SETTINGS | {"port": broker.port}))
    (board / "slot.json").write_text('{"slot": "b", "is_proven": false, "tries": 0}')
    found = start(board, "online")
    bridge.stop()
    broker.kill()

    assert found["pointer"] == {"slot": "b", "is_proven": True, "tries": 0}
    assert bridge.said[0][1]["board"] == "esp32_s3"
    assert bridge.said[0][1]["battery_mv"] == 4000


def test_stock_mpremote_copies_the_build_onto_a_board_and_starts_it(built, board, tmp_path):
    blank = tmp_path / "blank"
    blank.mkdir()
    with SerialBoard(blank, [elsewhere(board)]) as serial:
        assert serial.mpremote("exec", "print(6 * 7)") == "42\n"
        serial.mpremote("cp", "-r", built / "app_a", ":app_a")
        for path in sorted(board.iterdir()):
            serial.mpremote("cp", path, f":{path.name}")
        listed = serial.mpremote("ls", ":app_a/device")
        serial.mpremote("reset")
        said = serial.heard().splitlines()

    assert "app.mpy" in listed
    assert json.loads(said[-1])["seen"]["is_lit"]
    assert json.loads(said[-1])["seen"]["app"].endswith("app_a/device/app.mpy")


def test_a_board_says_what_went_wrong(board):
    with SerialBoard(board, [elsewhere(board)]) as serial, pytest.raises(AssertionError, match="ZeroDivisionError"):
        serial.mpremote("exec", "1 / 0")


def test_a_start_that_is_not_a_slot_says_so(board):
    with pytest.raises(AssertionError, match="ImportError"):
        start(board)
