"""Tables that might be the true one for all that anybody is told: the sums that they change remain in doubt."""

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from math import log

from server.publication.tables import Atoms, Change, Equal, Tables

PATIENCE = 5_000  # programmes: what a county of 30 units takes; with fewer, some more cells stay hidden

DEAR = 1_000  # times what a sum costs otherwise: more than a neighbourhood of them

Near = Callable[[Atoms], Iterator[Atoms]]
Wish = tuple[int, int]  # a score, and how many answers more of it, or fewer


@dataclass(frozen=True)
class Truth:
    """The counts by atom and score, which sums everybody knows and which are equal, and the atoms of each staff."""

    counts: Sequence[Sequence[int]]
    told: frozenset[Atoms] = frozenset()
    equal: Sequence[Equal] = ()
    insiders: Sequence[Atoms] = ()

    def n(self, atoms: Iterable[int]) -> int:
        """Return how many answered in all of these atoms."""
        return sum(sum(self.counts[atom]) for atom in atoms)

    def of_score(self, atoms: Iterable[int], score: int) -> int:
        """Return how many gave a score in all of these atoms."""
        return sum(self.counts[atom][score] for atom in atoms)


@dataclass(frozen=True)
class Doubt:
    """A table: the score that it differs in, by how much it changes each sum, and which staff know better."""

    score: int
    moves: Mapping[Atoms, int]
    staff: frozenset[int]


@dataclass
class Area:
    """The tables that differ in a neighbourhood only: by its part of each sum, and until when prices are set."""

    tables: Tables
    part_of: dict[Atoms, Atoms]
    sums: dict[Atoms, list[Atoms]]
    synced: int


@dataclass
class Doubts:
    """Finds tables until every sum that is guarded is in doubt, and then finds some that hide less.

    `guarded` says of each sum how many more, and how many fewer, it has to be able to be; nought for both when it must
    only not be certain. `open` are the sums that may be hidden, those `told_elsewhere` only if nothing else will do.
    """

    truth: Truth
    open: Collection[Atoms]
    guarded: Mapping[Atoms, tuple[int, int]]
    near: Near
    told_elsewhere: frozenset[Atoms] = frozenset()
    moving: dict[Atoms, list[Doubt]] = field(default_factory=lambda: defaultdict(list))
    changed: list[Atoms] = field(default_factory=list)
    areas: dict[Atoms, Area] = field(default_factory=dict)
    programmes: int = 0

    def __post_init__(self) -> None:
        # A large sum is missed more than a small one; the logarithm keeps it from being worth any number of them.
        self.prices = {atoms: 1 + log(1 + self.truth.n(atoms)) for atoms in self.open}
        self.prices |= {atoms: DEAR * self.prices[atoms] for atoms in self.told_elsewhere & self.prices.keys()}
        self.staff = {atom: place for place, own in enumerate(self.truth.insiders) for atom in own}
        self.holding: dict[int, list[Atoms]] = defaultdict(list)
        for atoms in sorted({*self.truth.told, *self.open, *self.guarded}, key=sorted):
            for atom in atoms:
                self.holding[atom].append(atoms)
        every = range(len(self.truth.counts))
        self.everything = frozenset(every)
        scores = range(len(self.truth.counts[0]))
        self.scores = sorted(scores, key=lambda score: (-self.truth.of_score(every, score), score))

    def in_doubt(self) -> set[Atoms]:
        """Return the sums that some table changes."""
        return {atoms for atoms, doubts in self.moving.items() if doubts}

    def satisfy(self, guarded: Iterable[Atoms]) -> list[Doubt]:
        """Find tables until each of these sums is in doubt as far as it has to be; return them."""
        found: list[Doubt] = []
        for atoms in sorted(guarded, key=lambda each: (-len(each), self.truth.n(each), sorted(each))):
            while lack := self.lack(atoms):
                found.append(doubt := self.find(atoms, *lack))
                self.add(doubt)
        return found

    def lack(self, atoms: Atoms) -> tuple[list[Wish], Atoms] | None:
        """Return tables of which one would put a sum further in doubt, and what is known to those who doubt too little.

        None when it is doubted enough.
        """
        for most, sign in zip(self.guarded[atoms], (1, -1), strict=True):
            reached = self.reached(atoms, sign)
            if (missing := most - sum(reached.values())) > 0:
                steps = range(missing, 0, -1)
                return [(score, sign * (reached[score] + step)) for step in steps for score in self.scores], frozenset()
        either = [(score, more) for more in (1, -1) for score in self.scores]
        if not self.moving[atoms]:
            return either, frozenset()
        if any(self.guarded[atoms]):
            for staff in sorted(frozenset.intersection(*(doubt.staff for doubt in self.moving[atoms]))):
                if not atoms <= self.truth.insiders[staff]:
                    return either, self.truth.insiders[staff]
        return None

    def reached(self, atoms: Atoms, sign: int) -> dict[int, int]:
        """Return by score how many more, or fewer, a sum may be; each score is a table by itself, so these add up."""
        reached = dict.fromkeys(self.scores, 0)
        for doubt in self.moving[atoms]:
            reached[doubt.score] = max(reached[doubt.score], sign * doubt.moves[atoms])
        return reached

    def find(self, atoms: Atoms, wishes: Iterable[Wish], known: Atoms) -> Doubt:
        """Return a table as wished; looks near first. Raises ValueError when nothing but the truth fits."""
        for among in (*self.near(atoms), self.everything):
            area = self.area(among)
            part = area.part_of[atoms]
            for score, more in wishes:
                if self.truth.of_score(part, score) + more >= 0:
                    self.programmes += 1
                    change = area.tables.other(part, score, more, known)
                    if change is not None:
                        return self.doubt(score, change)
        raise ValueError(f"{sorted(atoms)} follows from earlier releases already")

    def doubt(self, score: int, change: Change) -> Doubt:
        """Return a table with the sums that it changes; raise ArithmeticError when it contradicts what is known."""
        touched = {atoms for atom in change for atoms in self.holding[atom]}
        moves = {atoms: more for atoms in touched if (more := moved(change, atoms))}
        fits = all(self.truth.counts[atom][score] + more >= 0 for atom, more in change.items())
        fits &= all(moved(change, one) == moved(change, other) for one, other in self.truth.equal)
        if not fits or not self.truth.told.isdisjoint(moves):
            raise ArithmeticError(f"a table was found that does not fit: {change}")
        return Doubt(score, moves, frozenset(self.staff[atom] for atom in change if atom in self.staff))

    def add(self, doubt: Doubt) -> None:
        """Reckon with a table."""
        self.changed += doubt.moves
        for atoms in doubt.moves:
            self.moving[atoms].append(doubt)

    def drop(self, doubt: Doubt) -> None:
        """Reckon without a table."""
        self.changed += doubt.moves
        for atoms in doubt.moves:
            self.moving[atoms].remove(doubt)

    def price(self, atoms: Atoms) -> float:
        """Return what it costs to put a sum in doubt: nothing when it is."""
        return 0.0 if self.moving[atoms] else self.prices.get(atoms, 0.0)

    def area(self, among: Atoms) -> Area:
        """Return a neighbourhood with the prices of now."""
        area = self.areas.get(among) or self.areas.setdefault(among, self.new_area(among))
        for part in {area.part_of[atoms] for atoms in self.changed[area.synced :] if atoms in area.part_of}:
            area.tables.price(part, sum(map(self.price, area.sums[part])))
        area.synced = len(self.changed)
        return area

    def new_area(self, among: Atoms) -> Area:
        """Return a neighbourhood; sums that have the same part in it change together."""
        part_of = {atoms: atoms & among for atom in among for atoms in self.holding[atom]}
        sums: dict[Atoms, list[Atoms]] = {}
        for atoms, part in part_of.items():
            sums.setdefault(part, []).append(atoms)
        prices = {
            part: None if not self.truth.told.isdisjoint(of_part) else sum(map(self.price, of_part))
            for part, of_part in sums.items()
        }
        equal = [(one, other) for one, other in self.truth.equal if one <= among]
        return Area(Tables(self.truth.counts, among, prices, equal), part_of, sums, len(self.changed))

    def cheapen(self) -> None:
        """Try for each sum hidden for others' sake, the dearest first, whether less is hidden without its tables."""
        hidden = sorted(self.in_doubt() & self.prices.keys(), key=lambda each: (-self.prices[each], sorted(each)))
        for atoms in hidden:
            if self.programmes < PATIENCE:
                self.replace(list(self.moving[atoms]))

    def replace(self, gone: list[Doubt]) -> None:
        """Replace tables by others, if these hide less."""
        touched = {atoms for doubt in gone for atoms in doubt.moves}
        for doubt in gone:
            self.drop(doubt)
        saved = sum(map(self.price, touched))
        found = self.satisfy(touched & self.guarded.keys())
        for doubt in found:
            self.drop(doubt)
        spent = sum(map(self.price, {atoms for doubt in found for atoms in doubt.moves}))
        for doubt in found if spent < saved else gone:
            self.add(doubt)


def moved(change: Change, atoms: Atoms) -> int:
    """Return by how much a sum changes."""
    return sum(change[atom] for atom in change.keys() & atoms)
