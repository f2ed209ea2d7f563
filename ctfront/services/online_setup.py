"""What a manager sets for the site: the clinic's rules, each provider's, and what the desk approves first."""

from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from typing import Any, TypeVar

from sqlalchemy import delete, insert, update
from sqlalchemy.orm import Session

from ctfront.data import ledger, online_rules
from ctfront.data.database import Database
from ctfront.data.models import (
    OnlineHoursRow,
    OnlineProviderRow,
    OnlinePurposeRow,
    OnlineRulesRow,
    ProviderPurposeRow,
)
from ctfront.domain.clinic import Clinic
from ctfront.domain.errors import InputRefused, NotFound
from ctfront.domain.online import OnlineBook, OnlineProvider, OnlineRules
from ctfront.domain.staff import Act, Right
from ctfront.domain.text import clean_line, safe
from ctfront.domain.times import Span, merge

Result = TypeVar("Result")

LONGEST_TEXT = 1_000
"""Characters of the clinic's own words."""

SAVE = "save_online"
"""The kind of these acts."""


@dataclass(frozen=True, kw_only=True)
class OnlineProviderDraft:
    """What is set of a provider for the site."""

    purpose_ids: frozenset[int]
    """Offered online, of those that the provider offers."""
    available: bool = True
    governor: int | None = None
    """None for the desk's."""
    hours: Mapping[int, tuple[Span, ...]] | None = None
    """By weekday; None for the office hours."""
    description: str = ""


def draft_of(one: OnlineProvider) -> OnlineProviderDraft:
    """Return what is set now, to be changed."""
    return OnlineProviderDraft(
        purpose_ids=one.purpose_ids,
        available=one.available,
        governor=one.governor,
        hours=one.hours,
        description=one.description,
    )


class OnlineSetup:
    """Set-up of the site; every method is one reading or one act."""

    def __init__(self, database: Database, clinic: Clinic) -> None:
        self._database = database
        self.clinic = clinic

    async def book(self) -> OnlineBook:
        """Return everything that decides what patients are offered."""
        async with self._database.reading() as session:
            return await online_rules.read_book(session, self.clinic.id)

    async def save_rules(self, act: Act, rules: OnlineRules) -> str:
        """Save the clinic's rules; return the sentence. Raises `InputRefused`."""
        return await self._write(save_rules, act, rules)

    async def save_provider(self, act: Act, provider_id: int, draft: OnlineProviderDraft) -> str:
        """Save how a provider is offered. Raises `InputRefused` or `NotFound`."""
        return await self._write(save_provider, act, provider_id, draft)

    async def save_approval(self, act: Act, purpose_id: int, *, needed: bool) -> str:
        """Save whether the desk approves a purpose first."""
        return await self._write(save_approval, act, purpose_id, needed)

    async def _write(self, act_on: Callable[..., Result], act: Act, *what: object) -> Result:
        return await self._database.write(lambda session: act_on(session, self.clinic, act, *what))


def save_rules(session: Session, clinic: Clinic, act: Act, rules: OnlineRules) -> str:
    """Save the clinic's rules in the caller's transaction."""
    act.who.require(Right.SET_UP)
    _check_number(rules.notice_minutes, 0, 30 * 24 * 60, "The notice is 0 to 43,200 minutes.", "notice_minutes")
    _check_number(rules.days_ahead, 1, 366, "Patients may book 1 to 366 days ahead.", "days_ahead")
    _check_number(rules.most_coming, 1, 50, "One person may have 1 to 50 appointments to come.", "most_coming")
    values = {**asdict(rules), "welcome": clean_line(rules.welcome, field="welcome", limit=LONGEST_TEXT)}
    was = online_rules.load_book(session, clinic.id).rules
    row = OnlineRulesRow
    if session.get(row, clinic.id) is None:
        session.execute(insert(row).values(clinic_id=clinic.id, version=1, **values))
    else:
        session.execute(update(row).where(row.clinic_id == clinic.id).values(version=row.version + 1, **values))
    return _record(session, clinic, act, "the rules of Online Appointments", "clinic", clinic.id, asdict(was), values)


def save_provider(session: Session, clinic: Clinic, act: Act, provider_id: int, draft: OnlineProviderDraft) -> str:
    """Save how a provider is offered, in the caller's transaction."""
    act.who.require(Right.SET_UP)
    known = online_rules.load_book(session, clinic.id).providers
    was = next((one for one in known if one.provider.id == provider_id), None)
    if was is None:
        raise NotFound("There is no such provider.")
    if draft.governor is not None:
        most = was.provider.governor
        _check_number(draft.governor, 1, most, f"Online at most as many at a time as at the desk: {most}.", "governor")
    values = {
        "available": draft.available,
        "governor": draft.governor,
        "own_hours": draft.hours is not None,
        "description": clean_line(draft.description, field="description", limit=LONGEST_TEXT),
    }
    row = OnlineProviderRow
    if session.get(row, provider_id) is None:
        session.execute(insert(row).values(provider_id=provider_id, clinic_id=clinic.id, version=1, **values))
    else:
        session.execute(update(row).where(row.provider_id == provider_id).values(version=row.version + 1, **values))
    _replace_hours(session, clinic.id, provider_id, draft.hours or {})
    offered = ProviderPurposeRow
    session.execute(
        update(offered)
        .where(offered.provider_id == provider_id)
        .values(offered_online=offered.purpose_id.in_(sorted(draft.purpose_ids)))
    )
    name, before, after = was.provider.name, _plain(draft_of(was)), _plain(draft)
    return _record(
        session, clinic, act, f"{safe(name)} for Online Appointments", "provider", provider_id, before, after
    )


def _replace_hours(session: Session, clinic_id: int, provider_id: int, week: Mapping[int, tuple[Span, ...]]) -> None:
    session.execute(delete(OnlineHoursRow).where(OnlineHoursRow.provider_id == provider_id))
    owner = {"clinic_id": clinic_id, "provider_id": provider_id}
    rows = [
        {**owner, "weekday": weekday, "start_minute": span.start, "end_minute": span.end}
        for weekday, spans in week.items()
        for span in merge(spans)
    ]
    if rows:
        session.execute(insert(OnlineHoursRow), rows)


def save_approval(session: Session, clinic: Clinic, act: Act, purpose_id: int, needed: bool) -> str:
    """Save whether the desk approves a purpose first, in the caller's transaction."""
    act.who.require(Right.SET_UP)
    book = online_rules.load_book(session, clinic.id)
    purpose = book.purpose(purpose_id)
    if purpose is None:
        raise NotFound("Nobody offers that visit purpose online.")
    session.execute(delete(OnlinePurposeRow).where(OnlinePurposeRow.purpose_id == purpose_id))
    session.execute(insert(OnlinePurposeRow).values(purpose_id=purpose_id, clinic_id=clinic.id, needs_approval=needed))
    before, after = {"needs_approval": purpose_id in book.to_approve}, {"needs_approval": needed}
    said = f"{safe(purpose.name)} for Online Appointments"
    return _record(session, clinic, act, said, "purpose", purpose_id, before, after)


def _check_number(number: int, least: int, most: int, words: str, field: str) -> None:
    if not least <= number <= most:
        raise InputRefused(words, field=field)


def _plain(draft: OnlineProviderDraft) -> dict[str, Any]:
    """Return a draft as the audit trail keeps it."""
    hours = None
    if draft.hours is not None:
        hours = {str(day): [[span.start, span.end] for span in spans] for day, spans in draft.hours.items()}
    return {
        "available": draft.available,
        "governor": draft.governor,
        "description": draft.description,
        "hours": hours,
        "purposes": sorted(draft.purpose_ids),
    }


def _record(
    session: Session,
    clinic: Clinic,
    act: Act,
    what: str,
    kind: str,
    row_id: int,
    before: Mapping[str, Any],
    after: Mapping[str, Any],
) -> str:
    sentence = f"Saved {what}."
    ledger.record(
        session,
        clinic.id,
        act,
        kind=SAVE,
        subject_kind=kind,
        subject_id=row_id,
        sentence=sentence,
        before=before,
        after=after,
    )
    return sentence
