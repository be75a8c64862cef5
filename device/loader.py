"""Chooses which of the two app slots runs, and takes the other one when the chosen one does not prove itself."""

import json
import os
import sys

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

# On the board this module stands in the root, outside both slots, so that no update can break it. It imports nothing of
# ours: `device` must come from the slot.
SLOTS = ("a", "b")
TRIES = 3  # starts that a new app may take to prove itself
POINTER = "slot.json"


def directory(root: str, slot: str) -> str:
    """Return where the app of a slot stands."""
    return root + "app_" + slot


def other(slot: str) -> str:
    return SLOTS[1 - SLOTS.index(slot)]


def is_there(root: str, slot: str) -> bool:
    """Tell whether a slot holds an app at all."""
    try:
        os.stat(directory(root, slot) + "/device")
    except OSError:
        return False
    return True


def pointer(root: str) -> "dict[str, Any]":
    """Return `slot`, `is_proven` and `tries`; a box that was never updated has no file, and runs its only app."""
    try:
        with open(root + POINTER) as file:
            read = json.loads(file.read())
        slot = SLOTS[SLOTS.index(read["slot"])]
        return {"slot": slot, "is_proven": bool(read["is_proven"]), "tries": int(read["tries"])}
    except (OSError, ValueError, TypeError, KeyError):
        return {"slot": "a" if is_there(root, "a") else "b", "is_proven": True, "tries": 0}


def point(root: str, slot: str, is_proven: bool, tries: int = 0) -> None:
    """Replace the pointer whole: power that is cut leaves the old one or the new one."""
    with open(root + POINTER + ".new", "w") as file:
        file.write(json.dumps({"slot": slot, "is_proven": is_proven, "tries": tries}))
        file.flush()
    os.rename(root + POINTER + ".new", root + POINTER)


def remember(root: str, slot: str, is_proven: bool, tries: int = 0) -> None:
    """Replace the pointer where that is possible: a full file system must not keep a box from counting."""
    try:
        point(root, slot, is_proven, tries)
    except OSError:
        pass  # then this start is not counted


def switch(root: str, slot: str) -> None:
    """Let the next start try the app of another slot."""
    point(root, slot, is_proven=False)


def prove(root: str) -> None:
    """Keep the running app for good; called once it has done what a box is for."""
    found = pointer(root)
    if not found["is_proven"]:
        point(root, found["slot"], is_proven=True)


def rest(root: str) -> None:
    """Note that an app which is not proven yet ended in order: waking up again is no failed start."""
    found = pointer(root)
    if found["tries"]:
        remember(root, found["slot"], is_proven=False)


def choose(root: str) -> str:
    """Return the slot to run, counting the starts of an app that is not proven. A proven one costs no write."""
    found = pointer(root)
    slot: str = found["slot"]
    if is_there(root, slot) and (found["is_proven"] or not is_there(root, other(slot))):
        return slot
    if is_there(root, slot) and found["tries"] < TRIES:
        remember(root, slot, is_proven=False, tries=found["tries"] + 1)
        return slot
    remember(root, other(slot), is_proven=True)
    return other(slot)


def run(root: str, slot: str) -> None:
    """Run the app of a slot; it returns only when the box is switched off."""
    sys.path.insert(0, directory(root, slot))
    try:
        __import__("device.main")
        sys.modules["device.main"].run(root)
    finally:
        sys.path.remove(directory(root, slot))


def forget() -> None:
    """Forget what was imported from a slot, so that the other one's modules can take the names."""
    for name in list(sys.modules):
        if name == "device" or name.startswith("device."):
            del sys.modules[name]


def start(root: str = "/") -> None:
    """Run the chosen app; one that cannot even be started gives way to the other in the same start."""
    slot = choose(root)
    try:
        run(root, slot)
    except Exception as error:
        if not is_there(root, other(slot)):
            raise
        print("app", slot, "does not start:", repr(error))
        forget()
        run(root, other(slot))
