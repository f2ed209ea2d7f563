"""The waitlist: who fits a freed place, booking from it, two desks at one entry, and taking back."""

import asyncio
from dataclasses import replace
from datetime import datetime, time, timedelta

import pytest
from sqlalchemy import select

from ctfront.data.database import Database
from ctfront.data.models import PatientRow, WaitlistEntryRow
from ctfront.domain.appointments import Asker, Status
from ctfront.domain.errors import ChangedElsewhere, InputRefused, NotAllowed, ScheduleRefused, SlotTaken
from ctfront.domain.series_rule import read_repeat
from ctfront.domain.staff import Actor, ActorKind
from ctfront.domain.times import Span
from ctfront.domain.waitlist import FreedPlace, WaitlistDraft, fits
from ctfront.services.scheduling import Scheduling
from ctfront.services.series_rules import plan_series
from ctfront.services.waitlist import Waitlist
from tests.clinics import MONDAY

SEVEN_FIFTY = datetime.combine(MONDAY, time(7, 50))
WHY = {"reason": "patient asked", "asked_by": Asker.PATIENT}


@pytest.fixture
def waitlist(desk):
    return Waitlist(desk.database, desk.scheduling)


@pytest.fixture
def waits(desk, waitlist):
    """Put a patient on the waitlist."""

    async def put(patient, purpose="Adjustment", providers=(), days=14, **more):
        draft = WaitlistDraft(
            patient_id=desk.patients[patient],
            purpose_id=desk.purposes[purpose].id,
            provider_ids=tuple(desk.providers[name].id for name in providers),
            earliest=MONDAY,
            until=MONDAY + timedelta(days=days),
            **more,
        )
        await waitlist.add(desk.act(), draft)
        [entry] = await waitlist.entries_of(desk.patients[patient])
        return entry

    return put


async def fitting(waitlist, place, **more):
    offer = await waitlist.offer(place, now=SEVEN_FIFTY, **more)
    return [entry.patient.last_name for entry in offer.entries] if offer else []


async def test_the_place_goes_to_whose_time_runs_out_first_then_to_who_waited_longest(desk, waitlist, waits):
    await waits("RUIZ", days=14)
    await waits("LEE", days=3)
    await waits("OKAFOR", days=14)
    assert await fitting(waitlist, desk.place("Dr Alvarez", "8:00")) == ["LEE", "RUIZ", "OKAFOR"]
    assert await fitting(waitlist, desk.place("Dr Alvarez", "8:00"), left_by=desk.patients["LEE"]) == ["RUIZ", "OKAFOR"]


async def test_whoever_wants_something_else_is_not_offered_it(desk, waitlist, waits):
    await waits("RUIZ", providers=["Dr Chen"])
    await waits("LEE", purpose="Massage")
    await waits("OKAFOR", times=Span(540, 720))
    await waits("BAUER", weekdays=frozenset({1, 3}))
    await waits("KAPOOR", purpose="New Patient Exam")
    desk.book("SMITH", "Dr Alvarez", "8:30")
    assert await fitting(waitlist, desk.place("Dr Alvarez", "8:00")) == []
    assert await fitting(waitlist, desk.place("Dr Chen", "8:00")) == ["RUIZ", "KAPOOR"]
    assert await fitting(waitlist, desk.place("Dr Alvarez", "9:00")) == ["OKAFOR", "KAPOOR"]
    tuesday = MONDAY + timedelta(days=1)
    assert await fitting(waitlist, desk.place("Dr Alvarez", "8:00", tuesday)) == ["BAUER", "KAPOOR"]


async def test_who_is_elsewhere_then_or_inactive_is_not_offered_it(desk, waitlist, waits):
    await waits("RUIZ")
    await waits("LEE")
    desk.book("RUIZ", "Dr Chen", "8:00")
    desk.database.write_now(lambda session: make_inactive(session, desk.patients["LEE"]))
    assert await fitting(waitlist, desk.place("Dr Alvarez", "8:00")) == []
    assert await fitting(waitlist, desk.place("Dr Alvarez", "8:15")) == ["RUIZ"]
    assert [entry.patient.active for entry in await waitlist.entries()] == [True, False]


async def test_a_place_that_is_past_taken_or_closed_is_not_offered(desk, waitlist, waits):
    await waits("RUIZ")
    desk.book("LEE", "Dr Alvarez", "8:00")
    assert await fitting(waitlist, desk.place("Dr Alvarez", "8:00")) == []
    assert await fitting(waitlist, desk.place("Dr Alvarez", "12:00")) == []
    late = datetime.combine(MONDAY, time(9))
    assert await waitlist.offer(desk.place("Dr Alvarez", "9:00"), now=late) is None


async def test_the_query_and_the_rule_agree_on_every_place_of_a_week(desk, waitlist, waits):
    await waits("RUIZ", providers=["Dr Chen", "Dr Alvarez"], times=Span(600, 700))
    await waits("LEE", purpose="Massage", weekdays=frozenset({2, 4}))
    await waits("OKAFOR", purpose="Re-exam", days=1)
    await waits("BAUER", purpose="New Patient Exam", providers=["Osei LMT"])
    everybody = await waitlist.entries()
    for name, provider in desk.providers.items():
        for day in (MONDAY + timedelta(days=n) for n in range(5)):
            for start in ("9:45", "11:30", "17:45"):
                place = desk.place(name, start, day)
                _, minutes_free = await desk.scheduling.free_from(place)
                freed = FreedPlace(
                    place=place, provider=name, purpose_ids=provider.purpose_ids, minutes_free=minutes_free
                )
                wanted = [entry.patient.last_name for entry in everybody if fits(entry, freed)]
                assert await fitting(waitlist, place) == wanted


async def test_booking_closes_the_entry_and_one_undo_opens_it_again(desk, waitlist, waits):
    entry = await waits("RUIZ")
    act = desk.act()
    booked = await waitlist.book(entry, act, desk.draft("RUIZ", "Dr Alvarez", "8:00"))
    assert (await waitlist.book(entry, act, desk.draft("RUIZ", "Dr Alvarez", "8:00"))).id == booked.id
    assert await waitlist.entries() == ()
    assert await desk.scheduling.undo(desk.act()) == "Took back: Booked RUIZ, Ana for 8:00 with Dr Alvarez."
    assert [it.patient.last_name for it in await waitlist.entries()] == ["RUIZ"]
    assert await desk.people.appointments_of(desk.patients["RUIZ"]) == ()
    assert await desk.scheduling.undo(desk.act()) == "Took back: RUIZ, Ana is on the waitlist."
    assert await waitlist.entries() == ()


async def test_a_series_closes_the_entry_and_two_desks_do_not_both_book_it(desk, waitlist, waits):
    entry = await waits("RUIZ")
    who = (await desk.people.find("RUIZ", today=MONDAY)).rows[0]
    place, repeat = desk.place("Dr Alvarez", "8:00"), read_repeat("x3 /w")
    plan = plan_series(who, desk.purposes["Adjustment"], desk.providers["Dr Alvarez"], place, repeat)
    act = desk.act()
    booked = await desk.scheduling.book_series(act, plan, plan.visits, waiting=entry)
    assert (await desk.scheduling.book_series(act, plan, plan.visits, waiting=entry)).series_id == booked.series_id
    assert await waitlist.entries() == ()
    with pytest.raises(ChangedElsewhere, match="mgarcia has booked from the waitlist; look again"):
        await desk.scheduling.book_series(desk.act(desk.tlee), plan, plan.visits, waiting=entry)
    assert len(await desk.people.appointments_of(desk.patients["RUIZ"])) == 3
    await desk.scheduling.undo(desk.act())
    assert [it.patient.last_name for it in await waitlist.entries()] == ["RUIZ"]
    assert await desk.people.appointments_of(desk.patients["RUIZ"]) == ()


async def test_a_booking_that_is_refused_leaves_the_entry_open(desk, waitlist, waits):
    entry = await waits("RUIZ")
    desk.book("LEE", "Dr Alvarez", "8:00")
    with pytest.raises(SlotTaken):
        await waitlist.book(entry, desk.act(), desk.draft("RUIZ", "Dr Alvarez", "8:00"))
    assert await waitlist.entries() == (entry,)


async def test_an_inactive_patient_is_not_booked_and_not_put_on(desk, waitlist, waits):
    entry = await waits("RUIZ")
    desk.database.write_now(lambda session: make_inactive(session, desk.patients["RUIZ"]))
    with pytest.raises(ScheduleRefused, match="RUIZ, Ana is inactive; make the patient active again first"):
        await waitlist.book(entry, desk.act(), desk.draft("RUIZ", "Dr Alvarez", "8:00"))
    with pytest.raises(ScheduleRefused, match="RUIZ, Ana is inactive"):
        await waits("RUIZ")
    assert [it.id for it in await waitlist.entries()] == [entry.id]


async def test_two_desks_book_the_same_entry_and_one_is_told(desk, waitlist, waits):
    entry = await waits("RUIZ")
    await waitlist.book(entry, desk.act(desk.tlee), desk.draft("RUIZ", "Dr Alvarez", "8:00"))
    with pytest.raises(ChangedElsewhere, match="tlee has booked from the waitlist; look again"):
        await waitlist.book(entry, desk.act(), desk.draft("RUIZ", "Dr Chen", "9:00"))
    assert [it.status for it in await desk.people.appointments_of(desk.patients["RUIZ"])] == [Status.SCHEDULED]


async def test_two_desks_book_the_same_entry_at_once_and_one_booking_stands(desk, waitlist, waits):
    entry = await waits("RUIZ")
    second = Database(desk.database.url.render_as_string(hide_password=False))
    elsewhere = Waitlist(second, Scheduling(second, desk.clinic))
    ends = await asyncio.gather(
        waitlist.book(entry, desk.act(), desk.draft("RUIZ", "Dr Alvarez", "8:00")),
        elsewhere.book(entry, desk.act(desk.tlee), desk.draft("RUIZ", "Dr Chen", "9:00")),
        return_exceptions=True,
    )
    await second.close()
    assert sorted(type(end).__name__ for end in ends) == ["Appointment", "ChangedElsewhere"]
    assert len(await desk.people.appointments_of(desk.patients["RUIZ"])) == 1


async def test_a_change_and_taking_off_are_taken_back_in_turn(desk, waitlist, waits):
    entry = await waits("RUIZ", providers=["Dr Chen"], note="after five")
    draft = WaitlistDraft(
        patient_id=entry.patient.id,
        purpose_id=entry.purpose_id,
        provider_ids=(desk.providers["Dr Alvarez"].id, desk.providers["Dr Chen"].id),
        earliest=entry.earliest,
        until=entry.until,
        note="after five",
    )
    await waitlist.change(desk.act(), entry.id, draft, version=entry.version)
    with pytest.raises(ChangedElsewhere, match="changed this entry since"):
        await waitlist.take_off(desk.act(), entry.id, version=entry.version)
    changed = await waitlist.entry(entry.id)
    assert changed.providers == ("Dr Alvarez", "Dr Chen")
    await waitlist.take_off(desk.act(), entry.id, version=changed.version)
    with pytest.raises(ChangedElsewhere, match="mgarcia has taken off the waitlist"):
        await waitlist.take_off(desk.act(desk.tlee), entry.id, version=changed.version)
    for _ in range(2):
        await desk.scheduling.undo(desk.act())
    [back] = await waitlist.entries()
    assert replace(back, version=entry.version) == entry
    await desk.scheduling.undo(desk.act())
    assert await waitlist.entries() == ()


async def test_what_no_place_could_fit_is_refused_with_the_field(desk, waitlist, waits):
    for more, field in (
        ({"days": -1}, "until"),
        ({"days": 2, "weekdays": frozenset({4})}, "weekdays"),
        ({"phone": "5" * 61}, "phone"),
    ):
        with pytest.raises(InputRefused) as refusal:
            await waits("RUIZ", **more)
        assert refusal.value.field == field
    stranger = replace(desk.purposes["Massage"], id=999)
    desk.purposes["Stranger"] = stranger
    with pytest.raises(InputRefused, match="no such visit purpose"):
        await waits("RUIZ", purpose="Stranger")
    assert await waitlist.entries() == ()


async def test_who_waits_for_it_already_is_not_put_on_again(desk, waitlist, waits):
    entry = await waits("RUIZ")
    with pytest.raises(InputRefused, match="waits for that already"):
        await waits("RUIZ")
    assert await waitlist.entries() == (entry,)


async def test_without_the_right_nothing_is_put_on(desk, waitlist, waits):
    entry = await waits("RUIZ")
    nobody = Actor(kind=ActorKind.STAFF, id=desk.tlee.id, name="Tom Lee", rights=frozenset())
    with pytest.raises(NotAllowed):
        await waitlist.take_off(desk.act(nobody), entry.id, version=entry.version)
    with pytest.raises(NotAllowed):
        await waitlist.book(entry, desk.act(nobody), desk.draft("RUIZ", "Dr Alvarez", "8:00"))
    assert await waitlist.entries() == (entry,)


async def test_the_first_freed_place_that_fits_anybody_is_offered(desk, waitlist, waits):
    await waits("LEE", purpose="Massage")
    freed = [desk.book("RUIZ", "Dr Alvarez", "8:00"), desk.book("KAPOOR", "Osei LMT", "9:00", purpose="Massage")]
    for it in freed:
        await desk.scheduling.cancel(desk.act(), it.id, version=it.version, **WHY)
    offer = await waitlist.first_offer(freed, now=SEVEN_FIFTY)
    assert offer.told == "9:00 with Osei LMT"


def make_inactive(session, patient_id):
    session.get(PatientRow, patient_id).active = False


async def test_erasing_the_patient_takes_them_off_with_what_was_written_down(desk, waitlist, waits):
    entry = await waits("RUIZ", note="call the neighbour")
    await desk.people.erase(desk.act(desk.manager), entry.patient.id, legal_request="asked in writing")
    assert await waitlist.entries() == ()
    with desk.database._write_engine.connect() as connection:
        assert connection.execute(select(WaitlistEntryRow.note)).scalars().all() == [""]
