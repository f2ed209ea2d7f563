"""The Online Appointments site: free days, a page under load, a race for the last places, and the desk beside it."""

import asyncio
import contextlib
import json
import os
import re
import signal
import sqlite3
import subprocess
import sys
import time
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path
from urllib.parse import urlencode

from bench.booking import FIRST_DAY, PROVIDERS, copied, drafts
from bench.filling import NOW, TODAY
from bench.timing import WARM_UP, Figure, Report, Sample, cpu, latency, sample
from ctfront.cli.opening import newest_stamp
from ctfront.data import online_sessions
from ctfront.data.database import Database
from ctfront.domain.appointments import AppointmentDraft, Place
from ctfront.domain.clinic import Clinic
from ctfront.domain.online import OnlineProviderDraft, OnlineRules
from ctfront.domain.staff import Act, Actor
from ctfront.domain.times import time_of
from ctfront.mail.links import LinkKey, make_key
from ctfront.services import booking, enrolling, online_openings
from ctfront.services.clinic_setup import ClinicSetup
from ctfront.services.front import Front
from ctfront.services.identity import who_is
from ctfront.services.online_booking import OnlineBooking
from ctfront.services.scheduling import Scheduling

FREE_DAYS_P99 = 10
PAGE_P99 = 30
SLOWER = 1.2
"""Times that a desk's booking may take while the site is under load."""

A_SECOND = 50
SECONDS = 10
RACERS = 100
PLACES = 10
RACE_DAY = FIRST_DAY + timedelta(days=1)
"""A day on which the desk books nothing meanwhile."""
AT = 10 * 60
"""The minute of the day raced for."""

HOST = "127.0.0.1"


@dataclass
class Scene:
    """A copy of the big clinic with people who are logged in, and its site as a process."""

    database: Database
    clinic: Clinic
    actor: Actor
    key: LinkKey
    port: int
    tokens: list[str]
    site: int
    """The process of the site."""


async def measure_online(report: Report, path: Path) -> None:
    """Report all of it, on a copy."""
    with copied(path) as copy:
        key = make_key(copy.with_name("link.key"))
        copy.with_name("settings.toml").write_text(f'[site]\nurl = "http://{HOST}:8000"\n')
        database = Database(f"sqlite:///{copy}")
        database.ready()
        clinic, actor = who_is(database, os_user="", asked_user="admin")
        tokens = await _prepare(database, clinic, actor)
        await _free_days(report, database, clinic, key)
        with _served(copy) as (port, site):
            scene = Scene(database=database, clinic=clinic, actor=actor, key=key, port=port, tokens=tokens, site=site)
            await _pages(report, scene, copy)
            await _race(report, scene)
        await database.close()
    report.note(
        "Online Appointments",
        f"On a copy of the big clinic; the site is a process of its own, asked over HTTP on loopback {A_SECOND} times "
        f"a second for {SECONDS} s from this one.",
    )


async def _free_days(report: Report, database: Database, clinic: Clinic, key: LinkKey) -> None:
    online = OnlineBooking(Front(database=database, clinic_id=clinic.id, clock=lambda: NOW, key=key))
    purpose = (await online.book_of_offers()).purposes[0]

    async def read(run: int) -> object:
        first = TODAY + timedelta(days=run % 7)
        return await online.days(clinic, purpose, None, first, first + timedelta(days=27))

    providers = len((await online.book_of_offers()).offering(purpose.id))
    what = f"free days of four weeks for a purpose over {providers} providers"
    report.add(
        "Online Appointments",
        *latency(what, await sample(read), p99=FREE_DAYS_P99),
        Figure(what=f"{what}, CPU, p50", measured=(await cpu(read)).p50),
    )


async def _prepare(database: Database, clinic: Clinic, actor: Actor) -> list[str]:
    """Log a hundred people in who all wish the same time, of which so many places are left; return their tokens."""
    setup, act = ClinicSetup(database, clinic), _acts(actor)
    await setup.save_online_rules(act(), OnlineRules(days_ahead=120, most_coming=50))
    for one in (await setup.online()).providers[PROVIDERS:]:
        await setup.save_online_provider(act(), one.id, replace(OnlineProviderDraft.of(one), available=False))
    book, newest = await setup.online(), newest_stamp(database, clinic.id)
    purpose = book.purposes[0]
    assert database.path is not None, "the benches are on a file"
    with contextlib.closing(sqlite3.connect(database.path)) as connection:
        count = RACERS + PROVIDERS
        patients = [row[0] for row in connection.execute("SELECT id FROM patient WHERE active LIMIT ?", (count,))]

    def fill(session) -> list[str]:  # type: ignore[no-untyped-def]
        who = book.offering(purpose.id)
        starts = online_openings.load_starts(session, clinic, book, purpose, who, RACE_DAY, now=NOW)
        places = [start for start in starts if start.minute == AT]
        for start in places[PLACES:]:
            place = Place(provider_id=start.provider_id, day=RACE_DAY, start=time_of(AT))
            draft = AppointmentDraft(
                patient_id=patients.pop(), place=place, minutes=purpose.minutes, purpose_id=purpose.id
            )
            booking.book(session, clinic, act(), draft)
        tokens, begun = [], max(NOW, newest or NOW)
        for number, patient_id in enumerate(patients[:RACERS]):
            address = f"racer{number}@example.org"
            account_id = enrolling.add_account(session, act(), address, None)
            person = enrolling.enroll(session, clinic, act(), patient_id, account_id)
            token = f"{number:043}"
            online_sessions.begin(session, token, account_id, begun)
            wish = {"person": person, "purpose": purpose.id, "provider": 0, "day": RACE_DAY.isoformat(),
                    "with": places[0].provider_id, "minute": AT}  # fmt: skip
            online_sessions.keep_wish(session, token, json.dumps(wish), begun)
            tokens.append(token)
        return tokens

    return await database.write(fill)


def _acts(actor: Actor) -> Callable[[], Act]:
    numbers = iter(range(1_000_000))
    return lambda: Act(who=actor, at=NOW, op_id=f"bench-online-{next(numbers)}")


@contextlib.contextmanager
def _served(database: Path) -> Iterator[tuple[int, int]]:
    """Serve the site as a process; give its port and the process."""
    process = subprocess.Popen(
        [sys.executable, "-m", "ctfront", "--db", str(database), "site", "--port", "0"],
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, "CTFRONT_NOW": NOW.isoformat(), "PYTHONUNBUFFERED": "1"},
    )
    assert process.stdout is not None, "asked for"
    try:
        found = re.search(rf"{HOST}:(\d+)", process.stdout.readline())
        assert found is not None, "it says where"
        yield int(found.group(1)), process.pid
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait()


async def _ask(scene: Scene, token: str, path: str, form: dict[str, str] | None = None) -> tuple[int, bytes]:
    """Ask once over a connection of its own; return status and page."""
    reader, writer = await asyncio.open_connection(HOST, scene.port)
    body = urlencode(form).encode() if form is not None else b""
    head = [
        f"{'GET' if form is None else 'POST'} {path} HTTP/1.1", f"Host: {HOST}", f"Cookie: visit={token}",
        "Content-Type: application/x-www-form-urlencoded", f"Content-Length: {len(body)}", "Connection: close",
    ]  # fmt: skip
    writer.write("\r\n".join([*head, "", ""]).encode() + body)
    answer = await reader.read()
    writer.close()
    return int(answer.split(b" ", 2)[1]), answer


async def _pages(report: Report, scene: Scene, path: Path) -> None:
    """Report a page with free days under load, and a desk's booking without and with it."""
    scheduling, wanted, act = Scheduling(scene.database, scene.clinic), drafts(path), _acts(scene.actor)

    async def book(run: int) -> None:
        one = act()
        await scheduling.book(Act(who=one.who, at=one.at, op_id=f"{one.op_id}-desk"), next(wanted))

    alone = await sample(book, runs=100)
    waits: list[float] = []

    async def one_page(number: int) -> None:
        begun = time.perf_counter()
        status, page = await _ask(scene, scene.tokens[number % RACERS], "/book/day")
        assert status == 200, page[:200]
        waits.append((time.perf_counter() - begun) * 1000)

    for number in range(WARM_UP):
        await one_page(number)
    waits.clear()
    begun = _cpu_milliseconds(scene.site)
    async with _load(one_page):
        beside = await sample(book, runs=100)
    of_site = (_cpu_milliseconds(scene.site) - begun) / len(waits)
    pages = Sample(values=tuple(sorted(waits)))
    report.add(
        "Online Appointments",
        *latency(f"the page of free days at {A_SECOND} requests a second", pages, p99=PAGE_P99),
        Figure(what="the same, CPU of the site a page", measured=of_site),
        Figure(
            what="a desk's booking under that load, p50",
            measured=beside.p50 / alone.p50,
            unit="×",
            budget=SLOWER,
            beside=f"{alone.p50:.2f} → {beside.p50:.2f} ms",
        ),
    )


def _cpu_milliseconds(process: int) -> float:
    """Return the CPU time that a process has used."""
    fields = Path(f"/proc/{process}/stat").read_text(encoding="ascii").rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) * 1000 / os.sysconf("SC_CLK_TCK")


@contextlib.asynccontextmanager
async def _load(ask: Callable[[int], Awaitable[None]]) -> AsyncIterator[None]:
    """Ask so many times a second, for some seconds at least and until the block ends."""
    ended = asyncio.Event()

    async def go_on() -> None:
        begun, number, asked = time.perf_counter(), 0, set()
        while not (ended.is_set() and number >= A_SECOND * SECONDS):
            task = asyncio.ensure_future(ask(number))
            asked.add(task)
            number += 1
            await asyncio.sleep(max(0.0, begun + number / A_SECOND - time.perf_counter()))
        await asyncio.gather(*asked)

    going = asyncio.ensure_future(go_on())
    yield
    ended.set()
    await going


async def _race(report: Report, scene: Scene) -> None:
    """Report what became of a hundred who press the button at once for ten places."""

    async def press(token: str) -> str:
        status, page = await _ask(scene, token, "/book/confirm", {"token": scene.key.form_token(token)})
        if status == 200 and b"It is booked" in page:
            return "booked"
        return "declined" if status == 409 and b"That time is taken" in page else f"error {status}"

    begun = time.perf_counter()
    ends: Counter[str] = Counter(await asyncio.gather(*(press(token) for token in scene.tokens)))
    report.add(
        "Online Appointments",
        Figure(what=f"of {RACERS} who race for {PLACES} places: booked beyond them", unit="",
               measured=abs(ends["booked"] - PLACES), budget=0),
        Figure(what="the same: neither booked nor declined politely", unit="",
               measured=RACERS - ends["booked"] - ends["declined"], budget=0,
               beside=", ".join(f"{count} {end}" for end, count in sorted(ends.items()))),
        Figure(what="the same: until the last has an answer", measured=(time.perf_counter() - begun) * 1000),
    )  # fmt: skip
