"""A new patient with the invitation: one transaction, or the desk's rule for a patient on record."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from sqlalchemy import select

from ctfront.data.models import ActRow, AuditRow, InvitationRow, OutboxRow, PatientRow
from ctfront.domain.duplicates import LikelyDuplicate
from ctfront.domain.errors import InputRefused, InvitationRefused, NoConsent, NoEmail, NotAllowed
from ctfront.domain.invitations import Change
from ctfront.domain.patients import Channel, PatientDraft
from ctfront.domain.staff import Right
from tests.clinics import NOW
from tests.invited import DAY, invited, mails, reachable, set_email, settle, states

NGUYEN = PatientDraft(
    last_name="Nguyen",
    first_name="Linh",
    birth_date=date(1991, 5, 6),
    email="linh@example.org",
    consent=frozenset(Channel),
)


def rows_of(desk, *tables):
    return [desk.database.write_now(lambda s, t=t: s.execute(select(t.__table__)).all()) for t in tables]


async def test_patient_and_invitation_are_one_act(desk):
    added = await desk.people.add_invited(desk.act(), NGUYEN)
    assert (added.email, added.consent_word) == ("linh@example.org", "yes")
    assert await states(desk) == [("Nguyen", "queued", "linh@example.org", True)]
    assert await mails(desk) == [("invitation", "queued", "linh@example.org")]
    (invitation,), (mail,) = rows_of(desk, InvitationRow, OutboxRow)
    assert (invitation.source, invitation.by_name) == ("new_patient", "mgarcia")
    assert mail.next_at == NOW + timedelta(seconds=30)


async def test_the_hold_of_the_clinic_counts(desk):
    desk.people.hold = timedelta(seconds=2)
    await desk.people.add_invited(desk.act(), NGUYEN)
    (mail,) = rows_of(desk, OutboxRow)[0]
    assert mail.next_at == NOW + timedelta(seconds=2)


async def test_the_same_act_again_adds_and_invites_nobody(desk):
    act = desk.act()
    first = await desk.people.add_invited(act, NGUYEN)
    assert await desk.people.add_invited(act, NGUYEN) == first
    assert len(await mails(desk)) == 1
    assert [row.kind for row in rows_of(desk, ActRow)[0] if row.subject_id == first.id][-2:] == [
        "add_patient",
        "invite",
    ]


async def test_u_takes_the_invitation_back_and_leaves_the_patient(desk):
    added = await desk.people.add_invited(desk.act(), NGUYEN)
    assert await desk.scheduling.undo(desk.act()) == "Took back: Invitation queued for linh@example.org."
    assert await mails(desk) == [("invitation", "withdrawn", "linh@example.org")]
    assert (await desk.people.patient(added.id)).last_name == "Nguyen"
    await desk.people.invite_known(desk.act(), added.id)
    assert [state for _, state, _ in await mails(desk)] == ["withdrawn", "queued"]


@pytest.mark.parametrize(
    ("change", "refusal"),
    [
        ({"email": None}, NoEmail),
        ({"consent": frozenset()}, NoConsent),
        ({"consent": frozenset({Channel.TEXT})}, NoConsent),
        ({"active": False}, InvitationRefused),
        ({"email": "linh@b@c.org"}, InputRefused),
        ({"birth_date": date(1984, 3, 2), "last_name": "Ruiz", "first_name": "Ana"}, LikelyDuplicate),
    ],
)
async def test_what_stands_against_the_one_stands_against_both(desk, change, refusal):
    before = rows_of(desk, PatientRow, ActRow, AuditRow)
    with pytest.raises(refusal):
        await desk.people.add_invited(desk.act(), replace(NGUYEN, **change))
    assert rows_of(desk, PatientRow, ActRow, AuditRow) == before
    assert await states(desk) == []


async def test_without_online_appointments_neither_is_done(desk):
    desk.people.clinic = replace(desk.clinic, online=False)
    before = rows_of(desk, PatientRow, ActRow)
    with pytest.raises(InvitationRefused, match="Online Appointments are off"):
        await desk.people.add_invited(desk.act(), NGUYEN)
    assert rows_of(desk, PatientRow, ActRow) == before


async def test_it_needs_the_right(desk):
    with pytest.raises(NotAllowed):
        await desk.people.add_invited(desk.act(replace(desk.mgarcia, rights=frozenset({Right.BOOK}))), NGUYEN)
    assert await states(desk) == []


async def test_another_person_at_the_same_address_is_invited(desk):
    reachable(desk, "RUIZ", "linh@example.org")
    with pytest.raises(LikelyDuplicate):
        await desk.people.add_invited(desk.act(), NGUYEN)
    await desk.people.add_invited(desk.act(), NGUYEN, another_person=True)
    assert [name for name, *_ in await states(desk)] == ["Nguyen"]


# -- the patient on record instead


def was(change: Change | None):
    def scene(desk):
        reachable(desk, "RUIZ")
        invited(desk, "RUIZ")
        if change is not None:
            settle(desk, "RUIZ", change)

    return scene


def never(desk):
    reachable(desk, "RUIZ")


def without_email(desk):
    pass


def stale(desk):
    was(Change.FAIL)(desk)
    set_email(desk, "RUIZ", "ana@new.example.org")


def without_consent(desk):
    set_email(desk, "RUIZ", "ana@example.org")


@pytest.mark.parametrize(
    "scene", [never, was(Change.FAIL), was(Change.EXPIRE)], ids=["never invited", "failed", "expired"]
)
async def test_the_desk_s_rule_lets_the_known_patient_be_invited(desk, scene):
    scene(desk)
    assert "it leaves in 30 s" in await desk.people.invite_known(desk.act(), desk.patients["RUIZ"])
    assert (await states(desk))[-1] == ("RUIZ", "queued", "ruiz@example.org", True)


@pytest.mark.parametrize(
    ("scene", "words"),
    [
        (was(None), "was invited already"),
        (was(Change.LOCK), "was locked"),
        (was(Change.REMOVE), "was removed"),
        (stale, "the address on record is another one now"),
        (without_email, "has no email address"),
        (without_consent, "has not consented"),
    ],
    ids=["sent", "locked", "removed", "stale", "no email", "no consent"],
)
async def test_the_desk_s_rule_refuses_the_known_patient(desk, scene, words):
    scene(desk)
    before = await states(desk)
    with pytest.raises(InvitationRefused, match=words):
        await desk.people.invite_known(desk.act(at=NOW + DAY / 24), desk.patients["RUIZ"])
    assert await states(desk) == before
