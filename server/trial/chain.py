"""The chain of a trial: broker, bridge and server on loopback, with all they keep in one folder."""

import fcntl
import shutil
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from server.trial import ports
from server.trial.processes import WITH_US, Child, Group, interrupted_by_signals
from server.trial.unstartable import Unstartable


@dataclass(frozen=True)
class Trial:
    """Where a trial keeps its files, and the loopback ports that it uses."""

    data: Path
    http_port: int
    mqtt_port: int
    database_url: str | None = None

    @property
    def page(self) -> str:
        """The address of the page, for people."""
        return f"http://{ports.HOST}:{self.http_port}/"

    @property
    def database(self) -> str:
        """The database, for looking up what is stored: its URL, or its file in the folder."""
        return self.database_url or str(self.data / "hymio.db")


def mosquitto() -> str:
    """Return the broker's program by the PATH alone; raise Unstartable with the way to have it there."""
    if found := shutil.which("mosquitto"):
        return found
    raise Unstartable("The MQTT broker mosquitto is not in the PATH; apt-get install mosquitto puts it into /usr/sbin")


def check(trial: Trial) -> None:
    """Raise Unstartable for what would keep the chain from starting, before anything is started."""
    mosquitto()
    if not shutil.which(WITH_US[0]):
        raise Unstartable(f"{WITH_US[0]} is not in the PATH; apt-get install util-linux puts it into /usr/bin")
    if trial.http_port == trial.mqtt_port:
        raise Unstartable(f"Port {trial.http_port} cannot be used twice; choose another with --http-port.")
    ports.refuse_taken(trial.http_port, "--http-port")
    ports.refuse_taken(trial.mqtt_port, "--mqtt-port")


@contextmanager
def locked(data: Path) -> Iterator[None]:
    """Hold the folder for one trial at a time; two brokers would overwrite each other's files."""
    try:
        data.mkdir(parents=True, exist_ok=True)
        lock = (data / "lock").open("w")
    except OSError as error:
        raise Unstartable(f"{data} cannot be used ({error.strerror}); choose another folder with --data.") from error
    with lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            raise Unstartable(f"{data} is in use by another trial; choose another folder with --data.") from error
        (data / "bridge.ready").unlink(missing_ok=True)  # of a trial that was killed: it would promise too early
        yield


def children(trial: Trial) -> list[Child]:
    """Return the processes of the chain, in the order in which they need each other."""
    mqtt, http = ["--mqtt-port", str(trial.mqtt_port)], ["--http-port", str(trial.http_port)]
    database = ["--database", trial.database]
    return [
        child(trial, "broker", mqtt, lambda: ports.answers(trial.mqtt_port)),
        child(trial, "bridge", [*mqtt, *database], (trial.data / "bridge.ready").exists),
        child(trial, "server", [*http, *database], lambda: healthy(trial)),
    ]


def child(trial: Trial, verb: str, options: list[str], ready: Callable[[], bool]) -> Child:
    """Return a process that is one verb of the `hymio` command."""
    command = [sys.executable, "-m", "hymio", verb, "--data", str(trial.data), *options]
    return Child(verb, command, trial.data / "logs" / f"{verb}.log", ready)


def healthy(trial: Trial) -> bool:
    """Tell whether the server says that it is well."""
    try:
        with urllib.request.urlopen(f"{trial.page}healthz", timeout=2) as answer:  # noqa: S310 - our own address
            return bool(answer.status == 200)
    except (urllib.error.URLError, OSError):
        return False


def up(trial: Trial, say: Callable[[str], None]) -> None:
    """Run the chain until Ctrl-C or SIGTERM, and end it in order."""
    check(trial)
    with (
        locked(trial.data),
        interrupted_by_signals(),
        suppress(KeyboardInterrupt),
        Group(children(trial), say) as group,
    ):
        say(f"Hymio is at {trial.page}, the broker at {ports.HOST}:{trial.mqtt_port}, the files in {trial.data}.")
        say("Ctrl-C ends it.")
        while True:
            group.tend()
            time.sleep(0.1)
