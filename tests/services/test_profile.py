"""Editing a patient: what is kept, consent as its own record, two clerks at one patient, and taking it back."""

import asyncio
import json
from dataclasses import replace
from datetime import date, timedelta

import pytest
from sqlalchemy import select

from ctfront.data import ledger
from ctfront.data.database import Database
from ctfront.data.models import AlertRow, AuditDetailRow, AuditRow, ChangeRow, ConsentRow, PatientRow
from ctfront.domain.errors import ChangedElsewhere, InputRefused, NotAllowed, NotFound
from ctfront.domain.invitations import Source
from ctfront.domain.patients import Alert, Channel, ConsentHow, Phone, Sex
from ctfront.domain.profile import PatientChanged, ago, profile_of, put
from ctfront.domain.staff import Right
from ctfront.domain.text import safe
from ctfront.services import inviting
from ctfront.services.profile import NOTHING, REMOVING_LEFT, SENDING_LEFT, STEPS_LEFT, Profiles
from tests.clinics import NOW
from tests.hostile import AWKWARD, HOSTILE
from tests.invited import set_email

BOTH = frozenset({Channel.EMAIL, Channel.TEXT})
NEEDLES = Alert(text="Fear of needles", until=date(2026, 4, 1), must_confirm=True)


@pytest.fixture
async def ruiz(desk):
    """Ana Ruiz as a form opens on her."""
    return await desk.people.patient(desk.patients["RUIZ"])


async def edit(desk, base, *, who=None, at=NOW, **changes):
    """Save what a form opened on `base` would send."""
    draft = replace(profile_of(base), **changes)
    return await Profiles(desk.database, desk.clinic).edit(desk.act(who, at), draft, base=base)


async def undo(desk, who=None):
    return await desk.scheduling.undo(desk.act(who))


def rows_of(desk, table, *order):
    return desk.database.write_now(lambda session: session.execute(select(table.__table__).order_by(*order)).all())


def consent_history(desk, patient_id):
    return [
        (row.channel, row.given_how, row.given_name, row.ended_how, row.ended_name)
        for row in rows_of(desk, ConsentRow, ConsentRow.id)
        if row.patient_id == patient_id
    ]


async def test_every_field_is_kept(desk, ruiz):
    changes = {
        "last_name": AWKWARD,
        "first_name": "Zoë",
        "birth_date": date(1985, 1, 9),
        "sex": Sex.FEMALE,
        "phones": (Phone(kind="home", number="555 010 9911"), Phone(kind="work", number="555-010-9912")),
        "email": "Ana@Example.COM",
        "preferred_provider_id": desk.providers["Dr Chen"].id,
        "note": "likes   mornings",
        "alerts": (NEEDLES, Alert(text="Deaf on the left")),
        "active": False,
        "inactive_reason": "moved away",
        "consent": BOTH,
    }
    edited = await edit(desk, ruiz, **changes)
    read = await desk.people.patient(ruiz.id)
    assert read == edited.patient
    assert profile_of(read) == replace(
        profile_of(ruiz),
        **{
            **changes,
            "email": "Ana@example.com",
            "note": "likes mornings",
            "phones": (
                Phone(kind="home", number="555 010 9911", e164="+15550109911"),
                Phone(kind="work", number="555-010-9912", e164="+15550109912"),
            ),
        },
    )
    assert (read.version, read.record_number) == (ruiz.version + 1, ruiz.record_number)
    found = (await desk.people.find("oneil,zo", today=date(2026, 3, 2))).rows
    assert {each.id for each in found} == {desk.patients[AWKWARD], ruiz.id}


async def test_the_sentence_names_what_was_saved(desk, ruiz):
    assert (await edit(desk, ruiz, email="ana@example.com", note="x")).sentence == (
        "Saved RUIZ, Ana: email, note. u takes it back."
    )


async def test_nothing_changed_writes_nothing(desk, ruiz):
    before = rows_of(desk, AuditRow)
    edited = await edit(desk, ruiz, first_name=" Ana ")
    assert (edited.sentence, edited.patient) == (NOTHING, ruiz)
    assert rows_of(desk, AuditRow) == before


async def test_the_same_act_again_changes_nothing_more(desk, ruiz):
    profiles, act = Profiles(desk.database, desk.clinic), desk.act()
    draft = replace(profile_of(ruiz), email="ana@example.com", consent=BOTH)
    first = await profiles.edit(act, draft, base=ruiz)
    assert await profiles.edit(act, draft, base=ruiz) == first
    assert len(consent_history(desk, ruiz.id)) == 2


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"last_name": " "}, "last_name"),
        ({"first_name": "A" * 101}, "first_name"),
        ({"birth_date": date(2026, 3, 3)}, "birth_date"),
        ({"birth_date": date(1899, 1, 1)}, "birth_date"),
        ({"email": "ana@b@c.com"}, "email"),
        ({"email": "ana@example.com\r\nBcc: x@example.com"}, "email"),
        ({"phones": (Phone(kind="mobile", number="none"),)}, "phones"),
        ({"note": "n" * 2001}, "note"),
        ({"alerts": (Alert(text="a" * 201),)}, "alerts"),
        ({"active": False}, "inactive_reason"),
    ],
)
async def test_what_cannot_be_is_refused_beside_its_field(desk, ruiz, change, field):
    with pytest.raises(InputRefused) as refusal:
        await edit(desk, ruiz, **change)
    assert refusal.value.field == field
    assert await desk.people.patient(ruiz.id) == ruiz


async def test_what_could_drive_a_terminal_is_never_kept(desk, ruiz):
    def change(field, text):
        match field:
            case "alerts":
                return {"alerts": (Alert(text=text),)}
            case "phones":
                return {"phones": (Phone(kind="mobile", number=f"{text} 555"),)}
            case "inactive_reason":
                return {"active": False, "inactive_reason": text}
        return {field: text}

    base, wrong = ruiz, []
    for field in ("last_name", "first_name", "note", "email", "inactive_reason", "alerts", "phones"):
        for text in HOSTILE.values():
            try:
                base = (await edit(desk, base, **change(field, text))).patient
            except InputRefused as refusal:
                wrong += [(field, text)] if refusal.field != field else []
    kept = [base.last_name, base.first_name, base.note, base.email or "", base.inactive_reason]
    kept += [*(alert.text for alert in base.alerts), *(phone.number for phone in base.phones)]
    assert wrong == []
    assert [text for text in kept if safe(text) != text] == []


async def test_it_needs_the_right_and_a_patient(desk, ruiz):
    with pytest.raises(NotAllowed, match="edit patient"):
        await edit(desk, ruiz, who=replace(desk.mgarcia, rights=frozenset({Right.BOOK})), note="x")
    with pytest.raises(NotFound):
        await edit(desk, replace(ruiz, id=4711), note="x")
    with pytest.raises(NotFound):
        await edit(desk, ruiz, preferred_provider_id=4711)


async def test_the_trail_keeps_before_and_after_and_the_others_hear_of_it(desk, ruiz):
    await edit(desk, ruiz, email="ana@example.com", consent=BOTH)
    entry = rows_of(desk, AuditRow, AuditRow.seq)[-1]
    details = rows_of(desk, AuditDetailRow, AuditDetailRow.seq)[-1]
    news = rows_of(desk, ChangeRow, ChangeRow.id)[-1]
    assert (entry.act, entry.subject_kind, entry.subject_id) == ("edit_patient", "patient", ruiz.id)
    assert json.loads(details.before) == {"email": None, "consent": []}
    assert json.loads(details.after) == {"email": "ana@example.com", "consent": ["email", "text"]}
    assert (news.kind, news.subject_id) == ("edit_patient", ruiz.id)
    assert desk.database.write_now(lambda session: ledger.broken_links(session, desk.clinic.id)) == []


async def test_a_field_left_alone_is_not_judged_anew(desk, ruiz):
    set_email(desk, "RUIZ", "a" * 65 + "@example.org")
    base = await desk.people.patient(ruiz.id)
    assert (await edit(desk, base, note="x")).patient.email == "a" * 65 + "@example.org"
    with pytest.raises(InputRefused):
        await edit(desk, base, email="b" * 65 + "@example.org")


# -- consent is its own record


async def test_a_consent_is_never_changed_only_ended_and_given_anew(desk, ruiz):
    given = (await edit(desk, ruiz, consent=BOTH)).patient
    ended = (await edit(desk, given, who=desk.tlee, consent=frozenset(), consent_how=ConsentHow.PHONE)).patient
    again = (await edit(desk, ended, consent=BOTH, consent_how=ConsentHow.FORM)).patient
    assert [p.consent_word for p in (given, ended, again)] == ["yes", "no", "yes"]
    first = [(c, "in person", "mgarcia", "phone", "tlee") for c in ("email", "text")]
    second = [(c, "form", "mgarcia", None, None) for c in ("email", "text")]
    assert consent_history(desk, ruiz.id) == first + second


async def test_a_consent_that_stands_keeps_its_own_row(desk, ruiz):
    first = (await edit(desk, ruiz, consent=frozenset({Channel.TEXT}))).patient
    await edit(desk, first, who=desk.tlee, consent=BOTH, consent_how=ConsentHow.FORM)
    assert consent_history(desk, ruiz.id) == [
        ("text", "in person", "mgarcia", None, None),
        ("email", "form", "tlee", None, None),
    ]


async def test_another_edit_leaves_the_consent_alone(desk, ruiz):
    given = (await edit(desk, ruiz, consent=BOTH)).patient
    await edit(desk, given, note="x", consent_how=ConsentHow.PHONE)
    assert [row[3:] for row in consent_history(desk, ruiz.id)] == [(None, None)] * 2


async def test_who_opted_out_meanwhile_is_not_opted_in_again(desk, ruiz):
    given = (await edit(desk, ruiz, consent=BOTH)).patient

    def opt_out(session):
        row = session.scalars(select(ConsentRow).where(ConsentRow.channel == "email")).one()
        row.ended_at, row.ended_how, row.ended_kind, row.ended_name = NOW, "online", "enrollment", "Ana Ruiz"

    desk.database.write_now(opt_out)
    with pytest.raises(PatientChanged) as clash:
        await edit(desk, given, note="x")
    assert [(c.name, c.theirs, c.clashes) for c in clash.value.changes] == [
        ("note", "", False),
        ("consent", frozenset({Channel.TEXT}), False),
    ]
    assert len(consent_history(desk, ruiz.id)) == 2


async def test_an_alert_is_added_and_ended(desk, ruiz):
    both = (await edit(desk, ruiz, alerts=(NEEDLES, Alert(text="Deaf")))).patient
    one = (await edit(desk, both, alerts=both.alerts[1:])).patient
    assert [alert.text for alert in one.alerts] == ["Deaf"]
    assert [(r.text, r.ended_at) for r in rows_of(desk, AlertRow, AlertRow.id)] == [
        ("Fear of needles", NOW),
        ("Deaf", None),
    ]


# -- two clerks at one patient


async def test_disjoint_fields_are_merged_once_the_clerk_agrees(desk, ruiz):
    await edit(desk, ruiz, who=desk.tlee, phones=(Phone(kind="mobile", number="555 010 7777"),))
    with pytest.raises(PatientChanged) as changed:
        await edit(desk, ruiz, email="ana@example.com", at=NOW + timedelta(seconds=40))
    assert str(changed.value) == "tlee changed this patient 40 s ago."
    assert [(c.name, c.is_mine, c.clashes) for c in changed.value.changes] == [
        ("phones", False, False),
        ("email", True, False),
    ]
    theirs = changed.value.theirs
    draft = put(profile_of(theirs), replace(profile_of(ruiz), email="ana@example.com"), ["email"])
    saved = await Profiles(desk.database, desk.clinic).edit(desk.act(), draft, base=theirs)
    assert (saved.patient.phone, saved.patient.email) == ("555 010 7777", "ana@example.com")


async def test_a_clash_carries_base_theirs_and_mine(desk, ruiz):
    await edit(desk, ruiz, who=desk.tlee, email="theirs@example.com", note="same")
    with pytest.raises(PatientChanged) as changed:
        await edit(desk, ruiz, email="mine@example.com", note="same")
    clash, same = changed.value.changes
    assert (clash.base, clash.theirs, clash.mine, clash.clashes) == (
        None,
        "theirs@example.com",
        "mine@example.com",
        True,
    )
    assert (same.name, same.clashes) == ("note", False)
    assert (await desk.people.patient(ruiz.id)).email == "theirs@example.com"


async def test_what_both_changed_alike_is_no_question(desk, ruiz):
    await edit(desk, ruiz, who=desk.tlee, email="ana@example.com")
    assert (await edit(desk, ruiz, email="ANA@EXAMPLE.COM".lower())).sentence == NOTHING


async def test_a_consent_given_on_both_sides_is_one(desk, ruiz):
    await edit(desk, ruiz, who=desk.tlee, consent=BOTH)
    with pytest.raises(PatientChanged):
        await edit(desk, ruiz, consent=BOTH, note="x")
    assert len(consent_history(desk, ruiz.id)) == 2


async def test_of_two_saves_at_one_moment_one_wins_and_the_other_sees_who(desk, ruiz):
    saves = [edit(desk, ruiz, who=who, email=f"{who.name}@example.com") for who in (desk.mgarcia, desk.tlee)]
    first, second = await asyncio.gather(*saves, return_exceptions=True)
    assert first.patient.email == "mgarcia@example.com"
    assert isinstance(second, PatientChanged)
    assert second.who == "mgarcia"


async def test_two_desks_with_their_own_connections_do_not_overwrite(desk, ruiz):
    url = desk.database.url.render_as_string(hide_password=False)
    others = [Database(url) for _ in range(4)]

    async def save(number, database):
        draft = replace(profile_of(ruiz), note=f"from {number}")
        return await Profiles(database, desk.clinic).edit(desk.act(), draft, base=ruiz)

    ends = await asyncio.gather(*(save(n, d) for n, d in enumerate(others)), return_exceptions=True)
    for database in others:
        await database.close()
    won = [end for end in ends if not isinstance(end, BaseException)]
    assert len(won) == 1
    assert sum(isinstance(end, PatientChanged) for end in ends) == 3
    assert (await desk.people.patient(ruiz.id)).note == won[0].patient.note


# -- taking it back


async def test_u_puts_every_field_back(desk, ruiz):
    start = (await edit(desk, ruiz, alerts=(NEEDLES,), consent=BOTH, email="ana@example.com")).patient
    await edit(
        desk,
        start,
        last_name="Ruiz-Park",
        birth_date=date(1985, 3, 2),
        sex=Sex.FEMALE,
        phones=(),
        email=None,
        preferred_provider_id=desk.providers["Dr Chen"].id,
        note="x",
        alerts=(Alert(text="Deaf"),),
        active=False,
        inactive_reason="moved",
        consent=frozenset(),
    )
    said = await undo(desk)
    assert said == "Took back: Saved RUIZ, Ana: 10 fields."
    back = await desk.people.patient(ruiz.id)
    assert profile_of(back) == profile_of(start)
    assert back.alerts == start.alerts
    assert [found.id for found in (await desk.people.find("ruiz", today=date(2026, 3, 2))).rows] == [ruiz.id]


async def test_u_ends_a_consent_given_and_gives_an_ended_one_anew(desk, ruiz):
    given = (await edit(desk, ruiz, consent=BOTH)).patient
    await undo(desk)
    assert (await desk.people.patient(ruiz.id)).consent_word == "no"
    assert [row[3] for row in consent_history(desk, ruiz.id)] == ["in person"] * 2
    now = await desk.people.patient(ruiz.id)
    given = (await edit(desk, now, consent=BOTH)).patient
    await edit(desk, given, consent=frozenset(), consent_how=ConsentHow.PHONE)
    await undo(desk)
    history = consent_history(desk, ruiz.id)
    assert (await desk.people.patient(ruiz.id)).consent_word == "yes"
    assert len(history) == 6
    assert [row[3] for row in history[2:]] == ["phone", "phone", None, None]


async def test_u_again_takes_the_edit_before(desk, ruiz):
    once = (await edit(desk, ruiz, note="one")).patient
    await edit(desk, once, note="two")
    await undo(desk)
    assert (await desk.people.patient(ruiz.id)).note == "one"
    await undo(desk)
    assert (await desk.people.patient(ruiz.id)).note == ""


async def test_u_is_refused_once_a_colleague_has_saved(desk, ruiz):
    mine = (await edit(desk, ruiz, note="mine")).patient
    await edit(desk, mine, who=desk.tlee, email="ana@example.com")
    with pytest.raises(ChangedElsewhere, match="A colleague has changed it since"):
        await undo(desk)
    kept = await desk.people.patient(ruiz.id)
    assert (kept.note, kept.email) == ("mine", "ana@example.com")


async def test_who_took_back_is_who_changed_it_last(desk, ruiz):
    await edit(desk, ruiz, who=desk.tlee, note="theirs")
    opened = await desk.people.patient(ruiz.id)
    await undo(desk, desk.tlee)
    with pytest.raises(PatientChanged) as changed:
        await edit(desk, opened, email="ana@example.com")
    assert changed.value.who == "tlee"
    assert [c.name for c in changed.value.changes] == ["email", "note"]


async def test_erasing_takes_what_was_said_of_an_edit_with_it(desk, ruiz):
    await edit(desk, ruiz, note="a secret")
    await undo(desk)
    await desk.people.erase(desk.act(desk.manager), ruiz.id, legal_request="asked in writing")
    audits = {row.seq for row in rows_of(desk, AuditRow) if row.act in {"edit_patient", "undo"}}
    assert audits.isdisjoint({row.seq for row in rows_of(desk, AuditDetailRow)})


# -- an invited patient's address


async def invited(desk, ruiz):
    reachable = (await edit(desk, ruiz, email="ana@old.example.com", consent=BOTH)).patient
    desk.database.write_now(
        lambda session: inviting.invite(session, desk.clinic, desk.act(), ruiz.id, source=Source.PATIENT_INFORMATION)
    )
    return reachable


async def test_a_changed_address_names_the_two_steps_left(desk, ruiz):
    reachable = await invited(desk, ruiz)
    edited = await edit(desk, reachable, email="ana@new.example.com")
    assert edited.sentence == STEPS_LEFT
    assert len(STEPS_LEFT) < 80
    assert (await edit(desk, edited.patient, email=None)).sentence == REMOVING_LEFT
    back = await desk.people.patient(ruiz.id)
    assert (await edit(desk, back, email="ANA@old.EXAMPLE.com")).sentence.endswith("u takes it back.")


async def test_a_removed_one_leaves_the_sending(desk, ruiz):
    reachable = await invited(desk, ruiz)
    desk.database.write_now(lambda session: inviting.remove(session, desk.clinic, desk.act(), ruiz.id))
    assert (await edit(desk, reachable, email="ana@new.example.com")).sentence == SENDING_LEFT


async def test_other_fields_say_nothing_of_the_steps(desk, ruiz):
    reachable = await invited(desk, ruiz)
    stale = (await edit(desk, reachable, email="ana@new.example.com")).patient
    assert (await edit(desk, stale, note="x")).sentence == "Saved RUIZ, Ana: note. u takes it back."


async def test_a_row_of_another_clinic_is_not_found(desk, ruiz):
    with pytest.raises(NotFound):
        await Profiles(desk.database, replace(desk.clinic, id=99)).edit(
            desk.act(), replace(profile_of(ruiz), note="x"), base=ruiz
        )
    assert [row.note for row in rows_of(desk, PatientRow) if row.id == ruiz.id] == [""]


@pytest.mark.parametrize(
    ("passed", "words"),
    [
        (-5, "0 s ago"),
        (40, "40 s ago"),
        (90, "1 min ago"),
        (3600, "1 h ago"),
        (90000, "25 h ago"),
        (300000, "3 days ago"),
    ],
)
def test_how_long_ago_it_was(passed, words):
    assert ago(timedelta(seconds=passed)) == words
