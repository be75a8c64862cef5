"""Simulated visitors of one box: busy and calm spells, a mood of their own; the same seed gives the same people."""

import math
import random

BUSY_EVERY_S = 20.0
CALM_PAUSE_S = 4.0
BRISK_PAUSE_S = 1.0  # a box then is pressed about once a second
WARM_UP_S = 0.3


class Visitors:
    """People who come by one box and press what they felt."""

    def __init__(self, buttons: int, chance: random.Random, brisk: bool) -> None:
        self.chance = chance
        self.pause_s = BRISK_PAUSE_S if brisk else CALM_PAUSE_S
        self.phase = chance.random()
        self.next_s = WARM_UP_S + chance.random()
        self.weights = mood(buttons, contentment=chance.uniform(0.6, 0.9))

    def button(self, now_s: float) -> int:
        """Return the button that somebody presses at this moment, counted from 1, or 0 while nobody does."""
        if now_s < self.next_s:
            return 0
        self.next_s = now_s + self.chance.expovariate(self.rush(now_s) / self.pause_s)
        return self.chance.choices(range(1, len(self.weights) + 1), self.weights)[0]

    def rush(self, now_s: float) -> float:
        """Return how busy it is, 1 on average: people come in waves, and not everywhere at once."""
        return 1 + 0.7 * math.sin(2 * math.pi * (now_s / BUSY_EVERY_S + self.phase))


def mood(buttons: int, contentment: float) -> list[float]:
    """Return how often each button is pressed: mostly content, with the few very unhappy that every place knows."""
    best = buttons - 1
    weights = [math.comb(best, n) * contentment**n * (1 - contentment) ** (best - n) for n in range(buttons)]
    weights[0] += 0.06
    return [weight + 0.005 for weight in weights]
