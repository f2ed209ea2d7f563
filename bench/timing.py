"""Figures: what was measured, against which budget, beside which floor or peer."""

import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

RUNS = 300
"""Times that each thing is done in a round."""

WARM_UP = 10
"""Runs before the first that counts."""

ROUNDS = 3
"""Rounds of which the one with the lowest median counts: other work on the machine only ever adds."""

Clock = Callable[[], int]


@dataclass(frozen=True, kw_only=True)
class Sample:
    """Milliseconds, sorted."""

    values: tuple[float, ...]

    def percentile(self, percent: float) -> float:
        """Return the value below which that many percent lie."""
        return self.values[min(int(len(self.values) * percent / 100), len(self.values) - 1)]

    @property
    def p50(self) -> float:
        """The median."""
        return self.percentile(50)

    @property
    def p99(self) -> float:
        """What one in a hundred exceeds."""
        return self.percentile(99)


@dataclass(frozen=True, kw_only=True)
class Figure:
    """One line of the report."""

    what: str
    measured: float
    unit: str = "ms"
    budget: float | None = None
    """None for what is only told."""
    beside: str = ""
    """A floor or peer from the same run, and the ratio to it."""

    @property
    def held(self) -> str:
        """Whether the budget is held."""
        if self.budget is None:
            return ""
        return "held" if self.measured <= self.budget else "**missed**"


@dataclass
class Report:
    """Figures under headings, in the order in which they came."""

    parts: dict[str, list[Figure]] = field(default_factory=dict)
    notes: dict[str, str] = field(default_factory=dict)

    def add(self, part: str, *figures: Figure) -> None:
        """Add figures and print them as they come."""
        self.parts.setdefault(part, []).extend(figures)
        for figure in figures:
            budget = f" (budget {figure.budget:g})" if figure.budget is not None else ""
            print(f"{part}: {figure.what}: {figure.measured:.2f} {figure.unit}{budget} {figure.held} {figure.beside}")

    def note(self, part: str, sentence: str) -> None:
        """Say under a heading how its figures were taken."""
        self.notes[part] = sentence


async def sample(
    act: Callable[[int], Awaitable[object]],
    *,
    clock: Clock = time.perf_counter_ns,
    runs: int = RUNS,
    rounds: int = ROUNDS,
) -> Sample:
    """Do something often, after some runs to warm up; it is told which run it is."""
    for run in range(WARM_UP):
        await act(run)
    best: Sample | None = None
    for number in range(rounds):
        values = []
        for run in range(number * runs, (number + 1) * runs):
            begun = clock()
            await act(run)
            values.append((clock() - begun) / 1e6)
        this = Sample(values=tuple(sorted(values)))
        if best is None or this.p50 < best.p50:
            best = this
    assert best is not None
    return best


async def cpu(act: Callable[[int], Awaitable[object]], *, runs: int = RUNS, rounds: int = ROUNDS) -> Sample:
    """Do the same, counting the processor's time in all threads."""
    return await sample(act, clock=time.process_time_ns, runs=runs, rounds=rounds)


def latency(
    what: str, of: Sample, *, p50: float | None = None, p99: float | None, floor: Sample | None = None
) -> list[Figure]:
    """Return a line for the median and one for the 99th percentile."""
    beside = "" if floor is None else f"floor {floor.p50:.2f} ms, ratio {of.p50 / floor.p50:.1f}"
    return [
        Figure(what=f"{what}, p50", measured=of.p50, budget=p50, beside=beside),
        Figure(what=f"{what}, p99", measured=of.p99, budget=p99),
    ]
