"""What a device should run, as it is told in answer to a hello that names something older."""

import json
from typing import Any

from broker_bridge.database.connect import Connection, Row


def due(connection: Connection, device: Row, running: str | None) -> dict[str, Any] | None:
    """Return the fields of `down/settings` for a row of `devices`, None when it runs what it should or has none."""
    if device["survey"] is None or device["survey"] == running:
        return None
    stored = connection.execute("SELECT definition FROM surveys WHERE survey = :survey", {"survey": device["survey"]})
    definition = json.loads(stored.fetchone()["definition"])
    languages = json.loads(device["languages"]) or definition.get("languages", [])
    return {"settings": device["survey"], "survey": definition, "languages": languages}
