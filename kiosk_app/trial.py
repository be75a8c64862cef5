"""A kiosk to try: a survey without a bridge, in a folder that is gone afterwards, with a hidden screen if need be."""

import os
import tempfile
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from device.protocol import messages
from kiosk_app import pin, settings

PIN = "123456"
NOTES = [
    {
        "said": {
            "fi": "Aamulla joutui odottamaan ovella.",
            "sv": "På morgonen fick man vänta vid dörren.",
            "en": "In the morning one had to wait at the door.",
        },
        "did": {
            "fi": "Avaamme nyt kello 7.30.",
            "sv": "Vi öppnar nu klockan 7.30.",
            "en": "We now open at 7:30.",
        },
        "date": "2026-11-02",
        "owner": "Marja Virtanen",
    }
]


def run(survey: Mapping[str, Any], size: str, screenshot: Path | None, say: Callable[[str], None]) -> None:
    """Show a kiosk that asks this survey, until it is closed, or until its picture is taken."""
    if not {"DISPLAY", "WAYLAND_DISPLAY", "SDL_VIDEODRIVER"} & os.environ.keys():
        os.environ["SDL_VIDEODRIVER"] = "offscreen"
        say("No display here: the kiosk runs on a hidden screen.")
    with tempfile.TemporaryDirectory(prefix="hymio-kiosk-") as folder:
        tried = settings.Settings("kiosk-to-try", "127.0.0.1", 1883, Path(folder), pin_hash=pin.hashed(PIN))
        chosen = settings.sized(tried, size)
        os.environ.setdefault("KIVY_HOME", f"{folder}/kivy")  # else something is kept: in the home, if there is one
        from kiosk_app.ui import program  # noqa: PLC0415  # Kivy looks for display and home when it is imported

        fields = {"settings": survey["survey"], "survey": survey, "languages": survey["languages"], "notes": NOTES}
        (Path(folder) / "survey.json").write_bytes(messages.encode("down/settings", fields))
        if screenshot:
            screenshot.parent.mkdir(parents=True, exist_ok=True)
        program.run(chosen, screenshot, is_trial=True)
    if screenshot:
        say(f"A picture of it is in {screenshot}")
