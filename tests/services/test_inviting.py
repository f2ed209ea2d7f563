"""The clerk's acts on invitations: what is done, what is refused and leaves nothing, what is taken back."""

import asyncio
from dataclasses import replace
from datetime import timedelta

import pytest

from ctfront.data import ledger
from ctfront.data.models import AuditRow, EnrollmentRow, InvitationRow, OutboxRow
from ctfront.domain.errors import (
    ChangedElsewhere,
    InvitationRefused,
    NoConsent,
    NoEmail,
    NotAllowed,
    NotFound,
)
from ctfront.domain.invitations import InvitationState, Sending, Source
from ctfront.domain.staff import Right
from ctfront.services.inviting import Expected, Inviting
from tests.clinics import NOW
from tests.sendings import (
    bring_to,
    deliver,
    mails_of,
    put_on_record,
    reachable,
    rows_of,
)

ANA, NEW = "ana@example.org", "ana.ruiz@example.org"
LATER = NOW + timedelta(seconds=10, microseconds=123_456)
"""Between two milliseconds, as a real clock is."""


@pytest.fixture
def inviting(desk) -> Inviting:
    return Inviting(desk.database, desk.clinic)


@pytest.fixture
def ana(desk) -> int:
    return reachable(desk)


def invite(desk, inviting, who=None, at=NOW, source=Source.PATIENT_INFORMATION, patient="RUIZ"):
    return inviting.invite(desk.act(who, at), desk.patients[patient], source=source)


async def undo(desk, who=None, at=LATER) -> str:
    return await desk.scheduling.undo(desk.act(who, at))


async def standing(desk, inviting, now=LATER, patient="RUIZ"):
    patient_id = desk.patients[patient]
    return (await inviting.access([patient_id], now=now))[patient_id].standing


def kept(desk):
    """Everything that an act could have left."""
    tables = (InvitationRow, OutboxRow, AuditRow, EnrollmentRow)
    return desk.database.write_now(
        lambda session: [[tuple(row) for row in session.execute(t.__table__.select())] for t in tables]
    )


def whole(desk) -> bool:
    return not desk.database.write_now(lambda session: ledger.broken_links(session, desk.clinic.id))


# -- done


@pytest.mark.parametrize("source", [Source.PATIENT_INFORMATION, Source.NEW_PATIENT, Source.COMMAND])
async def test_an_invitation_is_queued_with_its_mail(desk, inviting, ana, source):
    said = await invite(desk, inviting, source=source)
    assert said == "Invitation queued for ana@example.org; it leaves in 30 s. u takes it back."
    assert rows_of(desk) == [("queued", ANA, True)]
    assert mails_of(desk) == [("invitation", "queued")]
    access = (await inviting.access([ana], now=NOW))[ana]
    assert (access.invitation.source, access.invitation.sent_by, access.standing.state) == (
        source,
        "mgarcia",
        InvitationState.QUEUED,
    )
    row = desk.database.write_now(lambda s: s.execute(OutboxRow.__table__.select()).one())
    assert (row.next_at - NOW, row.address, row.by_name) == (timedelta(seconds=30), ANA, "mgarcia")
    assert whole(desk)


@pytest.mark.parametrize("state", [InvitationState.FAILED, InvitationState.WITHHELD, InvitationState.EXPIRED])
async def test_the_desk_sends_again_after_one_that_came_to_nothing(desk, inviting, ana, state):
    await invite(desk, inviting, at=NOW - timedelta(days=8))
    bring_to(desk, "RUIZ", state)
    assert (await invite(desk, inviting)).startswith("New invitation queued for ana@example.org;")
    assert rows_of(desk) == [(state.value, ANA, False), ("queued", ANA, True)]


async def test_an_expiry_that_is_over_is_nobodys_act(desk, inviting, ana):
    await invite(desk, inviting, at=NOW - timedelta(days=8))
    bring_to(desk, "RUIZ", InvitationState.EXPIRED)
    assert rows_of(desk) == [("sent", ANA, True)]
    await invite(desk, inviting)
    row = desk.database.write_now(lambda s: s.execute(InvitationRow.__table__.select()).first())
    assert (row.state, row.state_by_kind, row.state_at) == ("expired", "system", row.expires_at)


SENDINGS = [
    (None, "Invitation queued for ana@example.org;", "invitation", None),
    (InvitationState.SENT, "Invitation queued again for ana@example.org, the old link is dead;", "again", "removed"),
    (InvitationState.LOCKED, "Invitation queued again for ana@example.org, the old link is dead;", "again", "removed"),
    (InvitationState.REMOVED, "Invitation reactivated for ana@example.org with a new link;", "reactivated", "removed"),
    (InvitationState.FAILED, "New invitation queued for ana@example.org;", "new", "failed"),
    (InvitationState.WITHHELD, "New invitation queued for ana@example.org;", "new", "withheld"),
    (InvitationState.EXPIRED, "New invitation queued for ana@example.org;", "new", "expired"),
]


@pytest.mark.parametrize(("state", "words", "kind", "before"), SENDINGS)
async def test_patient_access_sends_as_the_row_allows(desk, inviting, ana, state, words, kind, before):
    if state is not None:
        await invite(desk, inviting, at=NOW - timedelta(days=8))
        bring_to(desk, "RUIZ", state)
    assert (await inviting.send(desk.act(), ana)).startswith(words)
    assert rows_of(desk)[-1] == ("queued", ANA, True)
    assert [row[0] for row in rows_of(desk)[:-1]] == ([before] if before else [])
    assert mails_of(desk)[-1] == (kind, "queued")


async def test_a_removal_kills_the_link_and_withdraws_the_mail(desk, inviting, ana):
    await invite(desk, inviting)
    said = await inviting.remove(desk.act(desk.tlee), ana)
    assert said == "Removed RUIZ, Ana’s invitation; link dead. u takes it back."
    assert (rows_of(desk), mails_of(desk)) == ([("removed", ANA, True)], [("invitation", "withdrawn")])


async def test_reactivating_draws_a_new_link(desk, inviting, ana):
    await invite(desk, inviting)
    old = deliver(desk)
    await inviting.remove(desk.act(), ana)
    await inviting.reactivate(desk.act(), ana)
    assert old != deliver(desk)
    assert mails_of(desk) == [("invitation", "sent"), ("reactivated", "sent")]


async def test_replacing_removes_and_sends_as_one_act(desk, inviting, ana):
    await invite(desk, inviting)
    deliver(desk)
    put_on_record(desk, "RUIZ", email=NEW)
    said = await inviting.replace(desk.act(), ana, expected=Expected(sending=Sending.REPLACED, address=NEW))
    assert said.startswith("The invitation to ana@example.org is removed, a new one queued for ana.ruiz@example.org;")
    assert rows_of(desk) == [("removed", ANA, False), ("queued", NEW, True)]
    await undo(desk)
    assert rows_of(desk) == [("sent", ANA, True), ("removed", NEW, False)]


async def test_after_a_change_of_address_remove_and_send_do_it_step_by_step(desk, inviting, ana):
    await invite(desk, inviting)
    deliver(desk)
    put_on_record(desk, "RUIZ", email=NEW)
    with pytest.raises(InvitationRefused, match="x removes the old invitation, then s sends a new one; p does both"):
        await inviting.send(desk.act(), ana)
    await inviting.remove(desk.act(), ana)
    assert (await inviting.send(desk.act(), ana)).startswith("New invitation queued for ana.ruiz@example.org;")


@pytest.mark.parametrize("same", ["ANA@Example.ORG", "ana@example.org"])
async def test_the_case_of_an_address_makes_nothing_stale(desk, inviting, ana, same):
    await invite(desk, inviting)
    put_on_record(desk, "RUIZ", email=same)
    assert not (await standing(desk, inviting)).stale
    put_on_record(desk, "RUIZ", email=NEW)
    assert (await standing(desk, inviting)).stale
    put_on_record(desk, "RUIZ", email=same)
    assert not (await standing(desk, inviting)).stale


async def test_an_international_domain_is_the_same_in_both_its_forms(desk, inviting):
    reachable(desk, "LEE", "min@bücher.example")
    await invite(desk, inviting, patient="LEE")
    put_on_record(desk, "LEE", email="min@xn--bcher-kva.example")
    assert not (await standing(desk, inviting, patient="LEE")).stale


async def test_a_family_shares_an_address(desk, inviting, ana):
    reachable(desk, "KAPOOR", ANA)
    await invite(desk, inviting)
    await invite(desk, inviting, patient="KAPOOR")
    assert rows_of(desk) == rows_of(desk, "KAPOOR") == [("queued", ANA, True)]
    ids = desk.database.write_now(
        lambda s: s.scalars(OutboxRow.__table__.select().with_only_columns(OutboxRow.message_id)).all()
    )
    assert len(set(ids)) == 2


# -- refused


REFUSALS = [
    (InvitationState.QUEUED, "is being invited already, by mgarcia"),
    (InvitationState.SENT, "was invited already, .* by mgarcia; it is sent again in Patient Access only"),
    (InvitationState.LOCKED, "was locked .*; a new one is sent from Patient Access only"),
    (InvitationState.REMOVED, "was removed .*; a new one is sent from Patient Access only"),
]


@pytest.mark.parametrize(("state", "words"), REFUSALS)
@pytest.mark.parametrize("source", [Source.PATIENT_INFORMATION, Source.NEW_PATIENT, Source.COMMAND])
async def test_what_the_desk_may_not_send_leaves_nothing(desk, inviting, ana, state, words, source):
    await invite(desk, inviting)
    bring_to(desk, "RUIZ", state)
    before = kept(desk)
    with pytest.raises(InvitationRefused, match=words):
        await invite(desk, inviting, source=source)
    assert kept(desk) == before


@pytest.mark.parametrize(
    "state",
    [s for s in InvitationState if s not in {InvitationState.ENROLLED, InvitationState.ENDED}],
)
async def test_the_desk_sends_nothing_while_the_last_one_is_stale(desk, inviting, ana, state):
    await invite(desk, inviting, at=NOW - timedelta(days=8))
    bring_to(desk, "RUIZ", state)
    put_on_record(desk, "RUIZ", email=NEW)
    before = kept(desk)
    words = {"removed": "a new one is sent from Patient Access only"}
    steps = "remove the old invitation and send a new one; the last two in"
    with pytest.raises(InvitationRefused, match=words.get(str(state), steps)):
        await invite(desk, inviting)
    assert kept(desk) == before


async def test_whoever_cannot_be_reached_is_not_invited(desk, inviting):
    lee = desk.patients["LEE"]
    with pytest.raises(NoEmail):
        await invite(desk, inviting, patient="LEE")
    put_on_record(desk, "LEE", email="min@example.org")
    with pytest.raises(NoConsent, match="has not consented"):
        await invite(desk, inviting, patient="LEE")
    put_on_record(desk, "LEE", consents=True)
    put_on_record(desk, "LEE", consents=False)
    with pytest.raises(NoConsent, match=r"opted out of emails \(tlee, 2 Mar 2026 7:50\)"):
        await inviting.send(desk.act(), lee)
    put_on_record(desk, "LEE", consents=True, active=False)
    with pytest.raises(InvitationRefused, match="LEE, Min is inactive"):
        await inviting.send(desk.act(), lee)
    assert rows_of(desk, "LEE") == []


@pytest.mark.parametrize("act", ["send", "reactivate", "replace"])
@pytest.mark.parametrize("change", [{"consents": False}, {"active": False}, {"email": None}])
async def test_nothing_is_sent_from_patient_access_to_whom_nothing_may_be_sent(desk, inviting, ana, act, change):
    await invite(desk, inviting)
    if act == "reactivate":
        await inviting.remove(desk.act(), ana)
    else:
        deliver(desk)
    if act == "replace":
        put_on_record(desk, "RUIZ", email=NEW)
    put_on_record(desk, "RUIZ", **change)
    before = kept(desk)
    with pytest.raises(InvitationRefused):
        await getattr(inviting, act)(desk.act(), ana)
    assert kept(desk) == before


@pytest.mark.parametrize("act", ["send", "remove", "reactivate", "replace"])
async def test_every_act_wants_the_right_the_subscription_and_a_patient(desk, inviting, ana, act):
    await invite(desk, inviting)
    before = kept(desk)
    weak = replace(desk.tlee, rights=desk.tlee.rights - {Right.EDIT_PATIENT})
    with pytest.raises(NotAllowed, match="the right “edit patient” is needed"):
        await getattr(inviting, act)(desk.act(weak), ana)
    with pytest.raises(NotFound):
        await getattr(inviting, act)(desk.act(), 9999)
    inviting.clinic = replace(desk.clinic, online=False)
    with pytest.raises(InvitationRefused, match="Online Appointments are off here; a manager can"):
        await getattr(inviting, act)(desk.act(), ana)
    assert kept(desk) == before


async def test_what_changed_between_showing_and_sending_is_told(desk, inviting, ana):
    seen = Expected(sending=Sending.FIRST, address=ANA)
    put_on_record(desk, "RUIZ", email=NEW)
    with pytest.raises(ChangedElsewhere, match="has changed in between; look again"):
        await inviting.send(desk.act(), ana, expected=seen)
    put_on_record(desk, "RUIZ", email=ANA)
    await invite(desk, inviting, who=desk.tlee)
    deliver(desk)
    with pytest.raises(ChangedElsewhere):
        await inviting.send(desk.act(), ana, expected=seen)
    put_on_record(desk, "RUIZ", email=NEW)
    with pytest.raises(ChangedElsewhere):
        await inviting.replace(desk.act(), ana, expected=Expected(sending=Sending.REPLACED, address="x@example.org"))
    assert rows_of(desk) == [("sent", ANA, True)]


async def test_a_retry_does_nothing_twice(desk, inviting, ana):
    act = desk.act()
    await inviting.send(act, ana)
    assert (await inviting.send(act, ana)).startswith("Invitation queued for")
    assert len(rows_of(desk)) == len(mails_of(desk)) == 1
    removal = desk.act()
    await inviting.remove(removal, ana)
    await inviting.reactivate(desk.act(), ana)
    await inviting.remove(removal, ana)
    assert [row[0] for row in rows_of(desk)] == ["removed", "queued"]


async def test_of_two_clerks_at_one_moment_one_wins_and_the_other_is_told_who_did(desk, ana):
    others = [
        Inviting(type(desk.database)(desk.database.url.render_as_string(hide_password=False)), desk.clinic)
        for _ in "ab"
    ]
    clerks = (desk.mgarcia, desk.tlee)
    answers = await asyncio.gather(
        *(
            one.invite(desk.act(clerk), ana, source=Source.PATIENT_INFORMATION)
            for one, clerk in zip(others, clerks, strict=True)
        ),
        return_exceptions=True,
    )
    for one in others:
        await one._database.close()
    [refusal] = [answer for answer in answers if isinstance(answer, InvitationRefused)]
    winner = clerks[1 - answers.index(refusal)]
    assert f"is being invited already, by {winner.name}" in str(refusal)
    assert rows_of(desk) == [("queued", ANA, True)]
    assert mails_of(desk) == [("invitation", "queued")]
