"""What a connection by a shared key costs the broker: processor and memory, measured on a real one."""

import subprocess
import sys
import tempfile
from pathlib import Path

from broker_bridge.broker import Psk, write
from server.trial import ports
from server.trial.boxes import interpreter
from server.trial.fleet import usage
from server.trial.processes import ROOT, WITH_US
from tests.faults.processes import wait_until
from tests.faults.storm.keyed_boxes import KEY

BOXES = 200


def cost(boxes=BOXES):
    """Return microseconds of the broker's processor, and KiB of its memory, for each connection."""
    with tempfile.TemporaryDirectory(prefix="hymio-keys-") as folder:
        port = ports.free_port()
        keys = Path(folder) / "keys.psk"
        keys.touch(mode=0o600)
        keys.write_text("".join(f"box-{number:06}:{KEY}\n" for number in range(boxes)))
        configuration = write(Path(folder), [Psk(port, ports.HOST, keys)], "hymio-bridge")
        broker = subprocess.Popen([*WITH_US, "mosquitto", "-c", str(configuration)], stderr=subprocess.DEVNULL)
        try:
            wait_until(lambda: ports.answers(port), "the broker")
            return measured(broker.pid, port, boxes)
        finally:
            broker.terminate()
            broker.wait()


def measured(pid, port, boxes):
    """Return what the broker's process needed for so many connections."""
    before_s, before_mib = usage.processor_s(pid), usage.memory_mib(pid)
    command = [interpreter(), "-X", "heapsize=64M", "-m", "tests.faults.storm.keyed_boxes", str(port), str(boxes)]
    with subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as held:
        assert held.stdout.readline() == b"connected %d\n" % boxes
        spent_s, more_mib = usage.processor_s(pid) - before_s, usage.memory_mib(pid) - before_mib
        held.stdin.close()
    return spent_s / boxes * 1e6, more_mib * 1024 / boxes


if __name__ == "__main__":
    print(cost(*map(int, sys.argv[1:])))
