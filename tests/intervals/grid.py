"""The true opinions and the numbers of answers at which intervals are tried."""

from itertools import product

SIZES = (10, 20, 40, 100, 400)
SHARES = tuple(round(0.05 * step, 2) for step in range(1, 20))
SHARE_SCORES, NPS_SCORES, INDEX_SCORES, MEAN_SCORES = (0, 1), (-100, 0, 100), (0, 25, 50, 75, 100), (1, 2, 3, 4, 5)

# Detractors, passives, promoters.
NPS_MIXES = ((0.01, 0.04, 0.95), (0.05, 0.15, 0.80), (0.10, 0.30, 0.60), (0.30, 0.30, 0.40), (0.50, 0.30, 0.20))
# The worst level first: a very happy clinic, a happy one, a split one, one where nobody agrees, a middling one.
LEVEL_MIXES = (
    (0.005, 0.005, 0.02, 0.07, 0.90),
    (0.05, 0.05, 0.10, 0.20, 0.60),
    (0.20, 0.03, 0.02, 0.05, 0.70),
    (0.20, 0.20, 0.20, 0.20, 0.20),
    (0.05, 0.20, 0.50, 0.20, 0.05),
)
SHARE_MIXES = tuple((round(1 - p, 2), p) for p in SHARES)

FIGURES = {
    "share": (SHARE_SCORES, SHARE_MIXES),
    "nps": (NPS_SCORES, NPS_MIXES),
    "index": (INDEX_SCORES, LEVEL_MIXES),
    "mean": (MEAN_SCORES, LEVEL_MIXES),
}
# Both groups alike, and groups that differ; equal sizes and unequal ones.
PAIRS = {
    "share": (((0.05, 0.95), (0.05, 0.95)), ((0.5, 0.5), (0.5, 0.5)), ((0.1, 0.9), (0.4, 0.6))),
    "nps": (
        *((mix, mix) for mix in NPS_MIXES),
        (NPS_MIXES[0], NPS_MIXES[2]),
        (NPS_MIXES[1], NPS_MIXES[3]),
    ),
    "mean": (*((mix, mix) for mix in LEVEL_MIXES), (LEVEL_MIXES[0], LEVEL_MIXES[1])),
}
PAIR_SIZES = ((10, 10), (10, 40), (20, 20), (40, 40), (40, 400), (100, 100))

CHANGE_SIZES = (20, 40, 100, 400)
CHANGE_MIXES = tuple(product(("nps",), NPS_MIXES)) + tuple(product(("mean",), LEVEL_MIXES))
