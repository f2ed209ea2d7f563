"""Stories run twice: key by key in one fresh clinic, and as one burst in another."""

import shutil
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

import pytest
from sqlalchemy import text

from ctfront.app import CTFrontApp
from tests.clinics import SmallClinic, small_clinic
from tests.desk import open_desk

EIGHT = datetime(2026, 3, 2, 16, 0, tzinfo=UTC)
"""8:00 on the Monday in Los Angeles."""

ROWS = """
SELECT a.day, a.start_second / 60 AS minute, v.name AS provider, t.last_name AS patient, t.birth_date AS born,
       p.name AS purpose, a.minutes, a.status, a.number, a.note, a.overbooked, a.overridden, a.origin,
       a.cancel_reason, a.asked_by, a.replaces_id
FROM appointment a JOIN provider v ON v.id = a.provider_id JOIN patient t ON t.id = a.patient_id
JOIN visit_purpose p ON p.id = a.purpose_id ORDER BY a.id
"""


@dataclass(kw_only=True)
class End:
    """Where a story ended."""

    cells: list[str]
    rows: list[dict]

    @property
    def screen(self) -> str:
        return "\n".join(self.cells)

    @property
    def message(self) -> str:
        """What the message line says."""
        return self.cells[-2].strip()

    @property
    def pane(self) -> str:
        return "\n".join(self.cells[-6:-2])

    def live(self) -> list[tuple[int, str, str]]:
        """Minute, provider and patient of the appointments that still stand."""
        gone = {"cancelled", "rescheduled", "deleted", "no_show"}
        return sorted((r["minute"], r["provider"], r["patient"]) for r in self.rows if r["status"] not in gone)

    def status_of(self, patient: str) -> list[str]:
        return [r["status"] for r in self.rows if r["patient"] == patient]

    def at(self, clock: str) -> str:
        """The grid's line of a time."""
        return next(line for line in self.cells if line.strip().startswith(clock))

    @property
    def cursor(self) -> tuple[str, str]:
        """The time of the cursor's row and the beginning of what it stands on."""
        line = next(line for line in self.cells if "▸" in line)
        return line.split()[0].split("▸")[0], line.split("▸")[1][:20].split("  ")[0].strip()


async def live_through(clinic: SmallClinic, script: str, *, burst: bool, who: str, size, now, keymap) -> End:
    app = CTFrontApp(clinic.database, clinic.clinic, getattr(clinic, who), lambda: now, keymap)
    async with open_desk(app, size=size) as desk:
        await (desk.burst(script) if burst else desk.press(script))
        cells = desk.cells()
    async with clinic.database.reading() as session:
        rows = [dict(row) for row in (await session.execute(text(ROWS))).mappings()]
    await clinic.database.close()
    return End(cells=cells, rows=rows)


@pytest.fixture
def both_ways(sqlite_template, tmp_path):
    """Run a script slow and in one burst; both must end alike."""

    async def run(
        script: str,
        scene: Callable[[SmallClinic], object] = lambda clinic: None,
        *,
        who: str = "mgarcia",
        size: tuple[int, int] = (80, 24),
        now: datetime = EIGHT,
        keymap: Mapping[str, str] | None = None,
    ) -> End:
        ends = []
        for burst in (False, True):
            path = tmp_path / f"{'burst' if burst else 'slow'}.db"
            shutil.copyfile(sqlite_template, path)
            clinic = small_clinic(f"sqlite:///{path}")
            scene(clinic)
            how = {"who": who, "size": size, "now": now, "keymap": keymap}
            ends.append(await live_through(clinic, script, burst=burst, **how))
        slow, burst_end = ends
        assert burst_end.rows == slow.rows
        assert burst_end.cells == slow.cells
        return slow

    return run


def cast(clinic: SmallClinic) -> None:
    """The first hour of the Monday."""
    clinic.book("RUIZ", "Dr Alvarez", "8:00")
    clinic.book("KAPOOR", "Dr Chen", "8:15")
    clinic.book("LEE", "Osei LMT", "8:00", purpose="Massage")
    clinic.book("OKAFOR", "Dr Alvarez", "8:30")


@pytest.fixture
def monday(both_ways):
    """The same with the first hour taken."""

    async def run(script: str, **more) -> End:
        return await both_ways(script, cast, **more)

    return run
