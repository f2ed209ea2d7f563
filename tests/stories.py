"""A story: keys typed at a desk, in the headless driver or the real program, and where they end."""

import shutil
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy import text

from ctfront.app import CTFrontApp
from ctfront.cli.desk import keys_kept_in
from ctfront.data.database import Database
from ctfront.services.day_sheets import Paper
from ctfront.services.mail_post import MailPost
from ctfront.settings import VI, Settings
from tests.clinics import SmallClinic
from tests.desk import open_desk
from tests.wire.kept_frames import FrameKeeper, Frames
from tests.wire.terminal_desk import terminal_desk

EIGHT = datetime(2026, 3, 2, 16, 0, tzinfo=UTC)
"""8:00 on the Monday in Los Angeles."""

ROWS = """
SELECT a.day, a.start_second / 60 AS minute, v.name AS provider, t.last_name AS patient, t.birth_date AS born,
       p.name AS purpose, a.minutes, a.status, a.number, a.note, a.overbooked, a.overridden, a.origin,
       a.cancel_reason, a.asked_by, a.replaces_id
FROM appointment a JOIN provider v ON v.id = a.provider_id JOIN patient t ON t.id = a.patient_id
JOIN visit_purpose p ON p.id = a.purpose_id ORDER BY a.id
"""


INVITATIONS = """
SELECT p.last_name AS patient, i.state, i.address, i.is_last, i.source, i.by_name AS sent_by, o.kind, o.state AS mail
FROM invitation i JOIN patient p ON p.id = i.patient_id LEFT JOIN outbox o ON o.invitation_id = i.id ORDER BY i.id
"""


@dataclass(kw_only=True)
class End:
    """Where a story ended."""

    cells: list[str]
    looks: list
    """Every cell with its colours and attributes."""
    rows: list[dict]
    invitations: list[dict]

    @property
    def screen(self) -> str:
        return "\n".join(self.cells)

    @property
    def dialog(self) -> str:
        """What the dialog says, its frame and line ends taken away."""
        return " ".join(" ".join(line.split("│")[1] for line in self.cells if line.count("│") > 1).split())

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

    def last_of(self, patient: str) -> dict | None:
        """The invitation that counts for the patient, with its mail."""
        return next((row for row in self.invitations if row["patient"] == patient and row["is_last"]), None)

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


@dataclass(frozen=True, kw_only=True)
class Place:
    """Where a story is lived through."""

    size: tuple[int, int] = (80, 24)
    terminal: bool = False
    """Through a pseudo-terminal."""
    loaded: bool = False
    """With both cores busy."""

    def __str__(self) -> str:
        words = ["terminal" if self.terminal else "pilot", "x".join(map(str, self.size))]
        return "-".join([*words, "loaded"] if self.loaded else words)


HEADLESS = Place()
WIRE = [
    HEADLESS,
    Place(size=(120, 40)),
    Place(terminal=True),
    Place(terminal=True, size=(120, 40)),
    Place(terminal=True, loaded=True),
]


def copy_of(founded: SmallClinic, path: Path, database: type[Database] = Database) -> SmallClinic:
    """Copy a founded clinic to a file of its own."""
    for old in path.parent.glob(f"{path.name}*"):
        old.unlink()  # a connection that still goes down, or a journal left, must not meet the new file
    shutil.copyfile(founded.database.path, path)
    return replace(founded, database=database(f"sqlite:///{path}"))


@dataclass(kw_only=True)
class Story:
    """What happens: keys typed by somebody at a desk, in a scene, at a time."""

    script: str
    scene: Callable[[SmallClinic], object]
    who: str
    now: datetime
    keymap: Mapping[str, str]
    print_command: tuple[str, ...] = ()

    def clinic_at(self, path: Path, founded: SmallClinic) -> SmallClinic:
        """Copy the clinic to a file of its own and set the scene."""
        clinic = copy_of(founded, path)
        self.scene(clinic)
        return clinic

    async def live(
        self, clinic: SmallClinic, *, burst: bool, size: tuple[int, int], frames: Frames | None = None
    ) -> End:
        """Live through it in the headless driver; what is drawn is added to `frames`."""
        lacking = Settings(database=":memory:", state_folder=Path()).mail_lacks  # as beside a bare database file
        post = MailPost(clinic.database, clinic.clinic.id, lambda: self.now, lacking=lacking)
        paper = Paper(folder=clinic.database.path.with_suffix(""), command=self.print_command)
        actor = getattr(clinic, self.who)
        kept = keys_kept_in(clinic.database.path.parent / "settings.toml")
        more = {"post": post, "paper": paper, "keep_keys": kept, "walking": VI}
        kind = CTFrontApp if frames is None else FrameKeeper
        app = kind(clinic.database, clinic.clinic, actor, lambda: self.now, self.keymap, **more)
        async with open_desk(app, size=size) as desk:
            await (desk.burst(self.script) if burst else desk.press(self.script))
            cells, looks = desk.cells(), desk.looks()
            if frames is not None:
                frames += app.frames
        return End(cells=cells, looks=looks, **await left_in(clinic))

    async def live_on_the_wire(self, clinic: SmallClinic, path: Path, *, burst: bool, size: tuple[int, int]) -> End:
        """Live through it in the real program behind a pseudo-terminal."""
        with terminal_desk(path, who=self.who, size=size, now=self.now) as desk:
            (desk.burst if burst else desk.press)(self.script)
            cells, looks = desk.cells(), desk.looks()
        return End(cells=cells, looks=looks, **await left_in(clinic))


async def left_in(clinic: SmallClinic) -> dict[str, list[dict]]:
    """Return what the database holds in the end, and leave it."""
    left = {}
    async with clinic.database.reading() as session:
        for name, query in (("rows", ROWS), ("invitations", INVITATIONS)):
            left[name] = [dict(row) for row in (await session.execute(text(query))).mappings()]
    await clinic.database.close()
    return left
