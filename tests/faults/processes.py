"""Broker, bridges and a database for fault tests, each a process of its own that may be killed."""

import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from broker_bridge.broker import write_configuration
from server.trial import ports
from server.trial.processes import WITH_US, environment

PATIENCE_S = 90.0
BRIDGE = ("-m", "hymio", "bridge")


class Bridge:
    """A bridge process on a database; other arguments make it another program, such as one that dies at a stage."""

    def __init__(self, data: Path, port: int, database: str, name: str | None = None) -> None:
        self.data = data
        self.options = ["--data", str(data), "--mqtt-port", str(port), "--database", database]
        self.options += ["--name", name] if name else []
        self.ready = data / (f"bridge-{name}.ready" if name else "bridge.ready")
        self.log = data / f"bridge-{name}.log"
        self.wrapper: tuple[str, ...] = ()
        self.process: subprocess.Popen[bytes] | None = None

    def start(self, *program: str, **more: str) -> None:
        """Start it, with more environment if any, and wait until it is subscribed."""
        self.ready.unlink(missing_ok=True)
        command = [*WITH_US, *self.wrapper, sys.executable, *(program or BRIDGE), *self.options]
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(command, stdout=log, stderr=log, env=environment() | more)

    @property
    def pid(self) -> int:
        """Return the process of the bridge itself, below what it was wrapped in."""
        children = Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children").read_text().split()
        return int(children[0]) if self.wrapper and children else self.process.pid

    def running(self) -> bool:
        return self.process is not None and self.process.poll() is None

    def wait_until_ready(self) -> None:
        wait_until(lambda: self.ready.exists() or not self.running(), f"{self.log} of a bridge that is not ready")

    def kill(self) -> None:
        """Kill it without warning."""
        if self.process:
            self.process.kill()
            self.process.wait(PATIENCE_S)

    def stop(self) -> None:
        """Ask it to end, and wait."""
        if self.process and self.running():
            self.process.terminate()
            self.process.wait(PATIENCE_S)


def wait_until(condition: Callable[[], bool], what: str) -> None:
    """Wait a good while for something; say what it was when it does not come."""
    deadline_s = time.monotonic() + PATIENCE_S
    while not condition():
        assert time.monotonic() < deadline_s, f"waited in vain: {what}"
        time.sleep(0.01)


class RunningBroker:
    """A broker process with our configuration, and more lines of it if any; it can be killed and started again."""

    def __init__(self, data: Path, *more: str) -> None:
        self.port = ports.free_port()
        self.program = shutil.which("mosquitto", path="/usr/sbin:/usr/bin:/usr/local/sbin:/usr/local/bin")
        assert self.program, "mosquitto is not installed"
        self.configuration = write_configuration(data, self.port)
        said = {line.partition(" ")[0] for line in more}
        kept = [line for line in self.configuration.read_text().splitlines() if line.partition(" ")[0] not in said]
        self.configuration.write_text("\n".join([*kept, *more]) + "\n")
        self.process: subprocess.Popen[bytes] | None = None
        self.start()

    def start(self) -> None:
        """Start it, and wait until it answers."""
        command = [*WITH_US, self.program, "-c", str(self.configuration)]
        self.process = subprocess.Popen(command, stderr=subprocess.DEVNULL)
        wait_until(lambda: ports.answers(self.port), "the broker")

    def kill(self) -> None:
        """Kill it without warning, stopped or not."""
        if self.process:
            self.process.kill()
            self.process.wait(PATIENCE_S)

    def stop(self) -> None:
        """Ask it to end, and wait."""
        if self.process:
            self.process.terminate()
            self.process.wait(PATIENCE_S)


@contextmanager
def broker(data: Path) -> Iterator[int]:
    """Give the port of a running broker with our configuration."""
    running = RunningBroker(data)
    try:
        yield running.port
    finally:
        running.stop()
