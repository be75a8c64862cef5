"""What the staff see and take away."""

import json
import subprocess
from contextlib import closing
from zlib import crc32

import pytest

from device.protocol.canonical import dumps
from kiosk_app.envelope import Envelope
from kiosk_app.kiosk import Kiosk, board
from kiosk_app.outbox import Outbox
from kiosk_app.pin import hashed
from kiosk_app.settings import Settings
from kiosk_app.status import save, stick


@pytest.fixture
def kiosk(tmp_path):
    settings = Settings("kiosk-1", "127.0.0.1", 1, tmp_path / "data", pin_hash=hashed("2468"), usb=tmp_path / "media")
    kiosk = Kiosk(settings, environment={})
    yield kiosk
    kiosk.stop()


def staffed(kiosk):
    """Hold the corner, give the PIN."""
    session, clock = kiosk.session, kiosk.clock
    session.touched("corner.staff")
    clock._started_ms -= 4_000
    session.tick()
    session.lifted()
    for target in (*(f"digit.{digit}" for digit in "2468"), "action.next"):
        clock._started_ms -= 1_000
        session.touched(target)
        session.lifted()
    return session.page


def test_the_staff_see_how_the_kiosk_is_while_it_is_out_of_service(kiosk):
    page = staffed(kiosk)

    told = dict(page.rows)
    assert page.kind == "status"
    assert told["Laite"].startswith("kiosk-1, ")
    assert told["Yhteys"] == "yhdistetään"
    assert told["Odottaa lähetystä"] == "0 / 200000"
    assert told["Vastaukset salattu kortilla"] == "ei"
    assert told["Tallennus"] == "kunnossa"


def test_without_a_stick_they_are_told(kiosk):
    staffed(kiosk)

    kiosk.clock._started_ms -= 1_000
    kiosk.session.touched("action.export")

    assert kiosk.session.page.rows[0][1] == "no USB stick"


def test_all_that_is_held_is_saved_with_a_checksum_a_line(tmp_path):
    (tmp_path / "out").mkdir()
    with closing(Outbox(tmp_path, Envelope(bytes(32)))) as outbox:
        put = [
            outbox.put({"boot": 1, "uptime_s": 5, "at": None, "answers": {"text": f"Hyvää {n}"}}) for n in range(300)
        ]
        outbox.acknowledge(20)

        path, count = save(outbox, tmp_path / "out", "kiosk-1")

        lines = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
        assert count == 300
        assert path.name == f"hymio-kiosk-1-{outbox.epoch}-300.jsonl"
        assert [line["record"] for line in lines[:-1]] == put
        assert {name: lines[-1][name] for name in ("records", "next_seq", "acked_seq")} == {
            "records": 300,
            "next_seq": 301,
            "acked_seq": 20,
        }
    for line in lines:
        crc = line.pop("crc")
        assert crc == crc32(dumps(line).encode())


def test_a_stick_is_a_disk_of_its_own_that_can_be_written(tmp_path):
    (tmp_path / "a-folder").mkdir()
    mounted = tmp_path / "usb0"
    mounted.mkdir()
    with pytest.raises(FileNotFoundError, match="no USB stick"):
        stick(tmp_path)
    if subprocess.run(["mount", "-t", "tmpfs", "tmpfs", mounted], check=False, capture_output=True).returncode:
        pytest.skip("only root may mount")
    try:
        assert stick(tmp_path) == mounted
    finally:
        subprocess.run(["umount", mounted], check=True)


def test_the_board_is_named_as_it_names_itself(tmp_path):
    model = tmp_path / "model"
    model.write_text("Raspberry Pi 5 Model B Rev 1.0\0")

    assert board(model) == "Raspberry Pi 5 Model B Rev 1.0"
    assert board(tmp_path / "none")
