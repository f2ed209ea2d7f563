"""The day sheet: nothing is wider than the paper, and everybody who comes is on it once."""

import re
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from ctfront.domain.appointments import Appointment, Origin, Status
from ctfront.domain.day_sheet import WIDTHS, call_list, day_sheet
from ctfront.domain.patients import Alert, PatientName
from ctfront.domain.providers import Break, Event, Provider
from ctfront.domain.schedule import Column, DaySchedule
from ctfront.domain.text import safe
from ctfront.domain.times import Span
from tests.hostile import HOSTILE

DAY = date(2026, 3, 2)
PRINTED = datetime(2026, 3, 2, 7, 50)
ANA = PatientName(
    id=1, public_id="p", record_number="1", last_name="Ruiz", first_name="Ana", birth_date=date(1984, 3, 2), phone="555"
)
WORDS = st.one_of(st.sampled_from(list(HOSTILE.values())), st.text(max_size=120))


def appointment(number=1, start=time(8), status=Status.SCHEDULED, patient=ANA, purpose="Massage"):
    at = datetime(2026, 3, 2, 16, tzinfo=UTC)
    return Appointment(
        id=number, number=number, provider_id=1, provider="Chen", patient=patient, purpose_id=1, purpose=purpose,
        purpose_letter="M", day=DAY, start=start, minutes=30, zone="UTC", starts_at=at, status=status, status_at=at,
        origin=Origin.DESK, created_by="x", created_at=at,
    )  # fmt: skip


def column(*booked, name="Dr Chen", **more):
    more.setdefault("hours", (Span(480, 600),))
    return Column(provider=Provider(id=1, name=name, governor=3), day=DAY, appointments=booked, **more)


def sheet(*columns, alerts=(), width=80, clinic="Elm"):
    return day_sheet(DaySchedule(day=DAY, columns=columns), {1: alerts}, clinic=clinic, printed=PRINTED, width=width)


@st.composite
def booked(draw):
    names = draw(WORDS), draw(WORDS), draw(WORDS)
    start = time(draw(st.integers(0, 23)), draw(st.integers(0, 11)) * 5)
    patient = replace(ANA, last_name=names[0], first_name=names[1], phone=names[2])
    return start, draw(st.sampled_from(Status)), patient, draw(WORDS)


@given(st.lists(st.lists(booked(), max_size=4), max_size=3), WORDS, WORDS, st.sampled_from(WIDTHS))
def test_no_line_is_too_wide_and_each_live_appointment_is_there_once(days, words, alert, width):
    numbers = iter(range(1, 100))
    columns = [
        column(
            *(appointment(next(numbers), *each) for each in day),
            name=words,
            events=(Event(id=1, provider_id=1, day=DAY, span=Span(540, 570), text=words),),
        )
        for day in days
    ]
    text = sheet(*columns, alerts=[Alert(text=alert)], width=width, clinic=words)
    lines = re.split("[\n\f]", text)
    assert max(map(cell_len, lines)) <= width
    assert all(safe(line) == line for line in lines)
    found = sorted(int(number) for number in re.findall(r"^\f? {0,3}(\d+)\. +\d+:\d\d ", text, re.MULTILINE))
    assert found == sorted(a.number for c in columns for a in c.appointments if a.live)
    assert text.count("\f") == max(0, len(columns) - 1)


def test_a_page_reads_from_top_to_bottom():
    late = appointment(2, time(9), patient=replace(ANA, first_name="Bo"), status=Status.REQUESTED)
    gone = appointment(3, time(9), status=Status.CANCELLED)
    page = sheet(
        column(appointment(), late, gone, hours=(Span(480, 540),), breaks=(Break(span=Span(510, 525), label="tea"),)),
        alerts=[Alert(text="Latex allergy", until=DAY), Alert(text="Cast", until=DAY - timedelta(days=1))],
    )
    assert page.splitlines() == [
        "Elm · printed 2 Mar 2026 7:50",
        "Mon 2 Mar 2026 · Dr Chen",
        "",
        "   1.  8:00 RUIZ, Ana                2 Mar 1984  555             Massage",
        "            ! Latex allergy",
        "",
        "       8:00 free",
        "",
        "       8:15 free",
        "",
        "       8:30 tea (until 8:45)",
        "",
        "       8:45 free",
        "",
        "   2.  9:00 RUIZ, Bo                 2 Mar 1984  555             Massage,",
        "                                                                 requested",
        "            ! Latex allergy",
        "",
    ]


def test_a_wide_page_has_the_alert_beside_the_name():
    page = sheet(column(appointment()), alerts=[Alert(text="Latex allergy")], width=132)
    assert next(line for line in page.splitlines() if "RUIZ" in line).endswith("! Latex allergy")


@pytest.mark.parametrize("columns", [(), (column(hours=()),)])
def test_an_empty_day_says_so(columns):
    assert sheet(*columns).endswith("\n\nNo appointments and no office hours.\n")


@given(st.lists(booked(), max_size=4), WORDS, WORDS, WORDS)
def test_a_list_is_no_wider_than_the_paper_and_everybody_is_on_it(there, heading, clinic, why):
    whom = [appointment(number, *each) for number, each in enumerate(there, 1)]
    text = call_list(heading, whom, clinic=clinic, printed=PRINTED, why={a.id: why for a in whom})
    assert max(map(cell_len, text.splitlines()), default=0) <= 80
    assert all(line == safe(line) for line in text.splitlines())
    assert [int(n) for n in re.findall(r"^ {0,3}(\d+)\. +\d+:\d\d ", text, re.MULTILINE)] == [a.number for a in whom]
