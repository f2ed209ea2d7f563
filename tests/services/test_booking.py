"""Booking, moving, cancelling, marking: what is done, what is refused, and that a refusal leaves nothing."""

import threading
from datetime import date, time, timedelta

import pytest
from sqlalchemy import func, select, text

from ctfront.data import ledger
from ctfront.data.models import AppointmentRow, SeatRow
from ctfront.domain.appointments import Asker, Status
from ctfront.domain.errors import (
    ChangedElsewhere,
    InputRefused,
    NotAllowed,
    NotFound,
    NothingToUndo,
    OutsideHours,
    PatientBusy,
    ScheduleRefused,
    SlotTaken,
    StatusRefused,
)
from ctfront.domain.times import Span
from tests.clinics import MONDAY, NOW

TUESDAY = MONDAY + timedelta(days=1)


def seats_of(desk, appointment_id: int) -> int:
    query = select(func.count()).select_from(SeatRow).where(SeatRow.appointment_id == appointment_id)
    return desk.database.write_now(lambda session: session.execute(query).scalar_one())


def rows(desk) -> int:
    return desk.database.write_now(
        lambda session: session.execute(select(func.count()).select_from(AppointmentRow)).scalar_one()
    )


async def test_a_booking_is_on_its_day(desk):
    booked = await desk.scheduling.book(desk.act(), desk.draft("RUIZ", "Dr Alvarez", "8:00"))
    day = await desk.scheduling.day(MONDAY)
    assert [c.provider.name for c in day.columns] == ["Dr Alvarez", "Dr Chen", "Osei LMT"]
    assert day.columns[0].appointments == (booked,)
    assert (booked.patient.name, booked.number, booked.status, booked.created_by) == (
        "RUIZ, Ana",
        1,
        Status.SCHEDULED,
        "mgarcia",
    )
    assert booked.starts_at.isoformat() == "2026-03-02T16:00:00+00:00"
    assert seats_of(desk, booked.id) == 6


async def test_a_retry_with_the_same_id_books_once(desk):
    act = desk.act()
    first = await desk.scheduling.book(act, desk.draft("RUIZ", "Dr Alvarez", "8:00"))
    again = await desk.scheduling.book(act, desk.draft("RUIZ", "Dr Alvarez", "8:00"))
    assert again == first
    assert rows(desk) == 1


@pytest.mark.parametrize(
    ("where", "how", "refusal", "words"),
    [
        (("KAPOOR", "Dr Alvarez", "8:00"), {}, SlotTaken, "Dr Alvarez is taken at 8:00"),
        (("RUIZ", "Dr Chen", "8:00"), {}, PatientBusy, "RUIZ, Ana has another appointment at 8:00"),
        (("KAPOOR", "Dr Alvarez", "12:00"), {}, OutsideHours, "no office hours"),
        (("KAPOOR", "Dr Alvarez", "7:00"), {}, ScheduleRefused, "7:00 on Mon 2 Mar 2026 is past"),
        (("KAPOOR", "Osei LMT", "9:00"), {}, InputRefused, "does not offer"),
        (("KAPOOR", "Dr Chen", "9:02"), {}, InputRefused, "multiples of 5"),
        (("KAPOOR", "Dr Chen", "9:00"), {"minutes": 0}, InputRefused, "5 minutes to 12 hours"),
        (("KAPOOR", "Dr Chen", "9:00"), {"note": "a\x1b[2J"}, InputRefused, "cannot be shown"),
        (("KAPOOR", "Dr Chen", "9:00"), {"note": "a" * 5000}, InputRefused, "5,000 characters long"),
    ],
)
async def test_a_refused_booking_leaves_nothing(desk, where, how, refusal, words):
    desk.book("RUIZ", "Dr Alvarez", "8:00")
    with pytest.raises(refusal, match=words):
        await desk.scheduling.book(desk.act(), desk.draft(*where, **how))
    assert rows(desk) == 1


async def test_a_time_that_the_clocks_skip_is_refused(desk):
    sunday = date(2026, 3, 8)
    with pytest.raises(InputRefused, match="2:30 does not exist on Sun 8 Mar 2026"):
        await desk.scheduling.book(desk.act(), desk.draft("RUIZ", "Dr Alvarez", "2:30", sunday, override=True))


async def test_a_time_that_comes_twice_wants_to_know_which(desk):
    sunday = date(2026, 11, 1)
    with pytest.raises(InputRefused, match="1:30 comes twice"):
        await desk.scheduling.book(desk.act(), desk.draft("RUIZ", "Dr Alvarez", "1:30", sunday, override=True))
    first = desk.book("RUIZ", "Dr Alvarez", "1:30", sunday, override=True, fold=0)
    second = desk.book("KAPOOR", "Dr Alvarez", "1:30", sunday, override=True, fold=1)
    assert second.starts_at - first.starts_at == timedelta(hours=1)


async def test_overbooking_wants_the_flag_and_the_right_and_is_marked(desk):
    desk.book("RUIZ", "Dr Alvarez", "8:00")
    draft = desk.draft("KAPOOR", "Dr Alvarez", "8:00", overbook=True)
    with pytest.raises(NotAllowed, match="the right “overbook” is needed"):
        await desk.scheduling.book(desk.act(desk.tlee), draft)
    assert (await desk.scheduling.book(desk.act(), draft)).overbooked


async def test_leave_to_overbook_is_for_one_place(desk):
    desk.book("RUIZ", "Dr Alvarez", "8:00")
    desk.book("KAPOOR", "Dr Alvarez", "8:30")
    over = desk.book("LEE", "Dr Alvarez", "8:00", overbook=True)
    with pytest.raises(SlotTaken):
        await desk.scheduling.move(desk.act(), over.id, desk.place("Dr Alvarez", "8:30"), version=over.version)
    moved = await desk.scheduling.move(desk.act(), over.id, desk.place("Dr Alvarez", "9:00"), version=over.version)
    assert not moved.overbooked
    assert await desk.scheduling.undo(desk.act(desk.mgarcia)) == "Took back: Moved LEE, Min for 9:00 with Dr Alvarez."
    assert (await desk.scheduling.appointment(over.id)).overbooked


async def test_an_overbooked_and_double_booked_one_is_marked_like_any_other(desk):
    desk.book("RUIZ", "Dr Alvarez", "8:00")
    desk.book("LEE", "Dr Chen", "8:00")
    both = desk.book("LEE", "Dr Alvarez", "8:00", overbook=True, double_book_patient=True)
    arrived = await desk.scheduling.mark(desk.act(desk.tlee), both.id, Status.ARRIVED)
    assert (arrived.status, arrived.overbooked, seats_of(desk, both.id)) == (Status.ARRIVED, True, 6)
    await desk.scheduling.undo(desk.act(desk.tlee))
    assert (await desk.scheduling.appointment(both.id)).status is Status.SCHEDULED


async def test_a_no_show_that_comes_after_all_wants_its_place_again(desk):
    late = desk.book("RUIZ", "Dr Alvarez", "8:00")
    gone = await desk.scheduling.mark(desk.act(), late.id, Status.NO_SHOW)
    desk.book("KAPOOR", "Dr Alvarez", "8:00")
    with pytest.raises(SlotTaken):
        await desk.scheduling.mark(desk.act(), gone.id, Status.ARRIVED)
    arrived = await desk.scheduling.mark(desk.act(), gone.id, Status.ARRIVED, overbook=True)
    assert (arrived.overbooked, seats_of(desk, late.id)) == (True, 6)


async def test_an_override_wants_the_flag_and_is_marked(desk):
    booked = await desk.scheduling.book(desk.act(), desk.draft("RUIZ", "Dr Alvarez", "12:00", override=True))
    assert booked.overridden


async def test_an_event_closes_time_and_lists_whom_it_hits(desk):
    hit = desk.book("RUIZ", "Dr Alvarez", "9:00")
    event, hits = await desk.scheduling.add_event(desk.act(), hit.provider_id, MONDAY, Span(540, 600), "sick")
    assert hits == (hit,)
    with pytest.raises(OutsideHours):
        await desk.scheduling.book(desk.act(), desk.draft("KAPOOR", "Dr Alvarez", "9:30"))
    await desk.scheduling.remove_event(desk.act(), event.id)
    desk.book("KAPOOR", "Dr Alvarez", "9:30")


async def test_a_move_keeps_the_day_number_and_takes_its_seats_along(desk):
    booked = desk.book("RUIZ", "Dr Alvarez", "8:00")
    moved = await desk.scheduling.move(desk.act(), booked.id, desk.place("Dr Chen", "9:15"), version=booked.version)
    assert (moved.provider, moved.start, moved.number) == ("Dr Chen", time(9, 15), 1)
    desk.book("KAPOOR", "Dr Alvarez", "8:00")
    with pytest.raises(SlotTaken):
        desk.book("LEE", "Dr Chen", "9:15")


async def test_a_move_onto_a_taken_place_leaves_it_where_it_was(desk):
    booked = desk.book("RUIZ", "Dr Alvarez", "8:00")
    desk.book("KAPOOR", "Dr Alvarez", "8:15")
    with pytest.raises(SlotTaken):
        await desk.scheduling.move(desk.act(), booked.id, desk.place("Dr Alvarez", "8:15"), version=booked.version)
    assert await desk.scheduling.appointment(booked.id) == booked
    assert seats_of(desk, booked.id) == 6


async def test_a_change_made_elsewhere_is_not_overwritten(desk):
    booked = desk.book("RUIZ", "Dr Alvarez", "8:00")
    await desk.scheduling.mark(desk.act(desk.tlee), booked.id, Status.CONFIRMED)
    with pytest.raises(ChangedElsewhere):
        await desk.scheduling.move(desk.act(), booked.id, desk.place("Dr Chen", "8:00"), version=booked.version)


async def test_rescheduling_links_both_ways(desk):
    booked = desk.book("RUIZ", "Dr Alvarez", "8:00")
    new = await desk.scheduling.reschedule(
        desk.act(),
        booked.id,
        desk.place("Dr Alvarez", "10:00", TUESDAY),
        version=booked.version,
        asked_by=Asker.PATIENT,
        reason="patient asked",
    )
    old = await desk.scheduling.appointment(booked.id)
    assert (old.status, old.replaced_by_day, old.cancel_reason) == (Status.RESCHEDULED, TUESDAY, "patient asked")
    assert (new.status, new.replaces_id, new.day) == (Status.SCHEDULED, booked.id, TUESDAY)
    desk.book("KAPOOR", "Dr Alvarez", "8:00")


async def test_a_cancelled_place_is_free(desk):
    booked = desk.book("RUIZ", "Dr Alvarez", "8:00")
    cancelled = await desk.scheduling.cancel(
        desk.act(), booked.id, version=booked.version, reason="patient ill", asked_by=Asker.PATIENT
    )
    assert (cancelled.status, cancelled.cancel_reason) == (Status.CANCELLED, "patient ill")
    assert seats_of(desk, booked.id) == 0
    desk.book("KAPOOR", "Dr Alvarez", "8:00")


async def test_deleting_wants_the_right_and_hides(desk):
    booked = desk.book("RUIZ", "Dr Alvarez", "8:00")
    with pytest.raises(NotAllowed, match="“delete”"):
        await desk.scheduling.delete(desk.act(desk.tlee), booked.id, version=booked.version)
    await desk.scheduling.delete(desk.act(), booked.id, version=booked.version)
    with pytest.raises(NotFound):
        await desk.scheduling.appointment(booked.id)
    assert rows(desk) == 1


async def test_a_day_number_is_never_given_twice(desk):
    first = desk.book("RUIZ", "Dr Alvarez", "8:00")
    await desk.scheduling.delete(desk.act(), first.id, version=first.version)
    assert desk.book("RUIZ", "Dr Alvarez", "8:00").number == 2


async def test_arrival_keeps_its_instant(desk):
    booked = desk.book("RUIZ", "Dr Alvarez", "8:00")
    arrived = await desk.scheduling.mark(desk.act(), booked.id, Status.ARRIVED)
    assert (arrived.status, arrived.status_at) == (Status.ARRIVED, NOW)


async def test_arriving_on_another_day_is_refused_and_names_it(desk):
    booked = desk.book("RUIZ", "Dr Alvarez", "8:00", TUESDAY)
    with pytest.raises(StatusRefused, match="is for Tue 3 Mar, not today"):
        await desk.scheduling.mark(desk.act(), booked.id, Status.ARRIVED)


async def test_a_visit_under_way_cannot_be_moved_or_cancelled(desk):
    booked = desk.book("RUIZ", "Dr Alvarez", "8:00")
    seen = await desk.scheduling.mark(desk.act(), booked.id, Status.CHECKED_IN)
    with pytest.raises(StatusRefused, match="RUIZ, Ana is checked in"):
        await desk.scheduling.move(desk.act(), booked.id, desk.place("Dr Chen", "8:00"), version=seen.version)


@pytest.mark.parametrize(("days", "right", "allowed"), [(7, False, True), (8, False, False), (8, True, True)])
async def test_status_is_corrected_for_a_week_and_later_with_a_right(desk, days, right, allowed):
    booked = desk.book("RUIZ", "Dr Alvarez", "8:00")
    act = desk.act(desk.manager if right else desk.mgarcia, NOW + timedelta(days=days))
    if allowed:
        assert (await desk.scheduling.mark(act, booked.id, Status.NO_SHOW)).status is Status.NO_SHOW
    else:
        with pytest.raises(StatusRefused, match="“correct late”"):
            await desk.scheduling.mark(act, booked.id, Status.NO_SHOW)


async def test_undo_takes_back_one_act_after_the_other(desk):
    booked = await desk.scheduling.book(desk.act(), desk.draft("RUIZ", "Dr Alvarez", "8:00"))
    await desk.scheduling.mark(desk.act(), booked.id, Status.ARRIVED)
    assert await desk.scheduling.undo(desk.act()) == "Took back: RUIZ, Ana is arrived."
    assert (await desk.scheduling.appointment(booked.id)).status is Status.SCHEDULED
    assert await desk.scheduling.undo(desk.act()) == "Took back: Booked RUIZ, Ana for 8:00 with Dr Alvarez."
    assert (await desk.scheduling.day(MONDAY)).columns[0].appointments == ()
    assert seats_of(desk, booked.id) == 0
    with pytest.raises(NothingToUndo):
        await desk.scheduling.undo(desk.act())


async def test_undoing_a_rescheduling_puts_the_old_place_back(desk):
    booked = desk.book("RUIZ", "Dr Alvarez", "8:00")
    new = await desk.scheduling.reschedule(
        desk.act(), booked.id, desk.place("Dr Alvarez", "10:00", TUESDAY), version=booked.version,
        asked_by=Asker.CLINIC, reason="provider away",
    )  # fmt: skip
    await desk.scheduling.undo(desk.act())
    back = await desk.scheduling.appointment(booked.id)
    assert (back.status, back.replaced_by_day, back.cancel_reason) == (Status.SCHEDULED, None, "")
    assert (seats_of(desk, booked.id), seats_of(desk, new.id)) == (6, 0)


async def test_undo_is_refused_when_a_colleague_has_touched_it(desk):
    booked = desk.book("RUIZ", "Dr Alvarez", "8:00")
    await desk.scheduling.mark(desk.act(desk.tlee), booked.id, Status.CONFIRMED)
    with pytest.raises(ChangedElsewhere, match="stays"):
        await desk.scheduling.undo(desk.act())


async def test_undo_is_refused_when_the_place_is_gone(desk):
    booked = desk.book("RUIZ", "Dr Alvarez", "8:00")
    await desk.scheduling.cancel(desk.act(), booked.id, version=booked.version, reason="weather", asked_by=Asker.CLINIC)
    desk.book("KAPOOR", "Dr Alvarez", "8:00", who=desk.tlee)
    with pytest.raises(NothingToUndo, match="cannot be taken back any more: Dr Alvarez is taken at 8:00"):
        await desk.scheduling.undo(desk.act())
    assert (await desk.scheduling.appointment(booked.id)).status is Status.CANCELLED


async def test_created_by_survives_a_rename(desk):
    booked = desk.book("RUIZ", "Dr Alvarez", "8:00")
    rename = text("UPDATE staff SET short_name = 'mlopez' WHERE short_name = 'mgarcia'")
    desk.database.write_now(lambda session: session.execute(rename))
    assert (await desk.scheduling.appointment(booked.id)).created_by == "mgarcia"


async def test_history_tells_who_did_what(desk):
    booked = desk.book("RUIZ", "Dr Alvarez", "8:00")
    await desk.scheduling.mark(desk.act(desk.tlee), booked.id, Status.CONFIRMED)
    assert [(s.old, s.new, s.by) for s in await desk.scheduling.history(booked.id)] == [
        (None, Status.SCHEDULED, "mgarcia"),
        (Status.SCHEDULED, Status.CONFIRMED, "tlee"),
    ]


async def test_news_names_the_days(desk):
    before, _ = await desk.scheduling.changes_since(0)
    booked = desk.book("RUIZ", "Dr Alvarez", "8:00", TUESDAY)
    newest, days = await desk.scheduling.changes_since(before)
    assert days == {TUESDAY}
    assert await desk.scheduling.changes_since(newest) == (newest, frozenset())
    assert booked.day == TUESDAY


async def test_the_chain_holds_after_a_day_of_acts(desk):
    booked = desk.book("RUIZ", "Dr Alvarez", "8:00")
    await desk.scheduling.mark(desk.act(), booked.id, Status.ARRIVED)
    await desk.scheduling.undo(desk.act())
    assert desk.database.write_now(lambda session: ledger.broken_links(session, desk.clinic.id)) == []


async def test_suggestion_is_the_last_purpose_that_fits(desk):
    place = desk.place("Dr Chen", "11:30")
    assert (await desk.scheduling.suggest(place)).purpose_id == desk.purposes["Adjustment"].id
    desk.book("RUIZ", "Dr Chen", "9:00", purpose="Re-exam")
    assert (await desk.scheduling.suggest(place, desk.patients["RUIZ"])).purpose_id == desk.purposes["Re-exam"].id
    tight = await desk.scheduling.suggest(desk.place("Osei LMT", "11:30"))
    assert (tight.purpose_id, tight.minutes_free) == (None, 30)


async def test_openings_are_in_order_and_not_before_now(desk):
    desk.book("RUIZ", "Dr Alvarez", "8:00")
    found = await desk.scheduling.openings(
        desk.purposes["Re-exam"].id,
        start=MONDAY,
        until=TUESDAY,
        not_before=NOW.replace(tzinfo=None).replace(hour=7),
        limit=3,
    )
    assert [(s.provider, s.minute) for s in found] == [("Dr Chen", 480), ("Dr Alvarez", 495), ("Dr Chen", 495)]


@pytest.mark.parametrize("capacity", [1, 3])
def test_racing_writers_never_exceed_the_governor(database_url, capacity):
    from tests.clinics import small_clinic

    desk = small_clinic(database_url)
    desk.database.write_now(lambda session: session.execute(text(f"UPDATE provider SET governor = {capacity}")))
    names = list(desk.patients)
    databases = [type(desk.database)(database_url) for _ in range(6)]

    def race(number: int) -> None:
        from ctfront.services import booking

        for start in ("8:00", "8:15", "8:30"):
            for provider in ("Dr Alvarez", "Dr Chen"):
                draft = desk.draft(names[number], provider, start, double_book_patient=True)
                act = desk.act()
                try:
                    databases[number].write_now(
                        lambda session, draft=draft, act=act: booking.book(session, desk.clinic, act, draft)
                    )
                except SlotTaken:
                    lost.append(number)

    lost: list[int] = []
    desks = [threading.Thread(target=race, args=(n,)) for n in range(6)]
    for thread in desks:
        thread.start()
    for thread in desks:
        thread.join()
    counted = select(AppointmentRow.provider_id, AppointmentRow.start_second, func.count()).group_by(
        AppointmentRow.provider_id, AppointmentRow.start_second
    )
    counts = [n for *_, n in desk.database.write_now(lambda session: session.execute(counted).all())]
    assert counts == [capacity] * 6
    assert len(lost) == 36 - 6 * capacity
    for database in [*databases, desk.database]:
        database.close_writer()
