"""The install script, run with stand-ins for what changes a machine, into a folder of its own."""

import json
import os
import shutil
import subprocess

import pytest

from kiosk_app.settings import load

STAND_INS = (
    *("apt-get", "useradd", "blkid", "mkfs.ext4", "e2label", "chown", "chgrp", "systemctl", "systemd-creds"),
    *("raspi-config", "python3"),
)
RECORD = """#!/bin/sh
echo "$(basename "$0") $*" >> "$TOLD"
case "$(basename "$0") $1" in
    "python3 -m") mkdir -p "$3/bin" && cp "$0" "$3/bin/python" ;;
    "systemd-creds has-tpm2") exit "$NO_TPM" ;;
    "systemd-creds encrypt") cat > "$5" ;;
    "blkid "*) exit "$BLANK" ;;
    "raspi-config nonint") sed -i 's/^/overlayroot=tmpfs /' "$DESTDIR/boot/firmware/cmdline.txt" ;;
esac
"""


class Board:
    """A Raspberry Pi made of a folder, and what was done to it."""

    def __init__(self, repository, folder):
        self.script = repository / "kiosk_app" / "deploy" / "install.sh"
        self.root = folder / "root"
        self.told = folder / "told"
        self.commands = folder / "bin"
        self.commands.mkdir()
        for name in STAND_INS:
            (self.commands / name).write_text(RECORD)
            (self.commands / name).chmod(0o755)
        (self.commands / "id").write_text('#!/bin/sh\n[ "$1" = -u ] && echo 0\n')
        (self.commands / "id").chmod(0o755)
        self.cmdline = self.root / "boot" / "firmware" / "cmdline.txt"
        self.cmdline.parent.mkdir(parents=True)
        self.cmdline.write_text("console=tty1 root=PARTUUID=1234-02 rootfstype=ext4 rootwait\n")

    def install(self, *words, no_tpm=1, blank=0):
        environment = {"PATH": f"{self.commands}:{os.environ['PATH']}", "DESTDIR": str(self.root)}
        environment |= {"TOLD": str(self.told), "NO_TPM": str(no_tpm), "BLANK": str(blank)}
        command = [str(self.script), *(words or ("--data", "/dev/mmcblk0p3"))]
        return subprocess.run(command, env=environment, capture_output=True, text=True, timeout=60, check=False)

    @property
    def done(self):
        return self.told.read_text().splitlines()

    def has(self, path):
        return (self.root / path).exists()


@pytest.fixture
def board(repository, tmp_path):
    return Board(repository, tmp_path)


def test_everything_is_put_in_its_place(board):
    result = board.install()

    assert result.returncode == 0, result.stderr
    for path in (
        "opt/hymio/hymio.py",
        "opt/hymio/kiosk_app/kiosk.py",
        "opt/hymio/device/protocol/messages.py",
        "etc/systemd/system/hymio-kiosk.service",
        "etc/systemd/journald.conf.d/hymio.conf",
        "etc/systemd/system.conf.d/hymio.conf",
        "etc/systemd/timesyncd.conf.d/hymio.conf",
        "etc/udev/rules.d/90-hymio-usb.rules",
    ):
        assert board.has(path), path
    assert any("--require-hashes" in line for line in board.done)
    assert "systemctl enable --quiet systemd-timesyncd.service hymio-kiosk.service" in board.done
    assert "mkfs.ext4" not in " ".join(board.done)


def test_the_data_partition_may_be_missing_and_turns_read_only_when_damaged(board):
    board.install()

    data, clock = (board.root / "etc/fstab").read_text().splitlines()
    assert data.split()[:3] == ["LABEL=hymio-data", "/var/lib/hymio", "ext4"]
    assert {"errors=remount-ro", "nofail", "noatime"} <= set(data.split()[3].split(","))
    assert clock.split()[:4][:2] == ["/var/lib/hymio/timesync", "/var/lib/systemd/timesync"]


def test_a_blank_partition_is_formatted_and_no_other(board):
    board.install(blank=2)

    assert "mkfs.ext4 -q -L hymio-data /dev/mmcblk0p3" in board.done


def test_it_may_be_run_again_and_keeps_the_settings(board):
    board.install()
    settings = board.root / "etc/hymio/kiosk.json"
    settings.write_text(settings.read_text().replace("kiosk-1", "kiosk-7"))
    first = {path: (board.root / path).read_text() for path in ("etc/fstab", "boot/firmware/cmdline.txt")}

    assert board.install().returncode == 0

    assert "kiosk-7" in settings.read_text()
    assert first == {path: (board.root / path).read_text() for path in first}


def test_the_example_settings_are_settings(board):
    board.install()

    settings = load(board.root / "etc/hymio/kiosk.json")

    assert (settings.on_disk, str(settings.data), settings.tls.ca.name) == (True, "/var/lib/hymio", "authority.pem")


def test_a_key_is_made_where_a_tpm_keeps_it(board):
    result = board.install(no_tpm=0)

    assert (board.root / "etc/hymio/outbox-key.cred").stat().st_size == 32  # the stand-in seals nothing
    assert board.has("etc/systemd/system/hymio-kiosk.service.d/sealed.conf")
    assert any(line.startswith("systemd-creds encrypt --with-key=tpm2 --name=outbox-key") for line in board.done)
    assert "readable" not in result.stderr


def test_without_one_it_is_said_and_none_is_made(board):
    result = board.install(no_tpm=1)

    assert "responses lie readable on the card" in result.stderr
    assert not board.has("etc/hymio/outbox-key.cred")


def test_a_read_only_root_leaves_the_data_partition_alone(board):
    assert board.install("--data", "/dev/mmcblk0p3", "--read-only").returncode == 0

    words = board.cmdline.read_text().split()
    assert "overlayroot=tmpfs:recurse=0" in words
    assert "overlayroot=tmpfs" not in words
    assert {"consoleblank=0", "vt.global_cursor_default=0"} <= set(words)


@pytest.mark.parametrize("words", [["--help"], ["--data"], ["--read-only"], ["/dev/sda1"]])
def test_a_wrong_call_shows_how_and_does_nothing(board, words):
    result = board.install(*words)

    assert (result.returncode, "--data /dev/mmcblk0p3" in result.stderr) == (2, True)
    assert not board.told.exists()


def test_what_the_unit_starts_is_what_is_installed(repository, board):
    board.install()
    unit = (board.root / "etc/systemd/system/hymio-kiosk.service").read_text()
    command = next(line.partition("=")[2] for line in unit.splitlines() if line.startswith("ExecStart="))
    program, *words = command.split()

    assert board.has(program[1:])
    assert words == ["-m", "hymio", "kiosk", "run", "--settings", "/etc/hymio/kiosk.json"]
    listed = json.loads((board.root / "etc/hymio/kiosk.json").read_text())
    assert listed["data"] == "/var/lib/hymio"


def test_shellcheck_finds_nothing(repository):
    program = shutil.which("shellcheck")
    if not program:
        pytest.skip("shellcheck is not installed")
    script = repository / "kiosk_app" / "deploy" / "install.sh"

    checked = subprocess.run([program, str(script)], capture_output=True, text=True, check=False)

    assert (checked.returncode, checked.stdout) == (0, "")
