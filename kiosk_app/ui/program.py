"""Opens the screen, puts a kiosk behind it, and takes leave of the bridge at the end."""

from pathlib import Path

from kiosk_app.kiosk import Kiosk
from kiosk_app.settings import Settings
from kiosk_app.ui import app


def run(settings: Settings, screenshot: Path | None = None, *, is_trial: bool = False) -> None:
    """Show the kiosk of these settings until it is told to end; one to try has no bridge, and ends with its picture."""
    size = (settings.width, settings.height) if settings.width and settings.height else None
    panel = app.Panel(size, settings.blank_s, screenshot, is_trial)
    window = app.opened(panel)
    from kiosk_app.ui.rendering import refusal  # noqa: PLC0415  # it measures letters, and so wants the window

    kiosk = Kiosk(settings, renders=lambda survey: refusal(survey, *window.size))
    kiosk.start(alone=is_trial)
    try:
        app.run(kiosk, panel)
    finally:
        kiosk.stop()
