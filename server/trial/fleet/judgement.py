"""What a fleet has to keep to, and its figures."""

from typing import Any

from server.trial.fleet.run import Found, Plan

# A storm that is as even as a long outage is 1. What the boxes chose is judged strictly; what was measured has the
# machine in it too: a process that had to wait for a processor lets out at once what it should have let out one by one.
CHOSEN_BOUND, MEASURED_BOUND = 1.5, 3.0
BRIDGE_BOUND_MIB = 512  # what the service file allows
DRAIN_BOUND_S = 120

EVEN = "the storm is even by the boxes' choice"
BOUNDED = "the storm is bounded as measured"
EMPTIED = "every box got rid of all it held in time"
SMALL = "the bridge stays small"


def untrue(plan: Plan, found: Found) -> list[str]:
    """Return which of these do not hold."""
    slack = chance_of(plan.devices)
    tried = {
        EVEN: found.chosen_peak_to_steady <= CHOSEN_BOUND * slack,
        BOUNDED: found.peak_to_steady <= MEASURED_BOUND * slack,
        EMPTIED: found.drained and found.drain_s <= DRAIN_BOUND_S,
        SMALL: found.bridge_peak_mib <= BRIDGE_BOUND_MIB,
    }
    return [name for name, holds in tried.items() if not holds]


def chance_of(devices: int) -> float:
    """Return how much more the worst second of a small fleet may be above the even one, by chance alone.

    A second of a thousand boxes has some thirty of them: three standard deviations are half of that.
    """
    return 1 + float((1_000 / devices) ** 0.5) / 2


def figures(plan: Plan, found: Found) -> dict[str, Any]:
    """Return what is told of a fleet, but for the reckoning."""
    return {
        "devices": plan.devices,
        "days": plan.days,
        "responses": found.thanked,
        "storm_peak_to_steady": round(found.peak_to_steady, 2),
        "bound": round(MEASURED_BOUND * chance_of(plan.devices), 2),
        "chosen_peak_to_steady": round(found.chosen_peak_to_steady, 2),
        "peak_connects_per_s": found.storm.peak_per_s,
        "steady_connects_per_s": round(found.steady_per_s),
        "back_s": round(found.storm.answered_s, 1),
        "held": found.held,
        "drain_s": round(found.drain_s, 1),
        "bridge_peak_mib": round(found.bridge_peak_mib),
        "broker_peak_mib": round(found.broker_peak_mib),
    }
