"""Two records of one person: found, looked at side by side, merged by the stated rules, and parted again."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from sqlalchemy import text

from ctfront.domain.errors import ChangedElsewhere, NotAllowed, NotFound, PatientBusy
from ctfront.domain.families import Relation
from ctfront.domain.invitations import InvitationState, Source
from ctfront.domain.merging import MergeRefused
from ctfront.domain.patients import Alert, Channel, PatientDraft, Phone
from ctfront.domain.staff import Actor, ActorKind
from ctfront.services.duplicates import Duplicates
from ctfront.services.enrolling import end_enrollment
from ctfront.services.inviting import Inviting
from ctfront.services.patients import add_patient
from tests.clinics import MONDAY, NOW
from tests.invited import enroll
from tests.sendings import deliver, last_of, reachable, set_consent

STATE = {
    "patients": "SELECT id, last_name, first_name, email, note, merged_into_id FROM patient ORDER BY id",
    "appointments": "SELECT id, patient_id FROM appointment ORDER BY id",
    "seats": "SELECT resource_id, slot, appointment_id FROM seat WHERE kind = 'T' ORDER BY 1, 2",
    "phones": "SELECT patient_id, position, number FROM patient_phone ORDER BY 1, 2",
    "alerts": "SELECT patient_id, text FROM patient_alert ORDER BY 1, 2",
    "names": "SELECT patient_id, name FROM patient_name ORDER BY 1, 2",
    "consent": "SELECT patient_id, channel FROM consent WHERE ended_at IS NULL ORDER BY 1, 2",
    "invitations": "SELECT id, patient_id, state, is_last, secret_digest FROM invitation ORDER BY id",
    "enrollments": "SELECT patient_id, account_id FROM enrollment WHERE ended_at IS NULL ORDER BY 1, 2",
    "families": "SELECT patient_id, other_id, kind FROM patient_relation ORDER BY 1, 2",
    "mails": "SELECT patient_id, state FROM outbox ORDER BY id",
}


def state_of(desk):
    def read(session):
        return {name: [tuple(row) for row in session.execute(text(query))] for name, query in STATE.items()}

    return desk.database.write_now(read)


@pytest.fixture
def duplicates(desk):
    return Duplicates(desk.database, desk.clinic)


@pytest.fixture
def again(desk):
    """Ana Ruiz once more, under her married name."""
    draft = PatientDraft(
        last_name="Ruiz-Vega",
        first_name="Ana",
        birth_date=date(1984, 3, 2),
        email="ana@example.org",
        phones=(Phone(kind="home", number="(555) 010-9999"), Phone(kind="mobile", number="(555) 010-4431")),
        note="prefers mornings",
        consent=frozenset({Channel.EMAIL}),
        alerts=(Alert(text="Fear of needles"),),
    )
    act = desk.act()
    desk.patients["AGAIN"] = desk.database.write_now(
        lambda session: add_patient(session, desk.clinic, act, draft, another_person=True)
    )
    return desk.patients["AGAIN"]


async def found(duplicates):
    return [(pair.first.name, pair.second.name, pair.why) for pair in (await duplicates.find(lambda *_: None)).pairs]


async def test_the_review_finds_who_new_patient_would_have_asked_about(desk, duplicates, again):
    assert await found(duplicates) == [("RUIZ, Ana", "RUIZ-VEGA, Ana", "born, name, phone")]
    said = await duplicates.not_same(desk.act(), again, desk.patients["RUIZ"])
    assert said == "#10009 and #10001 are two people; not listed again."
    assert await found(duplicates) == []


async def test_the_review_tells_how_far_it_is_and_can_be_stopped(desk, duplicates, again):
    told = []
    assert not (await duplicates.find(lambda done, total: told.append((done, total)))).stopped
    assert told == [(9, 9)]
    stopped = await duplicates.find(lambda *_: None, lambda: True)
    assert (stopped.stopped, stopped.pairs) == (True, ())


async def test_everything_goes_over_and_comes_back_exactly(desk, duplicates, again):
    kept = desk.patients["RUIZ"]
    visit = desk.book("AGAIN", "Dr Alvarez", "9:00")
    desk.book("RUIZ", "Dr Alvarez", "10:00")
    await Inviting(desk.database, desk.clinic).invite(desk.act(), again, source=Source.PATIENT_INFORMATION)
    deliver(desk, "AGAIN")
    before = state_of(desk)
    said = await duplicates.merge(desk.act(), kept, again)
    assert said == "Merged #10009 into RUIZ, Ana #10001."
    one = await desk.people.patient(kept)
    assert [phone.number for phone in one.phones] == ["(555) 010-4431", "(555) 010-9999"]
    assert (one.email, one.note, one.former_names) == ("ana@example.org", "prefers mornings", ("Ruiz-Vega",))
    assert [alert.text for alert in one.alerts] == ["Fear of needles"]
    assert one.consents_to(Channel.EMAIL)
    assert [it.start.hour for it in await desk.people.appointments_of(kept)] == [10, 9]
    assert [row.id for row in (await desk.people.find("ruiz-vega", today=MONDAY)).rows] == [kept]
    with pytest.raises(NotFound):
        await desk.people.patient(again)
    assert (await desk.scheduling.appointment(visit.id)).patient.id == kept
    assert await desk.scheduling.undo(desk.act()) == f"Took back: {said}"
    assert state_of(desk) == before


async def test_families_are_united_and_parted_exactly(desk, duplicates, again):
    kept = desk.patients["RUIZ"]

    async def relate(one, other, relation, known=None):
        await desk.people.relate(desk.act(), one, desk.patients[other], relation, known=known)

    async def family(of):
        return {it.patient.last_name: it.relation for it in await desk.people.family(of)}

    await relate(again, "LEE", Relation.CHILD)
    await relate(again, "KAPOOR", Relation.OTHER)
    await relate(again, "RUIZ", Relation.OTHER)
    await relate(again, "OKAFOR", Relation.GUARDIAN)
    await relate(kept, "KAPOOR", Relation.PARTNER)
    before = state_of(desk)
    shown = {
        line.label: (line.kept, line.gone, line.after)
        for line in (await duplicates.preview(desk.act(), kept, again)).lines
    }
    assert shown["Family"] == ("2", "4", "3")
    await duplicates.merge(desk.act(), kept, again)
    united = {"LEE": Relation.CHILD, "KAPOOR": Relation.PARTNER, "OKAFOR": Relation.GUARDIAN}
    assert await family(kept) == united
    assert await family(desk.patients["LEE"]) == {"RUIZ": Relation.GUARDIAN}
    await desk.scheduling.undo(desk.act())
    assert state_of(desk) == before


async def test_whom_a_colleague_related_otherwise_since_stays_with_the_kept_record(desk, duplicates, again):
    kept, lee = desk.patients["RUIZ"], desk.patients["LEE"]
    await desk.people.relate(desk.act(), again, lee, Relation.CHILD, known=None)
    await duplicates.merge(desk.act(), kept, again)
    await desk.people.relate(desk.act(desk.tlee), kept, lee, Relation.PARTNER, known=Relation.CHILD)
    await desk.scheduling.undo(desk.act())
    assert [it.relation for it in await desk.people.family(kept)] == [Relation.PARTNER]
    assert await desk.people.family(again) == ()


async def test_a_merged_record_is_not_booked_and_its_place_is_the_kept_ones(desk, duplicates, again):
    desk.book("AGAIN", "Dr Alvarez", "9:00")
    await duplicates.merge(desk.act(), desk.patients["RUIZ"], again)
    with pytest.raises(NotFound):
        await desk.scheduling.book(desk.act(), desk.draft("AGAIN", "Dr Chen", "11:00"))
    with pytest.raises(PatientBusy):
        await desk.scheduling.book(desk.act(), desk.draft("RUIZ", "Dr Chen", "9:00"))


async def test_two_log_ins_are_refused_with_the_way_on_and_nothing_is_done(desk, duplicates, again):
    for patient_id, address in ((desk.patients["RUIZ"], "a@example.org"), (again, "b@example.org")):
        act = desk.act()
        desk.database.write_now(lambda s, p=patient_id, a=address, act=act: enroll(s, desk.clinic, act, p, a))
    before = state_of(desk)
    preview = await duplicates.preview(desk.act(), desk.patients["RUIZ"], again)
    with pytest.raises(MergeRefused, match=r"a@example.org and as b@example.org: end one of them first") as refused:
        await duplicates.merge(desk.act(), desk.patients["RUIZ"], again)
    assert preview.refusal == str(refused.value)
    assert state_of(desk) == before
    act = desk.act()
    desk.database.write_now(lambda session: end_enrollment(session, desk.clinic, act, again))
    await duplicates.merge(desk.act(), desk.patients["RUIZ"], again)
    assert (await desk.people.patient(desk.patients["RUIZ"])).enrolled


async def test_an_enrollment_goes_over_and_the_invitation_of_the_kept_record_gives_way(desk, duplicates, again):
    reachable(desk, "RUIZ")
    await Inviting(desk.database, desk.clinic).invite(
        desk.act(), desk.patients["RUIZ"], source=Source.PATIENT_INFORMATION
    )
    act = desk.act()
    desk.database.write_now(lambda session: enroll(session, desk.clinic, act, again, "b@example.org"))
    before = state_of(desk)
    act = desk.act()
    await duplicates.merge(act, desk.patients["RUIZ"], again)
    assert await duplicates.merge(act, desk.patients["RUIZ"], again) == "Merged #10009 into RUIZ, Ana #10001."
    one = await desk.people.patient(desk.patients["RUIZ"])
    assert one.enrolled
    assert state_of(desk)["mails"] == [(one.id, "withdrawn")]
    [merged] = await duplicates.merged(NOW)
    await duplicates.part(desk.act(), merged.id)
    assert state_of(desk) == before


async def test_of_two_invitations_the_kept_ones_stands_and_the_other_link_is_dead(desk, duplicates, again):
    reachable(desk, "RUIZ")
    for patient in ("RUIZ", "AGAIN"):
        patient_id = desk.patients[patient]
        await Inviting(desk.database, desk.clinic).invite(desk.act(), patient_id, source=Source.PATIENT_INFORMATION)
        deliver(desk, patient)
    before = state_of(desk)
    await duplicates.merge(desk.act(), desk.patients["RUIZ"], again)
    assert desk.database.write_now(lambda session: last_of(session, desk, "RUIZ").state) == InvitationState.SENT
    assert [(row[2], row[3]) for row in state_of(desk)["invitations"]] == [("sent", True), ("removed", False)]
    await desk.scheduling.undo(desk.act())
    assert state_of(desk) == before


@pytest.mark.parametrize(
    ("kept_says", "gone_says", "after"),
    [
        ([(True, 1)], [(True, 0), (False, 2)], False),
        ([(True, 3)], [(True, 0), (False, 2)], True),
        ([], [(True, 0)], True),
        ([(True, 0), (False, 1)], [(True, 2)], False),
    ],
)
async def test_a_refusal_beats_a_consent_unless_the_kept_record_has_its_own_later(
    desk, duplicates, again, kept_says, gone_says, after
):
    kept = desk.patients["RUIZ"]
    desk.database.write_now(lambda session: session.execute(text("DELETE FROM consent")))
    for patient_id, said in ((kept, kept_says), (again, gone_says)):
        for consents, hour in said:
            at = NOW + timedelta(hours=hour)
            desk.database.write_now(lambda s, p=patient_id, c=consents, at=at: set_consent(s, desk, p, c, at))
    before = state_of(desk)["consent"]
    preview = await duplicates.preview(desk.act(), kept, again)
    await duplicates.merge(desk.act(), kept, again)
    assert (await desk.people.patient(kept)).consents_to(Channel.EMAIL) == after
    assert next(line.after for line in preview.lines if line.label == "Emails") == ("yes" if after else "no")
    await desk.scheduling.undo(desk.act())
    assert state_of(desk)["consent"] == before


async def test_who_is_expected_twice_at_one_time_is_refused_with_the_list(desk, duplicates, again):
    desk.book("RUIZ", "Dr Alvarez", "9:00")
    desk.book("AGAIN", "Dr Chen", "9:00")
    before = state_of(desk)
    with pytest.raises(MergeRefused, match=r"Mon 2 Mar 9:00 Dr Alvarez and 9:00 Dr Chen\. Move or cancel one of them"):
        await duplicates.merge(desk.act(), desk.patients["RUIZ"], again)
    assert state_of(desk) == before


async def test_after_thirty_days_they_stay_one(desk, duplicates, again):
    await duplicates.merge(desk.act(), desk.patients["RUIZ"], again)
    [merged] = await duplicates.merged(NOW)
    late = replace(desk.act(), at=NOW + timedelta(days=30, minutes=1))
    with pytest.raises(MergeRefused, match="merged on 2 Mar 2026; after 30 days they stay one"):
        await duplicates.part(late, merged.id)
    assert await duplicates.merged(late.at) == ()


async def test_a_record_merged_further_is_parted_from_the_last_on(desk, duplicates, again):
    await duplicates.merge(desk.act(), desk.patients["RUIZ"], again)
    [first] = await duplicates.merged(NOW)
    await duplicates.merge(desk.act(), desk.patients["LEE"], desk.patients["RUIZ"])
    with pytest.raises(MergeRefused, match="merged further or erased; part that one first"):
        await duplicates.part(desk.act(), first.id)
    await desk.scheduling.undo(desk.act())
    await duplicates.part(desk.act(), first.id)
    with pytest.raises(MergeRefused, match="parted already"):
        await duplicates.part(desk.act(), first.id)


async def test_a_colleague_who_sent_again_since_keeps_the_invitations_as_they_are(desk, duplicates, again):
    reachable(desk, "RUIZ")
    for patient in ("RUIZ", "AGAIN"):
        patient_id = desk.patients[patient]
        await Inviting(desk.database, desk.clinic).invite(desk.act(), patient_id, source=Source.PATIENT_INFORMATION)
    await duplicates.merge(desk.act(), desk.patients["RUIZ"], again)
    desk.database.write_now(
        lambda session: session.execute(text("UPDATE invitation SET state_at = state_at + 1 WHERE state = 'removed'"))
    )
    before = state_of(desk)
    with pytest.raises(ChangedElsewhere, match="changed that invitation since"):
        await desk.scheduling.undo(desk.act())
    assert state_of(desk) == before


async def test_without_the_right_nothing_is_merged(desk, duplicates, again):
    nobody = Actor(kind=ActorKind.STAFF, id=desk.tlee.id, name="Tom Lee", rights=frozenset())
    with pytest.raises(NotAllowed):
        await duplicates.merge(desk.act(nobody), desk.patients["RUIZ"], again)
    with pytest.raises(MergeRefused, match="one record already"):
        await duplicates.merge(desk.act(), again, again)


async def test_erasing_the_kept_record_erases_what_was_merged_into_it(desk, duplicates, again):
    await duplicates.merge(desk.act(), desk.patients["RUIZ"], again)
    await desk.people.erase(desk.act(desk.manager), desk.patients["RUIZ"], legal_request="asked in writing")
    assert {row[1] for row in state_of(desk)["patients"] if row[0] in {again, desk.patients["RUIZ"]}} == {"(erased)"}
    kept = "SELECT moved FROM patient_merge"
    assert desk.database.write_now(lambda session: session.execute(text(kept)).scalars().all()) == ["{}"]
