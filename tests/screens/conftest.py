"""Stories run twice: key by key in one fresh clinic, and as one burst in another.

All of them run in Textual's headless driver at 80×24; those marked `wire` also at 120×40, and in the real program
behind a pseudo-terminal. What those draw is shown to every kind of terminal.
"""

import os
import shutil
from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from contextlib import asynccontextmanager, nullcontext
from dataclasses import replace
from datetime import datetime

import pytest

from ctfront.app import CTFrontApp
from ctfront.data.database import Database
from tests.clinics import SmallClinic, small_clinic
from tests.desk import Desk, open_desk
from tests.stories import EIGHT, HEADLESS, WIRE, End, Place, Story, copy_of
from tests.wire.kept_frames import Frames, as_stock, check_every_kind
from tests.wire.load import both_cores_loaded


def pytest_generate_tests(metafunc):
    """Let a story marked `wire` live through all its places."""
    if "place" in metafunc.fixturenames and metafunc.definition.get_closest_marker("wire"):
        metafunc.parametrize("place", WIRE, ids=str, indirect=True)
    if "morning_number" in metafunc.fixturenames:
        metafunc.parametrize("morning_number", range(max(2, metafunc.config.getoption("--soak"))))


@pytest.fixture(autouse=True, scope="session")
def soak_load(request) -> Iterator[None]:
    """Keep the cores busy through a soak; one of several test processes is enough."""
    alone = os.environ.get("PYTEST_XDIST_WORKER", "gw0") == "gw0"
    with both_cores_loaded() if request.config.getoption("--soak") and alone else nullcontext():
        yield


@pytest.fixture
def place(request) -> Iterator[Place]:
    """Where the story is lived through; loaded, if that is part of it."""
    place = getattr(request, "param", HEADLESS)
    with both_cores_loaded() if place.loaded else nullcontext():
        yield place


@pytest.fixture(scope="session")
def founded(sqlite_template, tmp_path_factory) -> SmallClinic:
    """The small clinic in a file that every story copies."""
    path = tmp_path_factory.mktemp("founded") / "clinic.db"
    shutil.copyfile(sqlite_template, path)
    clinic = small_clinic(f"sqlite:///{path}")
    clinic.database.close_writer()
    return clinic


@pytest.fixture
def clinic_of_its_own(founded, tmp_path):
    """Make a copy of the small clinic."""

    def copy(database: type[Database] = Database) -> SmallClinic:
        return copy_of(founded, tmp_path / "clinic.db", database)

    return copy


@pytest.fixture
def both_ways(founded, tmp_path, place, request):
    """Run a script slow and in one burst; both must end alike, and on the wire as in the headless driver."""
    rounds = max(1, request.config.getoption("--soak"))
    on_every_kind = not place.terminal and request.node.get_closest_marker("wire") is not None

    async def run(
        script: str,
        scene: Callable[[SmallClinic], object] = lambda clinic: None,
        *,
        who: str = "mgarcia",
        size: tuple[int, int] = place.size,
        now: datetime = EIGHT,
        keymap: Mapping[str, str] | None = None,
        print_command: tuple[str, ...] = (),
    ) -> End:
        story = Story(script=script, scene=scene, who=who, now=now, keymap=keymap or {}, print_command=print_command)

        drawn: Frames | None = [] if on_every_kind else None

        async def live(*, burst: bool, terminal: bool, frames: Frames | None = None) -> End:
            path = tmp_path / f"{'burst' if burst else 'slow'}{'-wire' if terminal else ''}.db"
            clinic = story.clinic_at(path, founded)
            if terminal:
                return await story.live_on_the_wire(clinic, path, burst=burst, size=size)
            return await story.live(clinic, burst=burst, size=size, frames=frames)

        slow = await live(burst=False, terminal=place.terminal, frames=drawn)
        if drawn is not None:
            assert as_stock(drawn, size).lines() == slow.cells
            check_every_kind(drawn, size)
        for _ in range(rounds):
            burst = await live(burst=True, terminal=place.terminal)
            assert burst.rows == slow.rows
            assert burst.invitations == slow.invitations
            assert burst.cells == slow.cells
            assert burst.looks == slow.looks
        if place.terminal:
            headless = await live(burst=False, terminal=False)
            assert slow.rows == headless.rows
            assert slow.invitations == headless.invitations
            assert slow.cells == headless.cells
        return slow

    return run


def cast(clinic: SmallClinic) -> None:
    """The first hour of the Monday."""
    clinic.book("RUIZ", "Dr Alvarez", "8:00")
    clinic.book("KAPOOR", "Dr Chen", "8:15")
    clinic.book("LEE", "Osei LMT", "8:00", purpose="Massage")
    clinic.book("OKAFOR", "Dr Alvarez", "8:30")


@pytest.fixture
def first_hour(clinic_of_its_own) -> SmallClinic:
    """A clinic with the first hour of the Monday."""
    clinic = clinic_of_its_own()
    cast(clinic)
    return clinic


@pytest.fixture
def open_session(first_hour):
    """Open one session after another in that clinic, each with connections of its own."""

    @asynccontextmanager
    async def open_one(now: Callable[[], datetime], *, who: str = "mgarcia", **more) -> AsyncIterator[Desk]:
        own = replace(first_hour, database=type(first_hour.database)(f"sqlite:///{first_hour.database.path}"))
        app = CTFrontApp(own.database, own.clinic, getattr(own, who), now, **more)
        async with open_desk(app) as desk:
            yield desk
        await own.database.close()

    return open_one


@pytest.fixture
def monday(both_ways):
    """The same with the first hour taken."""

    async def run(script: str, **more) -> End:
        return await both_ways(script, cast, **more)

    return run
