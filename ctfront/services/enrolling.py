"""Joining an online account to a patient."""

from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from ctfront.data import ledger
from ctfront.data.folding import fold_email
from ctfront.data.models import EnrollmentRow, OnlineAccountRow
from ctfront.data.patients import load_name
from ctfront.domain.clinic import Clinic
from ctfront.domain.staff import Act, Actor, ActorKind, Right


def enroll(session: Session, clinic: Clinic, act: Act, patient_id: int, login_address: str) -> Actor:
    """Join the account of the log-in address, made when there is none, to the patient; return who then acts."""
    patient = load_name(session, clinic.id, patient_id)
    folded = fold_email(login_address)
    account = session.execute(select(OnlineAccountRow.id).where(OnlineAccountRow.folded_address == folded)).scalar()
    if account is None:
        values = {"login_address": login_address, "folded_address": folded, "made_at": act.at}
        made = session.execute(insert(OnlineAccountRow).values(**values).returning(OnlineAccountRow.id))
        account = made.scalar_one()
    joined = session.execute(
        insert(EnrollmentRow)
        .values(
            account_id=account,
            clinic_id=clinic.id,
            patient_id=patient.id,
            relation="self",
            by_kind=act.who.kind.value,
            by_id=act.who.id,
            by_name=act.who.name,
            made_at=act.at,
        )
        .returning(EnrollmentRow.id)
    ).scalar_one()
    ledger.record(
        session,
        clinic.id,
        act,
        kind="enroll",
        subject_kind="patient",
        subject_id=patient.id,
        sentence=f"{patient.name} is enrolled.",
        after={"enrollment": joined, "login_address": login_address},
    )
    name = f"{patient.first_name} {patient.last_name}"
    return Actor(kind=ActorKind.ENROLLMENT, id=joined, name=name, rights=frozenset({Right.BOOK}))
