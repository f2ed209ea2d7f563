"""The lists of Patient Access: their keys in order, and the rows in view."""

from collections.abc import Collection
from datetime import datetime, tzinfo
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, case, exists, func, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from ctfront.data.folding import fold, fold_email
from ctfront.data.invitations import LASTED, read_access
from ctfront.data.models import (
    ConsentRow,
    EnrollmentRequestRow,
    EnrollmentRow,
    InvitationRow,
    PatientRow,
)
from ctfront.data.patients import name_of, select_names
from ctfront.domain.invitations import InvitationState, OnlineAccess
from ctfront.domain.patient_access import (
    INVITED_STATES,
    AccessList,
    AccessRow,
    Candidate,
    EnrollmentRequest,
    Sort,
)
from ctfront.domain.patients import Channel, PatientName

PATIENT, INVITATION = PatientRow.__table__.c, InvitationRow.__table__.c
ENROLLMENT, REQUEST = EnrollmentRow.__table__.c, EnrollmentRequestRow.__table__.c
CONSENT = ConsentRow.__table__.c

MOST_CANDIDATES = 6
"""Patients offered for a request, two lines each: a digit picks one, and 24 rows hold the form."""

MOST_COMPARED = 200
"""Patients and requests compared for one request."""

_STATE_ORDER = {state: number for number, state in enumerate(("failed", "withheld", "locked", "expired", "queued"))}
"""What wants a hand first."""


async def read_keys(
    session: AsyncSession,
    clinic_id: int,
    shown: AccessList,
    *,
    sort: Sort,
    with_inactive: bool,
    now: datetime,
    limit: int | None = None,
) -> tuple[int, ...]:
    """Return the keys of a list in order, or the first of them."""
    match shown:
        case AccessList.INVITED:
            query = _invited(clinic_id, sort, with_inactive, now)
        case AccessList.ENROLLED:
            query = _enrolled(clinic_id, sort, with_inactive)
        case AccessList.REQUESTS:
            query = _requests(clinic_id, sort, with_inactive)
        case _:
            query = _not_invited(clinic_id, sort, with_inactive)
    rows = await (await session.connection()).execute(query.limit(limit))  # the bare connection: half the time
    return tuple(key for (key,) in rows)


def _in_order(query: Select[Any], sort: Sort, newest: Any) -> Select[Any]:
    if sort is Sort.NAME:
        return query.order_by(PATIENT.folded_last, PATIENT.folded_first, PATIENT.id)
    return query.order_by(newest.desc(), PATIENT.id)


def _invited(clinic_id: int, sort: Sort, with_inactive: bool, now: datetime) -> Select[Any]:
    states = [state.value for state in INVITED_STATES]
    # Not the column itself: else SQLite takes the index of the states and sorts them all for the first page.
    state = INVITATION.state if sort is not Sort.NEWEST else INVITATION.state.concat("")
    query = (
        select(INVITATION.patient_id)
        .join(PatientRow.__table__, PATIENT.id == INVITATION.patient_id)
        .where(INVITATION.clinic_id == clinic_id, INVITATION.is_last, PATIENT.erased_at.is_(None))
    )
    if with_inactive:
        query = query.where(state.in_([*states, InvitationState.REMOVED.value]))
    else:
        query = query.where(state.in_(states), PATIENT.active)
    query = query.where(~_enrolled_now())
    if sort is Sort.STATE:
        over = and_(INVITATION.state == InvitationState.SENT.value, INVITATION.expires_at <= now)
        expired = _STATE_ORDER[InvitationState.EXPIRED.value]
        rank = case((over, expired), *((INVITATION.state == s, n) for s, n in _STATE_ORDER.items()), else_=9)
        query = query.order_by(rank)
    if sort is Sort.NAME:
        return _in_order(query, sort, INVITATION.state_at)
    return query.order_by(INVITATION.state_at.desc(), INVITATION.patient_id.desc())  # as the index has it


def _enrolled_now() -> ColumnElement[bool]:
    return (
        exists()
        .where(ENROLLMENT.patient_id == PATIENT.id, ENROLLMENT.ended_at.is_(None))
        .correlate(PatientRow.__table__)
    )


def _enrolled(clinic_id: int, sort: Sort, with_inactive: bool) -> Select[Any]:
    query = (
        select(PATIENT.id)
        .join(EnrollmentRow.__table__, ENROLLMENT.patient_id == PATIENT.id)
        .where(ENROLLMENT.clinic_id == clinic_id, LASTED, PATIENT.erased_at.is_(None))
        .group_by(PATIENT.id)
    )
    if not with_inactive:
        query = query.where(ENROLLMENT.ended_at.is_(None))
    return _in_order(query, sort, func.max(ENROLLMENT.made_at))


def _requests(clinic_id: int, sort: Sort, with_inactive: bool) -> Select[Any]:
    states = ("open", "declined") if with_inactive else ("open",)
    query = select(REQUEST.id).where(REQUEST.clinic_id == clinic_id, REQUEST.state.in_(states))
    if sort is Sort.NAME:
        return query.order_by(REQUEST.last_name, REQUEST.first_name, REQUEST.id)
    return query.order_by(REQUEST.made_at.desc(), REQUEST.id)


def _not_invited(clinic_id: int, sort: Sort, with_inactive: bool) -> Select[Any]:
    query = select(PATIENT.id).where(
        PATIENT.clinic_id == clinic_id,
        PATIENT.erased_at.is_(None),
        PATIENT.merged_into_id.is_(None),
        ~exists().where(INVITATION.patient_id == PATIENT.id, INVITATION.is_last).correlate(PatientRow.__table__),
        ~exists().where(ENROLLMENT.patient_id == PATIENT.id, LASTED).correlate(PatientRow.__table__),
    )
    if not with_inactive:
        query = query.where(PATIENT.active)
    return _in_order(query, sort, PATIENT.made_at)


async def read_tickable(session: AsyncSession, clinic_id: int) -> frozenset[int]:
    """Return the never-invited patients who may be written to."""
    query = _not_invited(clinic_id, Sort.NAME, with_inactive=False).where(
        PATIENT.email.is_not(None),
        exists()
        .where(CONSENT.patient_id == PATIENT.id, CONSENT.channel == Channel.EMAIL.value, CONSENT.ended_at.is_(None))
        .correlate(PatientRow.__table__),
    )
    return frozenset((await session.execute(query.order_by(None))).scalars())


# -- rows in view


async def read_rows(
    session: AsyncSession, clinic_id: int, keys: Collection[int], *, now: datetime, zone: tzinfo
) -> dict[int, AccessRow]:
    """Return the rows of patients."""
    if not keys:
        return {}
    names = {
        row.id: name_of(row)
        for row in await session.execute(select_names(clinic_id, by_id=True).where(PatientRow.id.in_(keys)))
    }
    access = await read_access(session, clinic_id, keys, now=now, zone=zone)
    return {key: AccessRow(key=key, patient=names[key], access=access[key]) for key in names if key in access}


async def read_requests(session: AsyncSession, clinic_id: int, keys: Collection[int]) -> dict[int, AccessRow]:
    """Return the rows of requests."""
    rows = await session.execute(
        select(EnrollmentRequestRow.__table__).where(REQUEST.clinic_id == clinic_id, REQUEST.id.in_(keys))
    )
    return {row.id: AccessRow(key=row.id, request=_request_of(row)) for row in rows}


def _request_of(row: Any) -> EnrollmentRequest:
    return EnrollmentRequest(
        id=row.id,
        last_name=row.last_name,
        first_name=row.first_name,
        birth_date=row.birth_date,
        email=row.email,
        phone=row.phone,
        asked_at=row.made_at,
        state=row.state,
        state_at=row.state_at,
        state_by=row.state_by_name,
        reason=row.reason,
    )


# -- whom a request may mean


async def read_candidates(
    session: AsyncSession, clinic_id: int, request: EnrollmentRequest, *, now: datetime, zone: tzinfo
) -> list[Candidate]:
    """Return whom a request may mean: first and last name and email, then ever less of them; best first."""
    last, first, email = fold(request.last_name), fold(request.first_name), fold_email(request.email)
    query = (
        select_names(clinic_id)
        .add_columns(PatientRow.folded_last, PatientRow.folded_first, PatientRow.folded_email)
        .where(
            or_(
                PatientRow.folded_email == email,
                PatientRow.folded_last == last,
                and_(PatientRow.birth_date == request.birth_date, PatientRow.folded_first == first),
            )
        )
        .limit(MOST_COMPARED)
    )
    found: list[tuple[tuple[int, ...], PatientName, str]] = []
    for row in await session.execute(query):
        fits = {
            "first name": row.folded_first == first,
            "last name": row.folded_last == last,
            "email": row.folded_email == email,
            "birth date": row.birth_date == request.birth_date,
        }
        if fits["email"] or fits["birth date"] or (fits["first name"] and fits["last name"]):
            rank = (-sum(fits.values()), -int(fits["birth date"]))
            found.append((rank, name_of(row), ", ".join(word for word, so in fits.items() if so)))
    best = sorted(found, key=lambda each: (*each[0], each[1].name))[:MOST_CANDIDATES]
    access = await read_access(session, clinic_id, [name.id for _, name, _ in best], now=now, zone=zone)
    others = await _other_requests(session, clinic_id, request)
    return [
        Candidate(
            patient=name,
            fits=fits,
            why_not=_why_not(access[name.id]),
            also_asked=sum(_fits(other, name) for other in others),
            is_sure=all(word in fits for word in ("first name", "last name", "birth date")),
        )
        for _, name, fits in best
    ]


def _why_not(access: OnlineAccess) -> str:
    if access.standing.state is InvitationState.ENROLLED:
        return f"enrolled already, as {access.standing.address}"
    return AccessRow(key=0, access=access).why_not_ticked


async def _other_requests(session: AsyncSession, clinic_id: int, request: EnrollmentRequest) -> list[EnrollmentRequest]:
    query = select(EnrollmentRequestRow.__table__).where(
        REQUEST.clinic_id == clinic_id, REQUEST.state == "open", REQUEST.id != request.id
    )
    return [_request_of(row) for row in await session.execute(query.limit(MOST_COMPARED))]


def _fits(request: EnrollmentRequest, patient: PatientName) -> bool:
    same_name = fold(request.last_name) == fold(patient.last_name)
    return same_name and (
        request.birth_date == patient.birth_date or fold(request.first_name) == fold(patient.first_name)
    )
