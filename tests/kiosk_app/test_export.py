"""What is held can be taken away whole, and read elsewhere."""

import json
import subprocess
from contextlib import closing
from zlib import crc32

import pytest

from device.protocol.canonical import dumps
from kiosk_app.envelope import Envelope
from kiosk_app.export import main, save, stick
from kiosk_app.outbox import Outbox


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


def test_a_copied_folder_can_be_printed(tmp_path, capsys):
    with closing(Outbox(tmp_path, Envelope())) as outbox:
        put = outbox.put({"boot": 1, "uptime_s": 5, "at": None, "answers": {"text": "Hyvää"}})

    assert main(tmp_path) == 0

    assert json.loads(capsys.readouterr().out.splitlines()[0])["record"] == put


@pytest.mark.parametrize(("content", "code", "why"), [(None, 2, "no outbox.db"), (b"x" * 5_000, 1, "unreadable")])
def test_a_folder_without_one_is_said_on_one_line(tmp_path, capsys, content, code, why):
    if content:
        (tmp_path / "outbox.db").write_bytes(content)

    assert main(tmp_path) == code

    said = capsys.readouterr()
    assert (said.out, why in said.err, said.err.count("\n")) == ("", True, 1)
