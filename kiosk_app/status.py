"""What the staff see behind their PIN: network, outbox, versions, and how the export to a stick went."""

from collections.abc import Mapping
from datetime import datetime

from kiosk_app.certificate import Certificate
from kiosk_app.clock import Clock
from kiosk_app.conversation import Conversation
from kiosk_app.desk import Rows
from kiosk_app.envelope import Envelope
from kiosk_app.export import save, stick
from kiosk_app.outbox import Outbox, OutboxError
from kiosk_app.pin import Lock
from kiosk_app.publisher import Publisher
from kiosk_app.scenes import Words
from kiosk_app.settings import Settings
from kiosk_app.surveys import Surveys

LONGEST_VALUE = 36  # letters


class Status:
    """`rows` is the screen, in the words of a language; `export` writes the file and says how it went."""

    def __init__(
        self,
        *,
        settings: Settings,
        words: Words,
        outbox: Outbox,
        envelope: Envelope,
        clock: Clock,
        surveys: Surveys,
        conversation: Conversation,
        publisher: Publisher,
        certificate: Certificate,
        version: str,
    ) -> None:
        self._settings = settings
        self._words = words
        self._outbox = outbox
        self._envelope = envelope
        self._clock = clock
        self._surveys = surveys
        self._conversation = conversation
        self._publisher = publisher
        self._certificate = certificate
        self._version = version
        self._lock = Lock(settings.pin_hash)

    @property
    def has_pin(self) -> bool:
        """Whether the staff may come in at all."""
        return self._lock.has_pin

    def opens(self, pin: str, now_ms: int) -> bool:
        """Tell whether this PIN lets them in now."""
        return self._lock.opens(pin, now_ms)

    def rows(self, language: str) -> Rows:
        """Return label and value of everything, in the order in which a maintainer asks."""
        words = self._words(language)
        told = self._told(words)
        return tuple((words.get(f"status.{name}", name), shortened(value)) for name, value in told.items())

    def _told(self, words: Mapping[str, str]) -> dict[str, str]:
        outbox, surveys, state = self._outbox, self._surveys, self._publisher.state
        yes, no = words.get("status.yes", "yes"), words.get("status.no", "no")
        return {
            "device": f"{self._settings.device_id}, {self._version}",
            "network": words.get(f"status.{state}", state),
            "broker": f"{self._settings.host}:{self._settings.port}",
            "acknowledged": moment(self._conversation.acked_at),
            "waiting": f"{outbox.waiting} / {outbox.capacity}",
            "outbox": outbox.trouble() or words.get("status.ok", "ok"),
            "survey": surveys.version or "-",
            "refused": surveys.refused or "-",
            "clock": moment(self._clock.at()),
            "certificate": self._certificate.told,
            "sealed": yes if self._envelope.is_sealing else no,
        }

    def export(self, language: str) -> Rows:
        """Save all held records on the first USB stick there is; tell how many, or why not."""
        words = self._words(language)
        label = words.get("action.export", "export")
        try:
            path, count = save(self._outbox, stick(self._settings.usb), self._settings.device_id)
        except (OSError, OutboxError) as error:
            why = str(error) if isinstance(error, OutboxError) else error.strerror or str(error)
            return ((label, why),)
        return ((label, f"{count} > {path.name}"),)


def shortened(value: str) -> str:
    """Return as much of a value as a line holds; the whole reason of a refusal stands in the hello."""
    return value if len(value) <= LONGEST_VALUE else value[: LONGEST_VALUE - 1] + "\N{HORIZONTAL ELLIPSIS}"


def moment(at: int | None) -> str:
    """Return a moment on the kiosk's own clock face."""
    return datetime.fromtimestamp(at).astimezone().strftime("%Y-%m-%d %H:%M") if at else "-"
