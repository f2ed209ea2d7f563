"""Draw docs/*.svg: the real screens at 80x24, on the demo clinic of one fixed morning."""

import asyncio
import os
import subprocess
import sys
import tempfile
from datetime import datetime
from pathlib import Path

from ctfront.app import CTFrontApp
from ctfront.data.clinic import load_clinic
from ctfront.data.database import Database
from ctfront.data.staff import load_staff
from ctfront.domain.staff import Actor, ActorKind
from ctfront.domain.times import utc_instant
from ctfront.terminal.key_loop import KeyLoop

HERE = Path(__file__).parent
MORNING = "2026-03-02T08:00"


async def draw(folder: Path) -> None:
    """Walk to an online appointment and to a stale invitation, and take a picture of each."""
    database = Database(f"sqlite:///{folder}/clinic.db")
    clinic = database.write_now(load_clinic)
    assert clinic is not None, "the demo was just made"
    staff = database.write_now(lambda session: load_staff(session, clinic.id))
    clerk = next(person for person in staff if person.short_name == "mgarcia")
    actor = Actor(kind=ActorKind.STAFF, id=clerk.id, name=clerk.short_name, rights=clerk.rights)
    wall = datetime.fromisoformat(MORNING)
    now = utc_instant(wall.date(), wall.time(), clinic.zone)
    app = CTFrontApp(database, clinic, actor, lambda: now)
    async with app.run_test(size=(80, 24)) as pilot:
        for keys, name in (("right down", "scheduler"), ("f4 down down down", "patient_access")):
            await pilot.press(*keys.split())
            await pilot.pause()
            await app.gate.settled()
            app.save_screenshot(f"{name}.svg", path=str(HERE))
    await database.close()


def main() -> None:
    """Make the clinic in a throw-away folder and draw it."""
    with tempfile.TemporaryDirectory() as name:
        command = [sys.executable, "-m", "ctfront", "demo", "--dir", f"{name}/demo", "--make-only"]
        subprocess.run(command, check=True, env={**os.environ, "CTFRONT_NOW": MORNING}, capture_output=True)
        with asyncio.Runner(loop_factory=KeyLoop) as runner:
            runner.run(draw(Path(name) / "demo"))


if __name__ == "__main__":
    main()
