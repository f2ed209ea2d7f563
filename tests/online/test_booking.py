"""A patient books: only what is free and offered, once, by the desk's own rules; and the desk's changes reach them."""

import asyncio
import email
from datetime import timedelta
from email.policy import default

import pytest
from sqlalchemy import insert, select, update

from ctfront.data.models import (
    AppointmentRow,
    OnlineHoursRow,
    OnlineProviderRow,
    OnlinePurposeRow,
    OnlineRulesRow,
    OutboxRow,
    ProviderPurposeRow,
    SeatRow,
)
from ctfront.domain.appointments import Asker, Status
from ctfront.domain.errors import SlotTaken
from ctfront.domain.online import OnlineRules
from ctfront.domain.times import Span
from ctfront.mail.message import Composer
from ctfront.mail.wire_form import as_sent
from ctfront.services import mail_acts
from ctfront.services.clinic_setup import ClinicSetup
from ctfront.services.happenings import Happenings
from ctfront.services.mail_acts import Claimed, NotSent, Rules
from tests.clinics import MONDAY
from tests.online.conftest import KEY
from tests.sendings import SENDER, put_on_record

TUESDAY = MONDAY + timedelta(days=1)
RULES = Rules(site="https://book.example.org", domain="clinic.example", key_for=lambda known: KEY, per_minute=0)


async def choose(browser, visit="Adjustment", provider="Dr Alvarez", day="Tue 3 Mar 2026", time="9:15 am") -> str:
    """Go from the first page to the summary and return its words."""
    await browser.open("/book")
    await browser.press(visit)
    if provider:
        await browser.press(provider)
    await browser.press(day)
    return await browser.press(time)


def put(town, table, **values) -> None:
    town.desk.database.write_now(
        lambda session: session.execute(insert(table).values(clinic_id=town.desk.clinic.id, **values)) and None
    )


def online_provider(town, name="Dr Alvarez", **values) -> None:
    known = {"available": True, "governor": 1, "own_hours": False, "description": "", "version": 1, **values}
    put(town, OnlineProviderRow, provider_id=town.desk.providers[name].id, **known)


def rules(town, **values) -> None:
    known = {"notice_minutes": 120, "days_ahead": 60, "most_coming": 5, "welcome": "", "version": 1, **values}
    put(town, OnlineRulesRow, **known)


def appointments(town) -> list[AppointmentRow]:
    return town.desk.database.write_now(
        lambda session: list(session.scalars(select(AppointmentRow).order_by(AppointmentRow.id)))
    )


def mails(town) -> list[tuple[str, str, str]]:
    """Kind, state and address of each mail but invitations."""
    query = (
        select(OutboxRow.kind, OutboxRow.state, OutboxRow.address)
        .where(OutboxRow.invitation_id.is_(None))
        .order_by(OutboxRow.id)
    )
    return town.desk.database.write_now(lambda session: [tuple(row) for row in session.execute(query)])


def leave(town) -> list[email.message.EmailMessage]:
    """Let every mail leave that is due; return the messages as they are received."""
    composer, received = Composer("desk@clinic.example"), []

    def one(session):
        claim = mail_acts.claim_mail(session, town.desk.clinic.id, town.desk.act(SENDER, town.clock.now), RULES)
        if isinstance(claim, Claimed):
            message = composer.compose(claim.mail).message
            received.append(email.message_from_bytes(as_sent(message), policy=default))
            act = town.desk.act(SENDER, town.clock.now)
            mail_acts.record_sent(session, town.desk.clinic.id, act, RULES, claim)
        return isinstance(claim, Claimed | NotSent)

    while town.desk.database.write_now(one):
        pass
    return received


def calendar(message) -> dict[str, str]:
    """Return the lines of the calendar file that came with a mail."""
    (part,) = message.iter_attachments()
    assert part.get_filename() == "appointment.ics"
    lines = part.get_content().replace("\r\n ", "").splitlines()
    return dict(line.split(":", 1) for line in lines)


# -- the booking


async def test_from_the_first_page_to_the_schedule(town):
    browser = await town.enrolled()
    assert "Book this appointment? For Ana RUIZ When Tue 3 Mar 2026, 9:15 am Los Angeles time" in await choose(browser)
    assert "It is booked" in await browser.press("Book it")
    (row,) = appointments(town)
    assert (row.day, row.start_second, row.status, row.origin) == (TUESDAY, 9 * 3600 + 900, "scheduled", "online")
    shown = (await town.desk.scheduling.day(TUESDAY)).columns[0].appointments[0]
    assert (shown.created_by, shown.online) == ("Online Appointment", True)
    assert "9:15 am Adjustment with Dr Alvarez" in await browser.open("/")
    assert await Happenings(town.desk.database, town.desk.clinic).count(town.desk.tlee) == 2, "enrolled, booked"


async def test_the_mail_with_the_calendar_entry_is_queued_with_it(town):
    browser = await town.enrolled()
    await choose(browser)
    assert "goes to ana@example.org" in await browser.press("Book it")
    assert mails(town) == [("booked", "queued", "ana@example.org")]
    (message,) = leave(town)
    assert message["Subject"] == "Main Street Clinic: your appointment on Tue 3 Mar 2026"
    entry = calendar(message)
    assert (entry["DTSTART"], entry["DTEND"]) == ("20260303T171500Z", "20260303T173000Z")
    assert (entry["METHOD"], entry["STATUS"], entry["SEQUENCE"]) == ("REQUEST", "CONFIRMED", "0")
    body = message.get_body(("plain",)).get_content()
    assert "Tue 3 Mar 2026, 9:15 am (Los Angeles time)" in body
    assert "/opt-out/m" in body


async def test_sent_twice_it_is_booked_once(town):
    browser = await town.enrolled()
    await choose(browser)
    form = browser.page.forms[-1]
    answers = await asyncio.gather(*(browser.client.post("/book/confirm", data=form.fields) for _ in range(3)))
    assert len(appointments(town)) == 1
    assert {answer.status_code for answer in answers} == {200}


async def test_without_consent_no_mail_is_written_and_the_page_says_so(town):
    browser = await town.enrolled()
    put_on_record(town.desk, "RUIZ", consents=False)
    await choose(browser)
    assert "No mail is sent" in await browser.press("Book it")
    assert mails(town) == []


async def test_only_free_times_are_shown(town):
    town.desk.book("KAPOOR", "Dr Alvarez", "9:15", TUESDAY)
    browser = await town.enrolled()
    await browser.open("/book")
    for words in ("Adjustment", "Dr Alvarez", "Tue 3 Mar 2026"):
        await browser.press(words)
    times = [words for form in browser.page.forms for _, _, words in form.buttons]
    assert "9:15 am" not in times
    assert "9:30 am" in times
    assert not {"7:45 am", "12:00 pm", "12:30 pm", "6:00 pm"} & set(times), "closed, lunch, closed"


async def test_what_the_desk_does_meanwhile_shows_when_the_page_is_asked_for_again(town):
    def times():
        return {words for form in browser.page.forms for _, _, words in form.buttons}

    browser = await town.enrolled()
    await browser.open("/book")
    for words in ("Adjustment", "Dr Alvarez", "Tue 3 Mar 2026"):
        await browser.press(words)
    assert {"9:15 am", "10:00 am"} <= times()
    made = town.desk.book("KAPOOR", "Dr Alvarez", "9:15", TUESDAY)
    ten = Span(600, 615)
    await town.desk.scheduling.add_event(town.desk.act(), town.desk.providers["Dr Alvarez"].id, TUESDAY, ten, "call")
    await browser.open("/book/time")
    assert not {"9:15 am", "10:00 am"} & times()
    await town.desk.scheduling.cancel(town.desk.act(), made.id, version=1, reason="weather", asked_by=Asker.CLINIC)
    await browser.open("/book/time")
    assert "9:15 am" in times()
    await ClinicSetup(town.desk.database, town.desk.clinic).save_online_rules(
        town.desk.act(town.desk.manager), OnlineRules(notice_minutes=30 * 60)
    )
    await browser.open("/book/time")
    assert "9:15 am" not in times()
    assert "2:00 pm" in times()


async def test_anybody_takes_whoever_is_free(town):
    town.desk.book("KAPOOR", "Dr Alvarez", "9:15", TUESDAY)
    browser = await town.enrolled()
    await choose(browser, provider="Anybody")
    assert "It is booked" in await browser.press("Book it")
    assert appointments(town)[-1].provider_id == town.desk.providers["Dr Chen"].id


async def test_with_one_provider_only_nobody_is_asked_with_whom(town):
    browser = await town.enrolled()
    assert "With Osei LMT" in await choose(browser, visit="Massage", provider="", time="8:00 am")


# -- the rules


async def test_what_a_provider_does_not_offer_online_is_not_offered(town):
    def hide(session):
        adjustment = town.desk.purposes["Adjustment"].id
        session.execute(
            update(ProviderPurposeRow).where(ProviderPurposeRow.purpose_id == adjustment).values(offered_online=False)
        )

    town.desk.database.write_now(hide)
    browser = await town.enrolled()
    await browser.open("/book")
    assert "Adjustment" not in browser.words
    assert "Massage" in browser.words


async def test_a_provider_who_is_not_available_online_is_not_shown(town):
    online_provider(town, available=False)
    browser = await town.enrolled()
    await browser.open("/book")
    await browser.press("Re-exam")
    assert browser.path == "/book/day", "only Dr Chen is left"


async def test_online_hours_narrow_the_office_hours_and_never_widen_them(town):
    online_provider(town, own_hours=True)
    for start, end in ((0, 540), (1020, 1200)):
        put(town, OnlineHoursRow, provider_id=town.desk.providers["Dr Alvarez"].id, weekday=1, start_minute=start,
            end_minute=end)  # fmt: skip
    browser = await town.enrolled()
    await browser.open("/book")
    for words in ("Adjustment", "Dr Alvarez", "Tue 3 Mar 2026"):
        await browser.press(words)
    times = [words for form in browser.page.forms for _, _, words in form.buttons if "m" in words[-2:]]
    assert times == ["8:00 am", "8:15 am", "8:30 am", "8:45 am", "5:00 pm", "5:15 pm", "5:30 pm", "5:45 pm"]


async def test_the_online_governor_counts_the_desks_appointments_too(town):
    from ctfront.data.models import ProviderRow

    town.desk.database.write_now(lambda session: session.execute(update(ProviderRow).values(governor=3)) and None)
    online_provider(town, governor=1)
    browser = await town.enrolled()
    await choose(browser)
    town.desk.book("KAPOOR", "Dr Alvarez", "9:15", TUESDAY)
    assert "That time is taken" in await browser.press("Book it")


async def test_too_short_notice_and_too_far_ahead_are_not_offered(town):
    rules(town, notice_minutes=26 * 60, days_ahead=2)
    browser = await town.enrolled()
    await browser.open("/book")
    await browser.press("Adjustment")
    await browser.press("Dr Alvarez")
    days = [words for form in browser.page.forms for _, _, words in form.buttons if "free" in words]
    assert [day[:3] for day in days] == ["Tue", "Wed"]
    await browser.press("Tue 3 Mar")
    times = [words for form in browser.page.forms for _, _, words in form.buttons if words.endswith("m")]
    assert times[0] == "10:00 am", "7:50 on Monday and 26 hours, on the grid"


async def test_nobody_makes_more_than_so_many_to_come(town):
    rules(town, most_coming=1)
    browser = await town.enrolled()
    await choose(browser)
    await browser.press("Book it")
    await choose(browser, time="10:00 am")
    assert "has 1 appointments to come already" in await browser.press("Book it")
    assert len(appointments(town)) == 1


async def test_switched_off_at_the_desk_nothing_is_booked(town):
    from ctfront.data.models import ClinicRow

    browser = await town.enrolled()
    await choose(browser)
    town.desk.database.write_now(lambda session: session.execute(update(ClinicRow).values(online=False)) and None)
    await browser.press("Book it")
    assert appointments(town) == []
    assert "Online booking is closed" in browser.words


# -- a place that was lost


async def test_a_lost_time_is_declined_with_the_next_ones_on_the_page_and_by_mail(town):
    browser = await town.enrolled()
    await choose(browser)
    town.desk.book("KAPOOR", "Dr Alvarez", "9:15", TUESDAY)
    words = await browser.press("Book it")
    assert "That time is taken" in words
    assert browser.answer.status_code == 409
    assert len(appointments(town)) == 1
    assert mails(town) == [("not_booked", "queued", "ana@example.org")]
    assert "Mon 2 Mar 2026, 10:00 am Dr Alvarez" in words
    (message,) = leave(town)
    body = message.get_body(("plain",)).get_content()
    assert "somebody else was quicker" in body
    assert "Mon 2 Mar 2026, 10:00 am, Dr Alvarez" in body
    assert list(message.iter_attachments()) == []
    assert "Book this appointment?" in await browser.press("Mon 2 Mar 2026, 10:00 am")
    assert "It is booked" in await browser.press("Book it")


async def test_many_race_for_few_places_and_nobody_sees_an_error(town):
    people = [name for name in town.desk.patients if name != "RUIZ"]
    browsers = []
    for number, name in enumerate(people):
        born = {"KAPOOR": "2/14/1984", "LEE": "11/30/1990", "OKAFOR": "6/18/1957", "SMITH": "5/1/1962",
                "SMITH 1993": "5/1/1993", "BAUER": "8/23/1975"}.get(name, "10/10/1988")  # fmt: skip
        browsers.append(await town.enrolled(name, f"p{number}@example.org", born))
    for browser in browsers:
        await choose(browser, provider="Anybody")
    await asyncio.gather(*(browser.press("Book it") for browser in browsers))
    booked = ["It is booked" in browser.words for browser in browsers]
    declined = ["That time is taken" in browser.words for browser in browsers]
    assert (sum(booked), sum(declined)) == (2, len(people) - 2)
    assert len(appointments(town)) == 2
    seats = town.desk.database.write_now(lambda session: len(list(session.scalars(select(SeatRow.slot)))))
    assert seats == 2 * 2 * 3


# -- what the desk does with it


@pytest.fixture
async def booked(town):
    """Ana's appointment, its mail sent."""
    browser = await town.enrolled()
    await choose(browser)
    await browser.press("Book it")
    (message,) = leave(town)
    (row,) = appointments(town)
    return row.id, calendar(message)


async def later(town):
    town.wait(timedelta(minutes=1))
    (message,) = leave(town)
    return message


async def test_moved_at_the_desk_the_patient_gets_the_entry_anew(town, booked):
    appointment_id, first = booked
    act = town.desk.act(at=town.clock.now)
    town.wait(timedelta(seconds=5))
    act = town.desk.act(at=town.clock.now)
    await town.desk.scheduling.move(act, appointment_id, town.desk.place("Dr Chen", "11:00", TUESDAY), version=1)
    message = await later(town)
    entry = calendar(message)
    assert (entry["UID"], entry["DTSTART"]) == (first["UID"], "20260303T190000Z")
    assert int(entry["SEQUENCE"]) > int(first["SEQUENCE"])
    assert "has changed" in message["Subject"]


async def test_rescheduled_to_another_day_and_cancelled_it_keeps_its_name_in_calendars(town, booked):
    appointment_id, first = booked
    town.wait(timedelta(seconds=5))
    act = town.desk.act(at=town.clock.now)
    place = town.desk.place("Dr Chen", "11:00", TUESDAY + timedelta(days=1))
    new = await town.desk.scheduling.reschedule(
        act, appointment_id, place, version=1, asked_by=Asker.PATIENT, reason="patient asked"
    )
    moved = calendar(await later(town))
    assert (moved["UID"], moved["DTSTART"]) == (first["UID"], "20260304T190000Z")
    act = town.desk.act(at=town.clock.now)
    await town.desk.scheduling.cancel(act, new.id, version=new.version, reason="provider away", asked_by=Asker.CLINIC)
    message = await later(town)
    gone = calendar(message)
    assert (gone["UID"], gone["METHOD"], gone["STATUS"]) == (first["UID"], "CANCEL", "CANCELLED")
    assert int(gone["SEQUENCE"]) > int(moved["SEQUENCE"]) > 0


async def test_taken_back_in_time_no_mail_leaves_and_too_late_a_correcting_one(town, booked):
    appointment_id, _ = booked
    act = town.desk.act(at=town.clock.now)
    await town.desk.scheduling.cancel(act, appointment_id, version=1, reason="weather", asked_by=Asker.CLINIC)
    await town.desk.scheduling.undo(town.desk.act(at=town.clock.now))
    town.wait(timedelta(minutes=1))
    assert leave(town) == []
    row = appointments(town)[0]
    act = town.desk.act(at=town.clock.now)
    await town.desk.scheduling.cancel(act, appointment_id, version=row.version, reason="weather", asked_by=Asker.CLINIC)
    assert "is cancelled" in (await later(town))["Subject"]
    await town.desk.scheduling.undo(town.desk.act(at=town.clock.now))
    message = await later(town)
    assert calendar(message)["STATUS"] == "CONFIRMED"


async def test_what_the_desk_booked_sends_nothing(town):
    put_on_record(town.desk, "KAPOOR", email="dev@example.org", consents=True)
    made = town.desk.book("KAPOOR", "Dr Chen", "11:00", TUESDAY)
    await town.desk.scheduling.cancel(town.desk.act(), made.id, version=1, reason="weather", asked_by=Asker.CLINIC)
    assert mails(town) == []


async def test_a_visit_to_be_approved_waits_and_is_approved(town):
    put(town, OnlinePurposeRow, purpose_id=town.desk.purposes["New Patient Exam"].id, needs_approval=True)
    browser = await town.enrolled()
    assert "Ask for this appointment?" in await choose(browser, visit="New Patient Exam")
    assert "Your request is with us" in await browser.press("Ask for it")
    (row,) = appointments(town)
    assert row.status == Status.REQUESTED
    (message,) = leave(town)
    assert "we got your request" in message["Subject"]
    assert list(message.iter_attachments()) == []
    assert "Waits for the clinic" in await browser.open("/")
    act = town.desk.act(at=town.clock.now)
    await town.desk.scheduling.mark(act, row.id, Status.SCHEDULED, version=1)
    message = await later(town)
    assert "is confirmed" in message["Subject"]
    assert calendar(message)["STATUS"] == "CONFIRMED"


async def test_a_visit_to_be_approved_is_declined_with_the_next_free_times(town):
    put(town, OnlinePurposeRow, purpose_id=town.desk.purposes["New Patient Exam"].id, needs_approval=True)
    browser = await town.enrolled()
    await choose(browser, visit="New Patient Exam")
    await browser.press("Ask for it")
    leave(town)
    (row,) = appointments(town)
    act = town.desk.act(at=town.clock.now)
    await town.desk.scheduling.cancel(act, row.id, version=1, reason="other", asked_by=Asker.CLINIC)
    message = await later(town)
    body = message.get_body(("plain",)).get_content()
    assert "we could not confirm" in body
    assert "Dr Alvarez" in body.partition("The next free times:")[2]


async def test_a_request_that_the_desk_moves_still_waits_and_approving_it_tells_where_it_stands(town):
    put(town, OnlinePurposeRow, purpose_id=town.desk.purposes["New Patient Exam"].id, needs_approval=True)
    browser = await town.enrolled()
    await choose(browser, visit="New Patient Exam")
    await browser.press("Ask for it")
    leave(town)
    desk = town.desk
    (row,) = appointments(town)
    place = desk.place("Dr Chen", "10:00", TUESDAY)
    moved = await desk.scheduling.move(desk.act(at=town.clock.now), row.id, place, version=1)
    assert moved.status is Status.REQUESTED
    place = desk.place("Dr Chen", "11:00", TUESDAY + timedelta(days=1))
    why = {"asked_by": Asker.CLINIC, "reason": "provider away"}
    act = desk.act(at=town.clock.now)
    moved = await desk.scheduling.reschedule(act, moved.id, place, version=moved.version, **why)
    assert moved.status is Status.REQUESTED
    with pytest.raises(SlotTaken):
        await desk.scheduling.book(desk.act(at=town.clock.now), desk.draft("KAPOOR", "Dr Chen", "11:00", place.day))
    town.wait(timedelta(minutes=1))
    assert leave(town) == []
    assert "Waits for the clinic" in await browser.open("/")
    await desk.scheduling.mark(desk.act(at=town.clock.now), moved.id, Status.SCHEDULED, version=moved.version)
    message = await later(town)
    assert "is confirmed" in message["Subject"]
    assert calendar(message)["DTSTART"] == "20260304T190000Z"


async def test_consent_that_ended_meanwhile_holds_the_mail_back(town):
    browser = await town.enrolled()
    await choose(browser)
    await browser.press("Book it")
    put_on_record(town.desk, "RUIZ", consents=False)
    assert leave(town) == []
    assert mails(town) == [("booked", "withheld", "ana@example.org")]


async def test_a_place_held_at_the_desk_is_not_offered_and_anybody_passes_it_over(town):
    town.desk.hold("Dr Alvarez", "9:15", day=TUESDAY, at=town.clock.now)
    browser = await town.enrolled()
    await choose(browser, provider="Dr Alvarez", time="9:30 am")
    assert "9:15 am" not in await browser.open("/book/time")
    await choose(browser, provider="Anybody", time="9:15 am")
    await browser.press("Book it")
    assert [row.provider_id for row in appointments(town)] == [town.desk.providers["Dr Chen"].id]
    town.wait(timedelta(minutes=6))
    await choose(browser, provider="Dr Alvarez", time="9:15 am")  # a hold ends by itself
