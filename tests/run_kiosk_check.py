"""Drives the kiosk by real touches and looks at every screen; ends with one JSON line of what it found.

`paths`: ways through the surveys of the trial that ended in exactly the record they should. `clipped`, `contrast_min`:
of every text and face, in both themes. `mash_events`: touches at random, up to ten fingers at a time. `wrong_caught`:
designs made wrong on purpose that these same checks have to find.
"""

import contextlib
import json
import sys
import tempfile
from pathlib import Path

from kiosk_app.ui.theme import NORMAL, STRONG
from tests.kiosk_app.ui import wrong
from tests.kiosk_app.ui.glass_rig import LANGUAGES, SIZES, Rig, survey
from tests.kiosk_app.ui.looking import sweep
from tests.kiosk_app.ui.mashing import mashed
from tests.kiosk_app.ui.pace import frames_to_thanks
from tests.kiosk_app.ui.walking import paths, walk, walk_by_ear

MASH = {"smiley@1": 6_000, "all": 6_000}
# In normal letters, the thinnest there are.
CONTRAST_SIZES = ((800, 480), (1024, 600), (1280, 800), (1920, 1080), (480, 800))


def say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


@contextlib.contextmanager
def kiosk(asked: str):
    built = Rig(asked)
    yield built
    built.close()


def walked() -> int:
    """Return how many paths ended as they should; say which did not."""
    right = 0
    for path in paths():
        with kiosk(path.survey) as one:
            found = walk(one, path)
        right += found == path.expected
        if found != path.expected:
            say(f"  {path.name}: {found}")
    return right


def heard() -> int:
    """Return in how many languages a survey was answered by five keys and ear alone."""
    right = 0
    for language in LANGUAGES:
        path = next(path for path in paths() if path.name == f"national@1-{language}-4")
        with kiosk(path.survey) as one:
            walk_by_ear(one, path)
            right += [record["answers"] for record in one.records] == [dict(path.answers)]
    return right


def looked() -> dict:
    """Return what is clipped or overlaps at any size, and the least contrast of either theme."""
    shapes = sweep(SIZES, themes=[NORMAL], look_at_contrast=False)
    colours = sweep(CONTRAST_SIZES, asked=[survey("smiley@1"), survey("all")], only=lambda page: not page.larger)
    for finding in [*shapes.clipped, *shapes.overlapping, *colours.clipped][:20]:
        say(f"  {finding}")
    return {
        "screens": shapes.pages + colours.pages,
        "sizes": len(SIZES),
        "clipped": len(shapes.clipped) + len(colours.clipped),
        "overlapping": len(shapes.overlapping),
        "contrast_min": round(colours.contrast[NORMAL].ratio, 2),
        "contrast_min_strong": round(colours.contrast[STRONG].ratio, 2),
    }


def mash_all() -> dict:
    """Return what ten fingers did, over all surveys."""
    tallies = []
    for seed, (asked, events) in enumerate(MASH.items()):
        with tempfile.TemporaryDirectory() as folder:
            tallies.append(mashed(Path(folder), events, seed=seed, asked=asked))
    for finding in [found for tally in tallies for found in (*tally.crashes, *tally.doubled, *tally.lost)][:20]:
        say(f"  {finding}")
    total = {name: sum(len(getattr(tally, name)) for tally in tallies) for name in ("crashes", "doubled", "lost")}
    return {
        "mash_events": sum(tally.events for tally in tallies),
        "thanked": sum(tally.thanked for tally in tallies),
        **total,
    }


def summary() -> dict:
    """Return all figures."""
    say("ways through the surveys, by touch, and by keys and ear")
    line = {"paths": walked(), "paths_expected": len(paths()), "languages": len(LANGUAGES), "by_keys": heard()}
    say("every screen at every size; some minutes")
    line |= looked()
    say("ten fingers at random")
    line |= mash_all()
    say("what is wrong on purpose")
    return line | {"wrong_caught": sum(found() for found in wrong.CHECKS), "frames_to_thanks": frames_to_thanks()}


def holds(line: dict) -> bool:
    """Tell whether the figures are what was promised."""
    nothing = ("clipped", "overlapping", "crashes", "doubled", "lost")
    return (
        line["paths"] == line["paths_expected"] >= 20
        and line["by_keys"] == line["languages"] == len(LANGUAGES)
        and line["sizes"] >= 4
        and all(line[name] == 0 for name in nothing)
        and line["contrast_min"] >= NORMAL.contrast
        and line["contrast_min_strong"] >= STRONG.contrast
        and line["mash_events"] >= 10_000
        and line["thanked"] >= 30
        and line["wrong_caught"] == len(wrong.CHECKS)
    )


def main() -> int:
    line = summary()
    print(json.dumps(line))
    return 0 if holds(line) else 1


if __name__ == "__main__":
    sys.exit(main())
