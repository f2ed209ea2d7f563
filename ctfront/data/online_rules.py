"""What the site may offer, as rows."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

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
from ctfront.domain.online import OnlineBook, OnlineProvider, OnlineRules
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
    return _book_of([(await reader.execute(query)).all() for query in _queries(clinic_id)])


def load_book(session: Session, clinic_id: int) -> OnlineBook:
    """Return the same inside an act."""
    return _book_of([session.execute(query).all() for query in _queries(clinic_id)])


def _book_of(answers: Sequence[Sequence[Any]]) -> OnlineBook:
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
        rules=_rules_of(rules),
        providers=who,
        purposes=tuple(p for p in purposes_of(purposes) if any(one.offers(p.id) for one in who)),
        to_approve=frozenset(row.purpose_id for row in to_approve),
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
    )


def _rules_of(rows: Sequence[Any]) -> OnlineRules:
    if not rows:
        return OnlineRules()
    row = rows[0]
    return OnlineRules(
        notice_minutes=row.notice_minutes,
        days_ahead=row.days_ahead,
        most_coming=row.most_coming,
        welcome=row.welcome,
    )
