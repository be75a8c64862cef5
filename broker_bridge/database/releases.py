"""Releases: texts that went out, kept with their hash; there is nothing that changes one."""

import hashlib
import json
import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from broker_bridge.database.connect import Connection, transaction
from broker_bridge.database.corrections import Because
from broker_bridge.database.names import a_name
from broker_bridge.database.ranges import next_id
from broker_bridge.database.rows import existing, insert

LISTED = "id, released_ms, audience, title, who, why, asked, hash"


@dataclass(frozen=True)
class Release:
    """What goes out: its audience, a title for people, what was asked, and the text itself."""

    audience: str
    title: str
    asked: Mapping[str, Any]
    content: str


def keep(connection: Connection, release: Release, because: Because) -> int:
    """Store a release in a transaction of its own and return its id; raise Invalid for a title that is none."""
    with transaction(connection):
        return insert_one(connection, release, because)


def insert_one(connection: Connection, release: Release, because: Because) -> int:
    """Store a release in the caller's transaction and return its id; raise Invalid for a title that is none."""
    row = {
        "released_ms": time.time_ns() // 1_000_000,
        "audience": release.audience,
        "title": a_name("title", release.title),
        "who": because.who,
        "why": because.why,
        "asked": json.dumps(release.asked, ensure_ascii=False, sort_keys=True),
        "content": release.content,
        "hash": sha256(release.content),
    }
    row_id = next_id(connection, "releases")
    insert(connection, "releases", {"id": row_id, **row})
    return row_id


def find(connection: Connection, release_id: int) -> Release:
    """Return a release as it was kept; raise Unknown when there is none of that id."""
    row = existing(connection, "releases", "id", release_id, "id")
    return Release(row["audience"], row["title"], json.loads(row["asked"]), row["content"])


def listed(connection: Connection) -> list[dict[str, Any]]:
    """Return the releases without their content, the latest first."""
    rows = connection.execute(f"SELECT {LISTED} FROM releases ORDER BY id DESC")
    return [{**dict(row), "asked": json.loads(row["asked"])} for row in rows]


def sha256(content: str) -> str:
    """Return the hash by which anybody can tell that a text is the one that went out."""
    return hashlib.sha256(content.encode()).hexdigest()
