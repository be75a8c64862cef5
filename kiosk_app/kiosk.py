"""The kiosk behind its glass: puts outbox, session, survey, speech and publisher together, and keeps them going."""

import contextlib
import os
import time
import tomllib
from collections.abc import Callable, Mapping
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from kiosk_app.certificate import Certificate
from kiosk_app.clock import Clock
from kiosk_app.conversation import Conversation
from kiosk_app.envelope import Envelope, key_of
from kiosk_app.outbox import Outbox
from kiosk_app.publisher import Publisher
from kiosk_app.session import Session
from kiosk_app.settings import Settings
from kiosk_app.speech import Speech
from kiosk_app.status import Status
from kiosk_app.survey import Survey
from kiosk_app.surveys import Surveys
from kiosk_app.texts import texts
from kiosk_app.watchdog import Watchdog

PROVEN_MS = 60_000  # a new survey that the screens have survived for so long stays
MODEL = "kiosk"
SOURCES = Path(__file__).parents[1] / "pyproject.toml"


def monotonic_ms() -> int:
    """Return milliseconds that only ever go on."""
    return time.monotonic_ns() // 1_000_000


class Kiosk:
    """`tick` is to be called by the screen's own clock several times a second; `stop` ends it in order."""

    def __init__(
        self,
        settings: Settings,
        renders: Callable[[Survey], str] = lambda survey: "",
        now_ms: Callable[[], int] = monotonic_ms,
        environment: Mapping[str, str] = os.environ,
    ) -> None:
        with contextlib.suppress(OSError):  # a disk that cannot take a folder shows on the screen as out of service
            settings.data.mkdir(parents=True, exist_ok=True)
        envelope = Envelope(key_of(environment))
        self.clock = Clock(now_ms)
        self.outbox = Outbox(settings.data, envelope, on_disk=settings.on_disk)
        self.surveys = Surveys(settings.data, settings.limits)
        self.surveys.renders = renders
        self.speech = Speech(settings.data / "speech", texts)
        identity = {"model": MODEL, "board": board(), "firmware": own_version()}
        self.conversation = Conversation(settings, self.outbox, self.clock, self.surveys, identity)
        self.conversation.alarms = self._alarms
        self.publisher = Publisher(settings, self.conversation, self.clock.uptime_ms)
        self._certificate = Certificate(settings.tls.certificate if settings.tls else None)
        status = Status(
            settings=settings,
            words=texts,
            outbox=self.outbox,
            envelope=envelope,
            clock=self.clock,
            surveys=self.surveys,
            conversation=self.conversation,
            publisher=self.publisher,
            certificate=self._certificate,
            version=own_version(),
        )
        self.session = Session(self.outbox, self.clock, texts, status, self.surveys.current)
        self._watchdog = Watchdog(environment)
        self._asked_since_ms = 0
        self._is_proven = False

    def start(self, *, alone: bool = False) -> None:
        """Connect, unless it is to stay alone, and render what is to be said."""
        if not alone:
            self.publisher.start()
        if self.surveys.current:
            self.speech.prepare(self.surveys.current)

    def voice(self, language: str, text: str) -> Path | None:
        """Return the sound of a text, None while there is none."""
        return self.speech.path(language, text)

    def tick(self) -> None:
        """Let time pass for the session, and between visitors for everything else."""
        now_ms = self.clock.uptime_ms()
        self.session.tick()
        if self.session.is_free:
            self._between_visitors(now_ms)
        if not self._is_proven and now_ms - self._asked_since_ms >= PROVEN_MS:
            self.surveys.prove()
            self._is_proven = True
        self._watchdog.feed(now_ms)

    def _between_visitors(self, now_ms: int) -> None:
        survey = self.surveys.take()
        if survey:
            self.session.use(survey)
            self.speech.prepare(survey)
            self._asked_since_ms, self._is_proven = now_ms, False
        self.outbox.tidy(self.clock.at())

    def _alarms(self) -> list[str]:
        reason = self.session.refusal
        refusing = [f"out_of_service.{reason}"] if reason else []
        return refusing + self._certificate.alarms(self.clock.at())

    def stop(self) -> None:
        """Say good-bye to the bridge, and let the files go."""
        self._watchdog.stopping()
        self.publisher.stop()
        self.speech.stop()
        self.outbox.close()


def own_version() -> str:
    """Return the version of this program, as the hello tells it."""
    try:
        return version("hymio")
    except PackageNotFoundError:  # a copy of the sources, as install.sh makes one
        project = tomllib.loads(SOURCES.read_text(encoding="utf-8"))["project"]
        return str(project["version"])


def board(model: Path = Path("/proc/device-tree/model")) -> str:
    """Return which hardware this is, as a Raspberry Pi tells it."""
    try:
        return model.read_text(encoding="ascii", errors="replace").strip("\0 \n")[:64] or "unknown"
    except OSError:
        return os.uname().machine
