"""Adding patients: what is kept, what is refused beside which field, and who is likely known already."""

from dataclasses import replace
from datetime import date

import pytest
from sqlalchemy import select

from ctfront.data.models import AuditRow, ConsentRow, PatientRow
from ctfront.domain.duplicates import LikelyDuplicate
from ctfront.domain.errors import InputRefused, NotAllowed, NotFound
from ctfront.domain.patients import Alert, Channel, Glance, PatientDraft, Phone, Sex
from ctfront.domain.staff import Right
from tests.clinics import MONDAY
from tests.invited import enroll

BOTH = frozenset({Channel.EMAIL, Channel.TEXT})


def draft(**more) -> PatientDraft:
    fields = {"last_name": "Novak", "first_name": "Petra", "birth_date": date(2001, 1, 9)}
    return PatientDraft(**{**fields, **more})


def phone(number: str) -> Phone:
    return Phone(kind="mobile", number=number)


def rows_of(desk, table):
    return desk.database.write_now(lambda session: session.execute(select(table.__table__)).all())


async def test_a_patient_is_read_back_as_added(desk):
    added = await desk.people.add(
        desk.act(),
        draft(
            last_name="  Novak ",
            sex=Sex.FEMALE,
            phones=(phone("(555) 010-9911"), phone(" ")),
            email="Petra@Example.COM",
            preferred_provider_id=desk.providers["Dr Chen"].id,
            note="likes   mornings",
            consent=BOTH,
            former_names=("Bauer-Novak",),
            alerts=(Alert(text="Fear of needles", until=date(2026, 4, 1), must_confirm=True),),
        ),
    )
    read = await desk.people.patient(added.id)
    assert read == added
    assert (read.last_name, read.sex, read.email, read.note) == (
        "Novak",
        Sex.FEMALE,
        "Petra@example.com",
        "likes mornings",
    )
    assert read.phones == (Phone(kind="mobile", number="(555) 010-9911", e164="+15550109911"),)
    assert read.preferred_provider_id == desk.providers["Dr Chen"].id
    assert read.former_names == ("Bauer-Novak",)
    assert read.alerts == (Alert(text="Fear of needles", until=date(2026, 4, 1), must_confirm=True, by="mgarcia"),)
    assert read.consent_word == "yes"
    assert [(c.channel, c.recorded_by, c.ended_at) for c in read.consents] == [
        (Channel.EMAIL, "mgarcia", None),
        (Channel.TEXT, "mgarcia", None),
    ]


async def test_record_numbers_count_on_and_skip_imported_ones(desk):
    first = await desk.people.add(desk.act(), draft())
    taken = str(int(first.record_number) + 1)
    imported = await desk.people.add(
        desk.act(), draft(last_name="Sato", birth_date=date(1968, 12, 5), record_number=taken)
    )
    third = await desk.people.add(desk.act(), draft(last_name="Quinn", birth_date=date(1999, 7, 30)))
    assert imported.record_number == taken
    assert third.record_number == str(int(taken) + 1)
    assert (await desk.people.by_record(taken)).id == imported.id


async def test_a_record_number_is_given_once(desk):
    first = await desk.people.add(desk.act(), draft())
    with pytest.raises(InputRefused) as refusal:
        await desk.people.add(
            desk.act(), draft(last_name="Sato", birth_date=date(1968, 12, 5), record_number=first.record_number)
        )
    assert refusal.value.field == "record_number"


async def test_the_same_act_again_adds_nobody(desk):
    act = desk.act()
    first = await desk.people.add(act, draft())
    again = await desk.people.add(act, draft())
    assert again == first
    assert sum(row.last_name == "Novak" for row in rows_of(desk, PatientRow)) == 1


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"last_name": " - "}, "last_name"),
        ({"last_name": "No\x1b[2Jvak"}, "last_name"),
        ({"first_name": "Pe\u202etra"}, "first_name"),
        ({"last_name": "N" * 5000}, "last_name"),
        ({"note": "n" * 5000}, "note"),
        ({"birth_date": date(2026, 3, 3)}, "birth_date"),
        ({"birth_date": date(1899, 12, 31)}, "birth_date"),
        ({"email": "petra"}, "email"),
        ({"email": "petra@example..com"}, "email"),
        ({"email": "pe\x00tra@example.com"}, "email"),
        ({"phones": (phone("none"),)}, "phones"),
        ({"phones": (phone("5" * 100),)}, "phones"),
        ({"former_names": ("a\x07b",)}, "former_names"),
        ({"alerts": (Alert(text="a\x9bb"),)}, "alerts"),
    ],
)
async def test_what_cannot_be_kept_is_refused_beside_its_field(desk, change, field):
    before = rows_of(desk, PatientRow)
    with pytest.raises(InputRefused) as refusal:
        await desk.people.add(desk.act(), draft(**change))
    assert refusal.value.field == field
    assert str(refusal.value).endswith(".")
    assert rows_of(desk, PatientRow) == before


async def test_born_today_is_taken_on_the_clinics_calendar(desk):
    assert (await desk.people.add(desk.act(), draft(birth_date=MONDAY))).birth_date == MONDAY


@pytest.mark.parametrize("number", ["12", "(555) 010-4432 ext. 9", "call 555 home"])
async def test_a_number_that_does_not_parse_is_kept_as_typed(desk, number):
    added = await desk.people.add(desk.act(), draft(phones=(phone(number),)), another_person=True)
    assert added.phones[0].number == number


async def test_a_name_that_breaks_careless_software_is_kept_whole(desk):
    added = await desk.people.patient(desk.patients["O'NEIL-[/x]ŁUKASZ"])
    assert (added.last_name, added.first_name) == ("O'NEIL-[/x]ŁUKASZ", "Zoë")


async def test_adding_needs_the_right(desk):
    reader = replace(desk.mgarcia, rights=frozenset({Right.BOOK}))
    with pytest.raises(NotAllowed, match="edit patient"):
        await desk.people.add(desk.act(reader), draft())


async def test_an_unknown_preferred_provider_is_refused(desk):
    with pytest.raises(NotFound):
        await desk.people.add(desk.act(), draft(preferred_provider_id=999))


@pytest.mark.parametrize(
    "likely",
    [
        {"last_name": "Ruis", "first_name": "Ann", "birth_date": date(1984, 3, 2)},
        {"last_name": "Ana", "first_name": "Ruiz", "birth_date": date(1984, 3, 2)},
        {"last_name": "Alvarado", "first_name": "Ana", "birth_date": date(1984, 3, 2)},
        {"phones": (phone("555.010.4431"),)},
        {"phones": (phone("+1 555 010 4431"),)},
    ],
    ids=["similar name", "names swapped", "other surname", "same phone", "same phone with country code"],
)
async def test_a_likely_duplicate_is_shown_before_saving(desk, likely):
    before = rows_of(desk, PatientRow)
    with pytest.raises(LikelyDuplicate) as refusal:
        await desk.people.add(desk.act(), draft(**likely))
    assert [candidate.id for candidate in refusal.value.candidates] == [desk.patients["RUIZ"]]
    assert rows_of(desk, PatientRow) == before


async def test_the_same_email_is_a_likely_duplicate_in_any_case(desk):
    known = await desk.people.add(desk.act(), draft(email="family@example.com"))
    with pytest.raises(LikelyDuplicate) as refusal:
        await desk.people.add(
            desk.act(), draft(last_name="Sato", birth_date=date(1968, 12, 5), email="FAMILY@Example.com")
        )
    assert [candidate.id for candidate in refusal.value.candidates] == [known.id]


@pytest.mark.parametrize(
    "different",
    [
        {"birth_date": date(1984, 3, 2)},
        {"birth_date": date(1984, 3, 2), "email": "petra@example.com"},
        {"last_name": "Ruiz", "first_name": "Ana"},
        {"phones": (phone("4431"),)},
    ],
    ids=["birth date alone", "birth date and an email", "name alone", "a phone's tail"],
)
async def test_another_person_is_taken_without_a_question(desk, different):
    await desk.people.add(desk.act(), draft(**different))


async def test_another_person_is_added_when_said_so(desk):
    twin = await desk.people.add(
        desk.act(),
        draft(last_name="Ruiz", first_name="Ana", birth_date=date(1984, 3, 2)),
        another_person=True,
    )
    assert twin.id != desk.patients["RUIZ"]


async def test_a_patient_that_is_not_there_is_not_found(desk):
    with pytest.raises(NotFound):
        await desk.people.patient(999)
    with pytest.raises(NotFound):
        await desk.people.by_record("999")


async def test_appointments_come_newest_first(desk):
    desk.book("RUIZ", "Dr Alvarez", "8:00")
    desk.book("RUIZ", "Dr Chen", "9:00")
    desk.book("LEE", "Dr Chen", "10:00")
    found = await desk.people.appointments_of(desk.patients["RUIZ"])
    assert [(a.provider, a.start.hour) for a in found] == [("Dr Chen", 9), ("Dr Alvarez", 8)]


async def test_an_add_that_fails_at_its_end_leaves_nothing(desk):
    await desk.people.add(desk.act(), draft(identifiers=(("old", "7"),)))
    before = [rows_of(desk, table) for table in (PatientRow, ConsentRow, AuditRow)]
    with pytest.raises(InputRefused) as refusal:
        await desk.people.add(
            desk.act(),
            draft(last_name="Sato", birth_date=date(1968, 12, 5), consent=BOTH, identifiers=(("old", "7"),)),
        )
    assert refusal.value.field == "identifiers"
    assert [rows_of(desk, table) for table in (PatientRow, ConsentRow, AuditRow)] == before


async def test_a_glance_tells_what_stands_of_each_patient(desk):
    alerts = (Alert(text="Fear of needles", until=date(2026, 4, 1)), Alert(text="Deaf on the left"))
    known = await desk.people.add(
        desk.act(), draft(email="petra@example.com", consent=frozenset({Channel.EMAIL}), alerts=alerts)
    )
    desk.database.write_now(lambda session: enroll(session, desk.clinic, desk.act(), known.id, "petra@example.com"))
    ruiz = desk.patients["RUIZ"]
    assert await desk.people.glances([known.id, ruiz]) == {
        known.id: Glance(consents=frozenset({Channel.EMAIL}), enrolled=True, alerts=alerts),
        ruiz: Glance(),
    }
    glances = await desk.people.glances([known.id, ruiz])
    assert [glances[each].consent_word for each in (known.id, ruiz)] == ["email only", "no"]
