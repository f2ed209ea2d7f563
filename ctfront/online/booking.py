"""Booking, page by page: for whom, what, with whom, which day, what time; each answer is kept with the log-in."""

import json
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any
from uuid import NAMESPACE_OID, uuid5

from starlette.responses import Response

from ctfront.domain.errors import ClinicError
from ctfront.domain.online import OnlineBook
from ctfront.domain.providers import VisitPurpose
from ctfront.domain.times import DAY, time_of, wall_clock
from ctfront.online.visits import Visit
from ctfront.services.online_booking import DAYS_SHOWN, NotOffered, Person, TimeLost, TooMany, Wish

ANY = 0
"""Stands for any provider."""

Step = Callable[[Visit, "Plan"], Awaitable[Response]]


@dataclass(frozen=True, kw_only=True)
class Plan:
    """What is chosen so far, and what it is chosen from."""

    people: tuple[Person, ...]
    book: OnlineBook
    chosen: Mapping[str, Any] = field(default_factory=dict)

    @property
    def person(self) -> Person | None:
        """For whom."""
        only = self.people[0] if len(self.people) == 1 else None
        return next((p for p in self.people if p.enrollment_id == self.chosen.get("person")), only)

    @property
    def purpose(self) -> VisitPurpose | None:
        """What."""
        return self.book.purpose(self.chosen.get("purpose", -1))

    @property
    def provider_id(self) -> int | None:
        """With whom; None for anybody."""
        return self.chosen.get("provider", ANY) or None

    @property
    def day(self) -> date | None:
        """Which day."""
        return date.fromisoformat(self.chosen["day"]) if "day" in self.chosen else None

    def provider_name(self, provider_id: int | None) -> str:
        """Return how a provider is called."""
        return next((p.provider.name for p in self.book.providers if p.provider.id == provider_id), "")


def step(of: Step) -> Callable[[Visit], Awaitable[Response]]:
    """Let only those who are logged in and book for somebody go through a page."""

    async def answer(visit: Visit) -> Response:
        if visit.who is None:
            return visit.go("/log-in")
        people = await visit.site.booking.people(visit.who.account_id)
        if not people or not visit.practice.clinic.online:
            return visit.go("/")
        book = await visit.site.booking.book_of_offers()
        return await of(visit, Plan(people=people, book=book, chosen=_kept(visit.who.wish)))

    return answer


def _kept(wish: str) -> dict[str, Any]:
    found = json.loads(wish) if wish else {}
    return found if isinstance(found, dict) else {}


async def _keep(visit: Visit, plan: Plan, path: str, **chosen: Any) -> Response:
    """Keep an answer, and go on."""
    wish = json.dumps({**plan.chosen, **chosen})
    await visit.site.accounts.keep_wish(visit.token, wish)
    return visit.go(path)


def _number(visit: Visit, name: str) -> int:
    """Return a number that a button stands for, -1 for anything else."""
    text = visit.form.get(name, "")
    return int(text) if text.isascii() and text.isdigit() and len(text) <= 15 else -1


# -- for whom


async def show_people(visit: Visit, plan: Plan) -> Response:
    """Ask for whom."""
    return visit.go("/book/visit") if len(plan.people) == 1 else visit.page("book_person", people=plan.people)


async def take_person(visit: Visit, plan: Plan) -> Response:
    """Take the person."""
    number = _number(visit, "person")
    known = any(person.enrollment_id == number for person in plan.people)
    return await _keep(visit, plan, "/book/visit" if known else "/book", person=number if known else None)


# -- what


async def show_purposes(visit: Visit, plan: Plan) -> Response:
    """Ask what the visit is for."""
    if plan.person is None:
        return visit.go("/book")
    return visit.page("book_purpose", person=plan.person, purposes=plan.book.purposes, plan=plan)


async def take_purpose(visit: Visit, plan: Plan) -> Response:
    """Take the purpose; with one provider only there is nothing more to ask."""
    number = _number(visit, "purpose")
    if plan.book.purpose(number) is None:
        return visit.go("/book/visit")
    alone = len(plan.book.offering(number)) == 1
    return await _keep(visit, plan, "/book/day" if alone else "/book/provider", purpose=number, provider=ANY)


# -- with whom


async def show_providers(visit: Visit, plan: Plan) -> Response:
    """Ask with whom."""
    if plan.person is None or plan.purpose is None:
        return visit.go("/book/visit")
    return visit.page("book_provider", purpose=plan.purpose, providers=plan.book.offering(plan.purpose.id))


async def take_provider(visit: Visit, plan: Plan) -> Response:
    """Take the provider, or anybody."""
    number = _number(visit, "provider")
    if plan.purpose is None or (number != ANY and not plan.book.offering(plan.purpose.id, number)):
        return visit.go("/book/provider")
    return await _keep(visit, plan, "/book/day", provider=number)


# -- which day


async def show_days(visit: Visit, plan: Plan) -> Response:
    """Show the days with free time, four weeks at a time."""
    if plan.person is None or plan.purpose is None:
        return visit.go("/book/visit")
    clinic = visit.practice.clinic
    earliest, last = plan.book.rules.window(wall_clock(visit.site.front.clock(), clinic.zone))
    page = min(max(int(plan.chosen.get("page", 0)), 0), max(0, (last - earliest.date()).days // DAYS_SHOWN))
    first = earliest.date() + timedelta(days=page * DAYS_SHOWN)
    until = min(first + timedelta(days=DAYS_SHOWN - 1), last)
    days = await visit.site.booking.days(clinic, plan.purpose, plan.provider_id, first, until)
    return visit.page(
        "book_day", plan=plan, purpose=plan.purpose, provider=plan.provider_name(plan.provider_id),
        days=days, page=page, is_last=until >= last,
    )  # fmt: skip


async def take_day(visit: Visit, plan: Plan) -> Response:
    """Take the day, or show others."""
    if "page" in visit.chosen:
        return await _keep(visit, plan, "/book/day", page=max(0, min(_number(visit, "page"), 100)))
    try:
        day = date.fromisoformat(visit.form.get("day", ""))
    except ValueError:
        return visit.go("/book/day")
    return await _keep(visit, plan, "/book/time", day=day.isoformat())


# -- what time


async def show_times(visit: Visit, plan: Plan) -> Response:
    """Show the free times of the day."""
    if plan.person is None or plan.purpose is None or plan.day is None:
        return visit.go("/book/day")
    starts = await visit.site.booking.starts(visit.practice.clinic, plan.purpose, plan.provider_id, plan.day)
    times = [(start, time_of(start.minute)) for start in starts]
    return visit.page(
        "book_time", plan=plan, purpose=plan.purpose, provider=plan.provider_name(plan.provider_id), times=times
    )


async def take_time(visit: Visit, plan: Plan) -> Response:
    """Take the time, its day and whose it is: also one offered instead of a time that was lost."""
    place = _place(visit.form.get("at", ""))
    if place is None or plan.purpose is None or not plan.book.offering(plan.purpose.id, place[0]):
        return visit.go("/book/time")
    number, day, minute = place
    return await _keep(visit, plan, "/book/confirm", day=day.isoformat(), minute=minute, **{"with": number})


def _place(text: str) -> tuple[int, date, int] | None:
    """Return provider, day and minute that a button stands for."""
    parts = text.split(" ")
    if len(parts) != 3 or not all(part.isascii() and part.isdigit() and len(part) <= 15 for part in parts[::2]):
        return None
    try:
        day = date.fromisoformat(parts[1])
    except ValueError:
        return None
    return (int(parts[0]), day, int(parts[2])) if int(parts[2]) < DAY else None


# -- the booking


async def show_summary(visit: Visit, plan: Plan) -> Response:
    """Show what would be booked."""
    wish = _wish(plan)
    if wish is None:
        return visit.go("/book/time" if plan.day is not None else "/book/day")
    return visit.page("book_confirm", **_told(plan, wish))


async def take_booking(visit: Visit, plan: Plan) -> Response:
    """Book; sent twice it is booked once."""
    wish, who = _wish(plan), visit.who
    if wish is None or who is None:
        return visit.go("/book/day")
    op_id = str(uuid5(NAMESPACE_OID, f"{visit.form_token} {wish}"))
    try:
        booked = await visit.site.booking.book(who.account_id, wish, origin=visit.origin, op_id=op_id)
    except TimeLost as refusal:
        return await _lost(visit, plan, wish, refusal)
    except (NotOffered, TooMany) as refusal:
        return visit.page("not_booked", status=409, why=str(refusal))
    await visit.site.accounts.keep_wish(visit.token, "")
    writes = await visit.site.booking.may_write_to(wish.enrollment_id, who.account_id)
    return visit.page("booked", booked=booked, person=plan.person, writes=writes)


async def _lost(visit: Visit, plan: Plan, wish: Wish, refusal: ClinicError) -> Response:
    """Say that somebody was quicker, with the next free times as buttons."""
    assert plan.purpose is not None, "a wish has one"
    found = await visit.site.booking.next_starts(plan.purpose.id, plan.provider_id)
    times = [(start, time_of(start.minute)) for start in found]
    return visit.page("lost", status=409, why=str(refusal), times=times, **_told(plan, wish))


def _wish(plan: Plan) -> Wish | None:
    """Return what is chosen, once all of it is."""
    chosen = plan.chosen
    if plan.person is None or plan.purpose is None or plan.day is None or not {"with", "minute"} <= chosen.keys():
        return None
    return Wish(
        enrollment_id=plan.person.enrollment_id,
        purpose_id=plan.purpose.id,
        provider_id=chosen["with"],
        any_provider=plan.provider_id is None,
        day=plan.day,
        minute=chosen["minute"],
    )


def _told(plan: Plan, wish: Wish) -> dict[str, Any]:
    return {
        "plan": plan,
        "person": plan.person,
        "purpose": plan.purpose,
        "provider": plan.provider_name(wish.provider_id),
        "day": wish.day,
        "at": time_of(wish.minute),
        "needs_approval": wish.purpose_id in plan.book.rules.to_approve,
    }
