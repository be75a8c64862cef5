"""When the kiosk's own certificate ends: it would fall silent then, so somebody is told before."""

from datetime import UTC, datetime
from pathlib import Path

from cryptography import x509

SOON_S = 30 * 86_400
ALARM = "certificate_ends"


class Certificate:
    """Read once; a kiosk without TLS has none."""

    def __init__(self, path: Path | None) -> None:
        self.ends_at: int | None = None
        if path:
            try:
                read = x509.load_pem_x509_certificate(path.read_bytes())
            except (OSError, ValueError):
                return  # the connection says what is wrong with it
            self.ends_at = int(read.not_valid_after_utc.timestamp())

    @property
    def told(self) -> str:
        """The last day on which it holds, for the staff."""
        return "-" if self.ends_at is None else datetime.fromtimestamp(self.ends_at, UTC).strftime("%Y-%m-%d")

    def alarms(self, now_at: int | None) -> list[str]:
        """Return an alarm from a month before the end; none while nobody knows the time."""
        ends_soon = self.ends_at is not None and now_at is not None and self.ends_at - now_at < SOON_S
        return [ALARM] if ends_soon else []
