"""What the site may offer, as rows."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import Select, delete, insert, select, update
from sqlalchemy.orm import Session
from sqlalchemy.orm.attributes import flag_modified

from ctfront.data.clinic import providers_of, purposes_of, select_providers, select_purposes
from ctfront.data.database import Reader
from ctfront.data.models import (
    OnlineHoursRow,
    OnlineProviderRow,
    OnlinePurposeRow,
    OnlineRulesRow,
    ProviderPurposeRow,
    ProviderRow,
)
from ctfront.domain.online import OnlineBook, OnlineProvider, OnlineProviderDraft, OnlineRules
from ctfront.domain.providers import Provider
from ctfront.domain.times import Span


def _queries(clinic_id: int) -> list[Select[Any]]:
    rules, who, hours = OnlineRulesRow.__table__, OnlineProviderRow.__table__, OnlineHoursRow.__table__
    offered, provider, purpose = ProviderPurposeRow.__table__, ProviderRow.__table__, OnlinePurposeRow.__table__
    return [
        *select_providers(clinic_id),
        select_purposes(clinic_id, active_only=True),
        select(rules).where(rules.c.clinic_id == clinic_id),
        select(who).where(who.c.clinic_id == clinic_id),
        select(hours.c.provider_id, hours.c.weekday, hours.c.start_minute, hours.c.end_minute)
        .where(hours.c.clinic_id == clinic_id)
        .order_by(hours.c.weekday, hours.c.start_minute),
        select(offered.c.provider_id, offered.c.purpose_id)
        .join(provider, provider.c.id == offered.c.provider_id)
        .where(provider.c.clinic_id == clinic_id, offered.c.offered_online),
        select(purpose.c.purpose_id).where(purpose.c.clinic_id == clinic_id, purpose.c.needs_approval),
    ]


async def read_book(reader: Reader, clinic_id: int) -> OnlineBook:
    """Return everything that decides what patients are offered."""
    return _book_of(clinic_id, [(await reader.execute(query)).all() for query in _queries(clinic_id)])


def load_book(session: Session, clinic_id: int) -> OnlineBook:
    """Return the same inside an act."""
    return _book_of(clinic_id, [session.execute(query).all() for query in _queries(clinic_id)])


def _book_of(clinic_id: int, answers: Sequence[Sequence[Any]]) -> OnlineBook:
    providers, hours, offered, purposes, rules, ours, spans, online, to_approve = answers
    wanted = defaultdict(set)
    for provider_id, purpose_id in online:
        wanted[provider_id].add(purpose_id)
    set_up = {row.provider_id: row for row in ours}
    own = _weeks_of(spans)
    who = tuple(
        _provider_of(provider, frozenset(wanted[provider.id]), set_up.get(provider.id), own[provider.id])
        for provider in providers_of(providers, hours, offered)
    )
    return OnlineBook(
        id=clinic_id,
        rules=_rules_of(rules, frozenset(row.purpose_id for row in to_approve)),
        providers=who,
        purposes=tuple(p for p in purposes_of(purposes) if any(one.offers(p.id) for one in who)),
        version=rules[0].version if rules else 0,
    )


def _weeks_of(rows: Iterable[Any]) -> dict[int, dict[int, tuple[Span, ...]]]:
    weeks: dict[int, dict[int, tuple[Span, ...]]] = defaultdict(dict)
    for provider_id, weekday, start, end in rows:
        weeks[provider_id][weekday] = (*weeks[provider_id].get(weekday, ()), Span(start, end))
    return weeks


def _provider_of(
    provider: Provider, offered: frozenset[int], row: Any, hours: dict[int, tuple[Span, ...]]
) -> OnlineProvider:
    purposes = offered & frozenset(provider.purpose_ids)
    if row is None:
        return OnlineProvider(provider=provider, purpose_ids=purposes)
    return OnlineProvider(
        provider=provider,
        purpose_ids=purposes,
        available=row.available,
        governor=row.governor,
        hours=hours if row.own_hours else None,
        description=row.description,
        version=row.version,
    )


def _rules_of(rows: Sequence[Any], to_approve: frozenset[int]) -> OnlineRules:
    if not rows:
        return OnlineRules(to_approve=to_approve)
    row = rows[0]
    return OnlineRules(
        notice_minutes=row.notice_minutes,
        days_ahead=row.days_ahead,
        most_coming=row.most_coming,
        to_approve=to_approve,
        welcome=row.welcome,
    )


# -- writing


def save_rules(session: Session, clinic_id: int, rules: OnlineRules) -> OnlineBook:
    """Write the clinic's rules; return what is offered by them."""
    row = session.get(OnlineRulesRow, clinic_id) or OnlineRulesRow(clinic_id=clinic_id)
    row.notice_minutes, row.days_ahead, row.most_coming = rules.notice_minutes, rules.days_ahead, rules.most_coming
    row.welcome = rules.welcome
    session.add(row)
    flag_modified(row, "welcome")  # another version too where only the approvals are others
    session.flush()
    purpose = OnlinePurposeRow
    session.execute(delete(purpose).where(purpose.clinic_id == clinic_id))
    rows = [{"purpose_id": it, "clinic_id": clinic_id, "needs_approval": True} for it in sorted(rules.to_approve)]
    if rows:
        session.execute(insert(purpose), rows)
    return load_book(session, clinic_id)


def save_provider(session: Session, clinic_id: int, provider: Provider, draft: OnlineProviderDraft) -> OnlineProvider:
    """Write how a provider is offered, and return it."""
    row = session.get(OnlineProviderRow, provider.id) or OnlineProviderRow(provider_id=provider.id, clinic_id=clinic_id)
    row.available, row.governor, row.own_hours = draft.available, draft.governor, draft.hours is not None
    row.description = draft.description
    session.add(row)
    flag_modified(row, "available")  # another version too where only hours or purposes are others
    session.flush()
    session.execute(delete(OnlineHoursRow).where(OnlineHoursRow.provider_id == provider.id))
    owner = {"clinic_id": clinic_id, "provider_id": provider.id}
    hours = [
        {**owner, "weekday": weekday, "start_minute": span.start, "end_minute": span.end}
        for weekday, spans in (draft.hours or {}).items()
        for span in spans
    ]
    if hours:
        session.execute(insert(OnlineHoursRow), hours)
    offered = ProviderPurposeRow
    session.execute(
        update(offered)
        .where(offered.provider_id == provider.id, offered.purpose_id.in_(provider.purpose_ids))
        .values(offered_online=offered.purpose_id.in_(sorted(draft.purpose_ids)))
    )
    return next(one for one in load_book(session, clinic_id).providers if one.id == provider.id)
