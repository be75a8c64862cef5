"""What settings.json and `down/settings` may hold: checked before it is used, and only then."""

from device.journal import LONGEST_CONTEXT
from device.limits import DAY_MIN, DEFAULT_LIMITS, DEFAULT_SCHEDULE, Limits, Schedule
from device.protocol.kinds import Choice, Fields, Integer, Listed, Refused, Text, Variants
from device.protocol.topics import DEVICE_ID
from device.settings import DEFAULTS, LOOPBACK, Settings
from device.slots import LONGEST_LANGUAGE
from device.survey import Survey

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

# settings.json

NAME = Text(255, shortest=1)
TLS = Variants(
    {
        "psk": Fields({"psk_identity": DEVICE_ID, "psk": Text(64, shortest=32, pattern="^([0-9a-f][0-9a-f])+$")}, {}),
        "ca": Fields({"ca": NAME, "certificate": NAME, "key": NAME, "server_hostname": NAME}, {}),
    }
)
MILLISECONDS = Integer(10, 3600000)
SETTINGS_FILE = Fields(
    {"device_id": DEVICE_ID, "model": Choice("button-4", "button-5", "button-11"), "host": NAME},
    {
        "port": Integer(1, 65535),
        "tls": TLS,
        "ack_timeout_ms": MILLISECONDS,
        "retry_ms": MILLISECONDS,
        "longest_retry_ms": MILLISECONDS,
        "keep_alive_s": Integer(1, 65535),
    },
)


def settings(given: "Any", folder: str) -> Settings:
    """Return settings out of a decoded file; its other files are found from its folder. Refused says what is wrong."""
    fields = DEFAULTS | SETTINGS_FILE.check(given, "")
    tls = fields["tls"]
    if not tls and fields["host"] not in LOOPBACK:
        raise Refused("tls is missing: only loopback goes without")
    if tls and tls.get("psk_identity", fields["device_id"]) != fields["device_id"]:
        raise Refused("tls.psk_identity must be the device_id")
    if tls and "ca" in tls:
        for name in ("ca", "certificate", "key"):
            tls[name] = tls[name] if tls[name].startswith("/") else folder + tls[name]
    fields["port"] = fields["port"] or (8883 if tls else 1883)
    return Settings(**fields)


# down/settings

QUESTION_ID = Text(64, shortest=1, pattern="^[A-Za-z0-9_.-]+$")  # as in the contract, which has no room beside us
VALUES = {"smiley4": (1, 4), "smiley5": (1, 5), "agree5": (1, 5), "nps": (0, 10)}
"""Lowest and highest value by kind of question; the first button is the lowest."""

WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
MINUTES = Listed(Integer(0, DAY_MIN), 2)
LIMITS = Fields(
    {},
    {
        "repeat_ms": Integer(0, 600000),
        "undo_ms": Integer(0, 60000),
        "hold_ms": Integer(0, 60000),
        "cleaning_s": Integer(1, 3600),
    },
)
SCHEDULE = Fields(
    {},
    {
        "open": Fields({}, dict.fromkeys(WEEKDAYS, MINUTES)),
        "batch_s": Integer(60, 86400),
        "earlier_at": Integer(1, 10000),
        "utc_offset_s": Integer(-50400, 50400),
    },
)


def survey(fields: "dict[str, Any]", button_count: int) -> Survey:
    """Return what a `down/settings` means here: its first question with as many steps as there are buttons.

    Raise Refused when there is none, when its names do not fit a block's header, and for limits out of bounds.
    """
    allowed = limits(fields.get("limits", {}))
    planned = schedule(fields.get("schedule", {}))
    languages = fields.get("languages") or ["und"]
    for question in questions(fields["survey"]):
        lowest, highest = VALUES.get(str(question.get("kind")), (0, -1))
        if highest - lowest + 1 == button_count:
            name = QUESTION_ID.check(question.get("id"), "question id")
            if len(fields["settings"]) + 1 + len(name) > LONGEST_CONTEXT or len(languages[0]) > LONGEST_LANGUAGE:
                raise Refused("survey, question or language: too long a name for this box")
            return Survey(fields["settings"], name, lowest, languages[0], allowed, planned)
    raise Refused(f"survey {fields['settings']} has no question with {button_count} steps")


def questions(given: "dict[str, Any]") -> "list[dict[str, Any]]":
    """Return the questions of a survey; Refused when they are not a list of objects."""
    listed = given.get("questions")
    if not isinstance(listed, list) or not all(isinstance(question, dict) for question in listed):
        raise Refused("survey.questions must be a list of objects")
    return listed


def limits(given: "dict[str, Any]") -> Limits:
    """Return the limits of a `down/settings`; Refused names the one that is out of its bounds."""
    checked = LIMITS.check(given, "limits")
    default = DEFAULT_LIMITS
    return Limits(
        checked.get("repeat_ms", default.repeat_ms),
        checked.get("undo_ms", default.undo_ms),
        checked.get("hold_ms", default.hold_ms),
        checked.get("cleaning_s", default.cleaning_s),
    )


def schedule(given: "dict[str, Any]") -> Schedule:
    """Return the schedule of a `down/settings`; a weekday that is not among the open ones is closed."""
    checked = SCHEDULE.check(given, "schedule")
    default = DEFAULT_SCHEDULE
    days = checked.get("open")
    return Schedule(
        default.open if days is None else tuple([hours(days.get(day), day) for day in WEEKDAYS]),
        checked.get("batch_s", default.batch_s),
        checked.get("earlier_at", default.earlier_at),
        checked.get("utc_offset_s", default.utc_offset_s),
    )


def hours(given: "list[int] | None", day: str) -> "tuple[int, int] | None":
    """Return from when to when a day is open, or None."""
    if given is None:
        return None
    if len(given) != 2 or given[0] >= given[1]:
        raise Refused(f"schedule.open.{day} must be two minutes of the day, the earlier first")
    return given[0], given[1]
