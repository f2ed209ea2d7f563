"""Set-up: what the Online Appointments site offers, by clinic and by provider."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy.orm import Session

from ctfront.data import clinic as clinics
from ctfront.data import online_rules
from ctfront.domain.clinic import Clinic
from ctfront.domain.errors import InputRefused
from ctfront.domain.online import (
    OnlineBook,
    OnlineProvider,
    OnlineProviderDraft,
    OnlineRules,
    check_online_provider,
    check_rules,
)
from ctfront.domain.staff import Act
from ctfront.domain.times import Span
from ctfront.services.set_up_saving import Kind, save


def save_rules(
    session: Session, clinic: Clinic, act: Act, rules: OnlineRules, *, version: int | None = None
) -> OnlineBook:
    """Save the clinic's rules."""
    return save(session, clinic, act, RULES, clinic.id, rules, version=version)


def save_provider(
    session: Session,
    clinic: Clinic,
    act: Act,
    provider_id: int,
    draft: OnlineProviderDraft,
    *,
    version: int | None = None,
) -> OnlineProvider:
    """Save how a provider is offered."""
    return save(session, clinic, act, PROVIDERS, provider_id, draft, version=version)


def _put_rules(
    session: Session, clinic: Clinic, act: Act, known: Sequence[OnlineBook], was: OnlineBook | None, draft: OnlineRules
) -> OnlineBook:
    clean = check_rules(draft)
    if not clean.to_approve <= {purpose.id for purpose in clinics.load_purposes(session, clinic.id)}:
        raise InputRefused("One of these visit purposes is not offered any more.", field="to_approve")
    return online_rules.save_rules(session, clinic.id, clean)


def _put_provider(
    session: Session,
    clinic: Clinic,
    act: Act,
    known: Sequence[OnlineProvider],
    was: OnlineProvider | None,
    draft: OnlineProviderDraft,
) -> OnlineProvider:
    assert was is not None, "who has a schedule is known to the site"
    return online_rules.save_provider(session, clinic.id, was.provider, check_online_provider(was.provider, draft))


def _read_rules(fields: Mapping[str, Any]) -> OnlineRules:
    return OnlineRules(**{**fields, "to_approve": frozenset(fields["to_approve"])})


def _read_provider(fields: Mapping[str, Any]) -> OnlineProviderDraft:
    hours = fields["hours"]
    if hours is not None:
        hours = {int(weekday): tuple(Span(**span) for span in spans) for weekday, spans in hours.items()}
    return OnlineProviderDraft(**{**fields, "hours": hours, "purpose_ids": frozenset(fields["purpose_ids"])})


RULES = Kind(
    name="online_rules",
    words="clinic",
    rows=lambda session, clinic: (online_rules.load_book(session, clinic.id),),
    draft_of=lambda session, book: book.rules,
    put=_put_rules,
    read=_read_rules,
)
PROVIDERS = Kind(
    name="online_provider",
    words="provider",
    rows=lambda session, clinic: online_rules.load_book(session, clinic.id).providers,
    draft_of=lambda session, one: OnlineProviderDraft.of(one),
    put=_put_provider,
    read=_read_provider,
)
