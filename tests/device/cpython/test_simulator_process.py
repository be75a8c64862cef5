"""The real simulator on the real interpreter with a real broker, and plugs pulled."""

import os
import pty
import subprocess
import tty

import pytest

from tests.device.cpython.boxes import MICROPYTHON, MOSQUITTO, ROOT, Box, missing, until

pytestmark = pytest.mark.skipif(not MOSQUITTO, reason="needs mosquitto")


@pytest.fixture
def box(tmp_path, broker, bridge):
    started = Box(tmp_path, broker.port)
    until(lambda: any(fields.get("settings") for _, fields in list(bridge.said)), "the settings")
    yield started
    if started.process.poll() is None:
        started.kill()


def test_a_press_reaches_the_bridge_and_its_ack_frees_the_outbox(box, bridge):
    box.press(4)
    until(lambda: box.newest("outbox").get("acked_seq") == 1, "the ack")

    assert not missing(box, bridge)
    assert [record["answers"] for record in bridge.stored.values()] == [{"smiley": 4}]


def test_a_box_killed_again_and_again_delivers_every_thanked_press_once(box, bridge):
    for round_number in range(8):
        wanted = len(box.logged("thanked")) + 1 + round_number % 4
        for button in (1, 2, 3, 4, 5):
            box.order(f"press {button}")
        until(lambda wanted=wanted: len(box.logged("thanked")) >= wanted, "a thank-you")
        box.kill()
        box.start()
    until(lambda: not missing(box, bridge), "every thanked press")
    boots = [fields["boot"] for name, fields in bridge.said if name == "up/hello"]

    assert len(box.logged("thanked")) >= 8
    assert not bridge.conflicts
    assert max(boots) == 9
    assert len({fields["epoch"] for _, fields in bridge.said}) == 1


def test_presses_made_while_the_bridge_is_deaf_arrive_later(box, bridge):
    bridge.is_deaf = True
    for button in (1, 2, 3):
        box.press(button)
    until(lambda: len([name for name, _ in bridge.said if name == "up/responses"]) > 2, "the sending again")
    acked_seq = box.state()["acked_seq"]
    bridge.is_deaf = False
    until(lambda: not missing(box, bridge), "every thanked press")

    assert acked_seq == 0
    assert not bridge.conflicts


def test_a_killed_broker_loses_no_thanked_press(box, broker, bridge):
    for button in (1, 2, 3):
        box.press(button)
    broker.kill()
    for button in (4, 5):
        box.press(button)
    until(lambda: box.newest("link")["state"] == "offline", "the box noticing")
    broker.start()
    until(lambda: not missing(box, bridge), "every thanked press")

    assert len(bridge.stored) == 5
    assert not bridge.conflicts


def test_the_end_of_its_input_is_an_orderly_stop(box, bridge):
    box.press(2)
    until(lambda: box.newest("outbox").get("acked_seq") == 1, "the ack")
    box.stop()
    until(lambda: bridge.said[-1][0] == "up/bye", "the goodbye")

    assert box.process.returncode == 0
    assert bridge.said[-1][1]["reason"] == "reboot"


def test_a_killed_box_leaves_its_will(box, bridge):
    box.press(2)
    box.kill()
    until(lambda: bridge.said[-1][0] == "up/bye", "the will")

    assert bridge.said[-1][1]["reason"] == "lost"


def test_a_broker_that_falls_silent_is_noticed(box, broker):
    until(lambda: box.newest("link").get("state") == "answered", "the link")
    broker.process.send_signal(19)  # SIGSTOP: the connection stays open and nobody is there
    try:
        until(lambda: box.newest("link")["state"] == "offline", "the box noticing")
    finally:
        broker.process.send_signal(18)

    assert box.newest("link")["reason"] == "the broker is silent"


def test_a_box_that_trusts_the_broker_is_caught(tmp_path, broker, bridge):
    box = Box(tmp_path, broker.port, ("-m", "tests.device.wrong_device", "--wrong", "trust-puback"))
    until(lambda: any(fields.get("settings") for _, fields in list(bridge.said)), "the settings")
    bridge.is_deaf = True
    box.press(3)
    until(lambda: box.newest("outbox").get("acked_seq") == 1, "the false ack")
    until(lambda: bridge.said[-1][0] == "up/responses", "the response that is dropped")
    bridge.is_deaf = False
    box.kill()
    box.start()
    until(lambda: box.newest("link").get("state") == "answered", "the link")
    box.stop()

    assert len(missing(box, bridge)) == 1


def test_a_box_that_thanks_early_is_caught(tmp_path, broker, bridge):
    box = Box(tmp_path, broker.port, ("-m", "tests.device.wrong_device", "--wrong", "thank-early"))
    until(lambda: any(fields.get("settings") for _, fields in list(bridge.said)), "the settings")
    broker.kill()
    box.press(3)
    box.kill()
    broker.start()
    box.start()
    until(lambda: box.newest("link").get("state") == "answered", "the link")
    box.stop()

    assert len(missing(box, bridge)) == 1


def simulate(*arguments):
    command = [MICROPYTHON, "-m", "device.simulator", *arguments]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=60, check=False, input="")


def test_a_wrong_setting_is_told_in_one_line(tmp_path):
    (tmp_path / "settings.json").write_text('{"device_id": "box-0001", "model": "button-6", "host": "127.0.0.1"}')

    done = simulate("--dir", str(tmp_path))

    assert done.returncode == 2
    assert done.stderr.count("\n") == 1
    assert "settings.json: model must be one of" in done.stderr


def test_a_flash_of_another_size_is_told_in_one_line(tmp_path):
    (tmp_path / "settings.json").write_text('{"device_id": "box-0001", "model": "button-5", "host": "127.0.0.1"}')
    (tmp_path / "outbox.flash").write_bytes(b"short")

    done = simulate("--dir", str(tmp_path))

    assert done.returncode == 2
    assert done.stderr == f"{tmp_path}/outbox.flash: not 262144 bytes long\n"


def test_an_unreadable_flash_refuses_presses_and_is_left_alone(tmp_path):
    damaged = b"\0" * 262144
    (tmp_path / "outbox.flash").write_bytes(damaged)
    box = Box(tmp_path, 1)
    box.press(3)
    box.stop()

    assert box.newest("refused")["reason"] == "out of service: neither blank nor a journal"
    assert (tmp_path / "outbox.flash").read_bytes() == damaged


def test_the_terminal_shows_the_box_and_takes_keys(tmp_path, box, broker):
    box.stop()
    ours, its = pty.openpty()
    tty.setraw(its)
    command = [MICROPYTHON, "-m", "device.simulator", "--dir", str(tmp_path), "--terminal"]
    process = subprocess.Popen(command, cwd=ROOT, stdin=its, stdout=its, stderr=its)
    screen = b""
    os.write(ours, b"x4")
    while b"thank you" not in screen or b"answered" not in screen:
        screen += os.read(ours, 65536)
    os.write(ours, b"q")

    assert process.wait(60) == 0
    assert box.logged("thanked")[-1]["content"]["answers"] == {"smiley": 4}

    os.close(ours)
    os.close(its)


def test_a_wrong_command_line_is_told_in_one_line():
    done = simulate("--directory", "x")

    assert done.returncode == 2
    assert done.stderr.startswith("usage: ")
