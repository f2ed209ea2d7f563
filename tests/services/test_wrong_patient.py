"""Giving an appointment to the patient it was meant for: seats, histories, mail and the way back."""

import pytest
from sqlalchemy import insert, select

from ctfront.data.models import OutboxRow
from ctfront.domain.appointments import AppointmentDraft, Status
from ctfront.domain.errors import ChangedElsewhere, InputRefused
from tests.clinics import NOW
from tests.services.test_booking import seats_of


@pytest.fixture
async def booked(desk):
    return await desk.scheduling.book(desk.act(), desk.draft("RUIZ", "Dr Alvarez", "8:00"))


def right(desk) -> AppointmentDraft:
    return desk.draft("BAUER", "Dr Alvarez", "8:00")


def queue_mail_about(desk, appointment_id: int) -> None:
    values = {
        "clinic_id": desk.clinic.id,
        "appointment_id": appointment_id,
        "kind": "moved",
        "address": "ana@example.org",
        "message_id": "<moved@ctfront.invalid>",
        "source": "patient_information",
        "state": "queued",
        "attempts": 0,
        "next_at": NOW,
        "error": "",
        "op_id": "0",
        "by_kind": "staff",
        "by_name": "mgarcia",
        "made_at": NOW,
    }
    desk.database.write_now(lambda session: session.execute(insert(OutboxRow).values(**values)) and None)


def mail_state(desk) -> str:
    return desk.database.write_now(lambda session: session.execute(select(OutboxRow.state)).scalar_one())


async def test_seats_move_and_unsent_mail_is_withdrawn_until_it_is_taken_back(desk, booked):
    queue_mail_about(desk, booked.id)
    new = await desk.scheduling.change_patient(desk.act(), booked.id, right(desk), version=booked.version)
    was = await desk.scheduling.appointment(booked.id)
    assert (was.status, was.cancel_reason, seats_of(desk, was.id)) == (Status.CANCELLED, "entered in error", 0)
    assert (new.patient.name, new.place, new.replaces_id, seats_of(desk, new.id)) == (
        "BAUER, Tomás",
        booked.place,
        booked.id,
        6,
    )
    assert mail_state(desk) == "withdrawn"
    await desk.scheduling.undo(desk.act())
    assert (await desk.scheduling.appointment(booked.id)).live
    assert (seats_of(desk, booked.id), seats_of(desk, new.id), mail_state(desk)) == (6, 0, "queued")


async def test_an_arrived_one_stays_arrived(desk, booked):
    arrived = await desk.scheduling.mark(desk.act(), booked.id, Status.ARRIVED)
    new = await desk.scheduling.change_patient(desk.act(), arrived.id, right(desk), version=arrived.version)
    assert new.status is Status.ARRIVED


async def test_a_retry_answers_with_the_earlier_result(desk, booked):
    act = desk.act()
    new = await desk.scheduling.change_patient(act, booked.id, right(desk), version=booked.version)
    assert await desk.scheduling.change_patient(act, booked.id, right(desk), version=booked.version) == new


async def test_what_a_colleague_changed_meanwhile_is_not_given_away(desk, booked):
    await desk.scheduling.mark(desk.act(), booked.id, Status.CONFIRMED)
    with pytest.raises(ChangedElsewhere):
        await desk.scheduling.change_patient(desk.act(), booked.id, right(desk), version=booked.version)


async def test_the_same_patient_is_no_change(desk, booked):
    same = desk.draft("RUIZ", "Dr Alvarez", "8:00")
    with pytest.raises(InputRefused):
        await desk.scheduling.change_patient(desk.act(), booked.id, same, version=booked.version)
