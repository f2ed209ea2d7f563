"""Taking back what was done with invitations: in turn, whole, and not once it has left or a colleague was there."""

from datetime import timedelta

import pytest

from ctfront.data import ledger, outbox
from ctfront.data.models import AuditRow
from ctfront.domain.errors import (
    ChangedElsewhere,
    NothingToUndo,
)
from ctfront.domain.invitations import Change, Source
from ctfront.services import accepting
from ctfront.services.inviting import Inviting
from tests.clinics import NOW
from tests.invited import enroll
from tests.sendings import (
    begin_to_send,
    deliver,
    fail,
    finish,
    mails_of,
    put_on_record,
    reachable,
    rows_of,
    withhold,
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


def invite(desk, inviting, at=NOW):
    return inviting.invite(desk.act(at=at), desk.patients["RUIZ"], source=Source.PATIENT_INFORMATION)


async def undo(desk, who=None, at=LATER) -> str:
    return await desk.scheduling.undo(desk.act(who, at))


async def standing(desk, inviting):
    ana = desk.patients["RUIZ"]
    return (await inviting.access([ana], now=LATER))[ana].standing


def whole(desk) -> bool:
    return not desk.database.write_now(lambda session: ledger.broken_links(session, desk.clinic.id))


async def test_what_was_taken_back_leaves_no_trace_in_how_the_patient_stands(desk, inviting, ana):
    untouched = (await inviting.access([ana], now=LATER))[ana]
    await invite(desk, inviting)
    assert await undo(desk) == "Took back: Invitation queued for ana@example.org."
    assert (await inviting.access([ana], now=LATER))[ana] == untouched
    assert mails_of(desk) == [("invitation", "withdrawn")]
    assert (await invite(desk, inviting)).startswith("Invitation queued for")
    assert whole(desk)


async def test_acts_are_taken_back_in_turn(desk, inviting, ana):
    await invite(desk, inviting, at=LATER)
    deliver(desk)
    sent = [await standing(desk, inviting)]
    await inviting.remove(desk.act(at=LATER), ana)
    sent.append(await standing(desk, inviting))
    await inviting.send(desk.act(at=LATER), ana)
    put_on_record(desk, "RUIZ", email=NEW)
    sent.append(await standing(desk, inviting))
    await inviting.replace(desk.act(at=LATER), ana)
    assert [row[0] for row in rows_of(desk)] == ["removed", "removed", "queued"]
    assert (await undo(desk)).startswith("Took back: The invitation to ana@example.org is removed")
    assert await standing(desk, inviting) == sent.pop()
    assert mails_of(desk) == [("invitation", "sent"), ("reactivated", "queued"), ("replaced", "withdrawn")]
    put_on_record(desk, "RUIZ", email=ANA)
    assert await undo(desk) == "Took back: Invitation reactivated for ana@example.org with a new link."
    assert await standing(desk, inviting) == sent.pop()
    assert await undo(desk) == "Took back: Removed RUIZ, Ana’s invitation."
    assert await standing(desk, inviting) == sent.pop()
    with pytest.raises(NothingToUndo, match=r"has left; Remove \(x\) in Patient Access"):
        await undo(desk)
    assert whole(desk)


async def test_send_again_taken_back_revives_the_former_link(desk, inviting, ana):
    await invite(desk, inviting)
    secret = deliver(desk)
    await inviting.send(desk.act(at=LATER), ana)
    assert not opens(desk, secret)
    await undo(desk)
    assert opens(desk, secret)


def opens(desk, secret: str) -> bool:
    """Whether a link opens an invitation now; the try is rolled back by nobody, it is only looked at."""
    return desk.database.write_now(lambda session: accepting._invited(session, desk.clinic, secret, LATER)) is not None


@pytest.mark.parametrize("begun", [begin_to_send, deliver, fail])
async def test_what_has_begun_to_leave_is_not_taken_back(desk, inviting, ana, begun):
    await invite(desk, inviting)
    begun(desk)
    before = rows_of(desk)
    with pytest.raises(NothingToUndo, match=r"has left; Remove \(x\) in Patient Access \(F4\)"):
        await undo(desk)
    assert rows_of(desk) == before


async def test_what_was_withheld_never_left(desk, inviting, ana):
    await invite(desk, inviting)
    withhold(desk)
    with pytest.raises(NothingToUndo, match="was withheld and never left"):
        await undo(desk)


async def test_what_a_colleague_has_touched_is_not_taken_back(desk, inviting, ana):
    await invite(desk, inviting)
    await inviting.remove(desk.act(desk.tlee, LATER), ana)
    with pytest.raises(ChangedElsewhere, match="it is removed now; see Patient Access"):
        await undo(desk)
    await inviting.send(desk.act(at=LATER), ana)
    with pytest.raises(ChangedElsewhere, match="A colleague has changed that invitation since"):
        await undo(desk, desk.tlee)
    await undo(desk)
    await undo(desk, desk.tlee)
    assert (rows_of(desk)[0][0], mails_of(desk)[0][1]) == ("queued", "queued")
    await undo(desk)
    assert (await standing(desk, inviting)).state is None


async def test_one_that_is_being_sent_may_go_on_when_its_removal_is_taken_back(desk, inviting, ana):
    await invite(desk, inviting)
    begin_to_send(desk)
    await inviting.remove(desk.act(at=LATER), ana)
    await undo(desk)
    finish(desk, "RUIZ", Change.DELIVER, outbox.SENT)
    assert rows_of(desk) == [("sent", ANA, True)]


async def test_no_link_is_revived_beside_an_enrollment(desk, inviting, ana):
    await invite(desk, inviting)
    deliver(desk)
    await inviting.remove(desk.act(at=LATER), ana)
    desk.database.write_now(lambda s: enroll(s, desk.clinic, desk.act(desk.tlee, LATER), ana, "x@example.org"))
    with pytest.raises(ChangedElsewhere, match="has been enrolled since"):
        await undo(desk)
    assert rows_of(desk) == [("removed", ANA, True)]


async def test_every_act_is_in_the_audit_trail(desk, inviting, ana):
    await invite(desk, inviting)
    await inviting.remove(desk.act(), ana)
    await inviting.reactivate(desk.act(), ana)
    await undo(desk, at=LATER)
    acts = desk.database.write_now(
        lambda s: [r.act for r in s.execute(AuditRow.__table__.select().where(AuditRow.op_id.like("test-%")))]
    )
    assert acts == ["invite", "remove_invitation", "invite", "undo"]
    assert whole(desk)
