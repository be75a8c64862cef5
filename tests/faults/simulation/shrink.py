"""The shortest plan that still fails: what a person reads instead of a hundred events."""

from tests.faults.simulation import county
from tests.faults.simulation.world import told


def fails(plan, keep, design=None):
    """Tell whether a plan with only these of its events fails."""
    return not verdict(plan, keep, design).holds


def verdict(plan, keep, design=None):
    """Return what the checker says of a plan with only these of its events."""
    kept = plan._replace(events=tuple(event for number, event in enumerate(plan.events) if number in set(keep)))
    return told(kept, design)


def shortest(plan, design=None, most=400):
    """Return the numbers of the events without any of which the plan would hold; tries at most so many plans."""
    keep, tries = list(range(len(plan.events))), most
    step = max(1, len(keep) // 2)
    while tries > 0:
        fewer, tries = thinned(plan, keep, step, design, tries)
        if step == 1 and fewer == keep:
            break
        keep, step = fewer, max(1, step // 2)
    return keep


def thinned(plan, keep, step, design, tries):
    """Leave out so many events at a time, wherever the plan fails without them; return what is left, and the tries."""
    start = 0
    while start < len(keep) and tries > 0:
        tries -= 1
        fewer = keep[:start] + keep[start + step :]
        if fails(plan, fewer, design):
            keep = fewer
        else:
            start += step
    return keep, tries


def story(plan, keep, design=None):
    """Return lines for people: what is enough to fail, and what the checker says of it."""
    product = f"a product in which {design.name}" if design else "the product"
    head = f"Seed {plan.seed} fails with {product}; of its {len(plan.events)} events {len(keep)} are enough:"
    found = verdict(plan, keep, design)
    lines = [line(plan, plan.events[number]) for number in keep]
    return [head, *lines, f"  Found by: {', '.join(found.by)}.", f"  {found}"]


def line(plan, event):
    """Return an event as a line."""
    hours, rest = divmod(event.at_ms, 3_600_000)
    moment = f"{hours:4} h {rest // 60_000:02} min {rest / 1000 % 60:06.3f} s"
    is_box = event.device < plan.devices - plan.kiosks
    name = county.device_id(event.device, "box" if is_box else "kiosk")
    what = f"{name}: button {event.value}" if event.kind == "press" else f"{event.kind} ({name}, {event.value})"
    return f"  {moment}  {what}"


def command(plan, keep, wrong=None):
    """Return what a person types to see it again."""
    design = f" --wrong {wrong}" if wrong else ""
    return f'make simulate-faults ARGS="--seed {plan.seed}{design} --keep {",".join(map(str, keep))}"'
