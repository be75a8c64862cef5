"""The shortest plan that still fails: what a person reads instead of a hundred events."""

from tests.faults.simulation.world import outcome


def fails(plan, keep, design=None):
    """Tell whether a plan with only these of its events fails."""
    kept = plan._replace(events=tuple(event for number, event in enumerate(plan.events) if number in set(keep)))
    found, _ = outcome(kept, design)
    return not found.verdict.holds


def shortest(plan, design=None, most=400):
    """Return the numbers of the events without any of which the plan would hold; tries at most so many plans."""
    keep = list(range(len(plan.events)))
    step = max(1, len(keep) // 2)
    while step and most:
        start = 0
        while start < len(keep) and most:
            most -= 1
            fewer = keep[:start] + keep[start + step :]
            if fails(plan, fewer, design):
                keep = fewer
            else:
                start += step
        step //= 2
    return keep


def story(plan, keep):
    """Return the kept events as lines for people."""
    lines = []
    for number in keep:
        event = plan.events[number]
        hours, rest = divmod(event.at_ms, 3_600_000)
        moment = f"{hours:4}:{rest // 60_000:02}:{rest // 1000 % 60:02}.{rest % 1000:03}"
        lines.append(f"  {moment}  {event.kind}  device {event.device}  value {event.value}")
    return lines


def command(plan, keep):
    """Return what a person types to see it again."""
    return f'make simulate-faults ARGS="--seed {plan.seed} --keep {",".join(map(str, keep))}"'
