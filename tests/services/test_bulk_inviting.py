"""Many patients as one batch: each decided on its own, stopped and resumed, taken back as one."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from sqlalchemy import event, func, select

from ctfront.data import ledger
from ctfront.data.models import ActRow, AuditRow, ChangeRow, InvitationRow, OutboxRow
from ctfront.domain.errors import InvitationRefused, NotAllowed, NothingToUndo
from ctfront.domain.invitations import Source
from ctfront.domain.patients import Channel, PatientDraft
from ctfront.domain.staff import Right
from ctfront.services.bulk_inviting import PORTION, BulkInviting
from ctfront.services.inviting import Inviting
from ctfront.services.patients import add_patient
from tests.clinics import NOW
from tests.sendings import deliver, put_on_record, reachable, rows_of

LATER = NOW + timedelta(seconds=5)
BATCH = "batch-1"


@pytest.fixture
def bulk(desk) -> BulkInviting:
    return BulkInviting(desk.database, desk.clinic)


@pytest.fixture
def many(desk) -> list[int]:
    """More than two portions of patients who may be written to."""

    def add(session):
        return [
            add_patient(
                session,
                desk.clinic,
                desk.act(desk.manager),
                PatientDraft(
                    last_name=f"Mass{number}",
                    first_name="Bo",
                    birth_date=date(1990, 1, 1),
                    email=f"bo{number}@example.org",
                    consent=frozenset({Channel.EMAIL}),
                ),
                another_person=True,
            )
            for number in range(2 * PORTION + 5)
        ]

    return desk.database.write_now(add)


def invite(desk, bulk, ids, batch=BATCH, who=None, **more):
    return bulk.invite_many(lambda: desk.act(who), ids, batch_id=batch, **more)


def count(desk, table, *where) -> int:
    query = select(func.count()).select_from(table).where(*where)
    return desk.database.write_now(lambda session: session.execute(query).scalar_one())


def the_act(desk, batch=BATCH):
    return desk.database.write_now(lambda session: session.get(ActRow, batch))


def whole(desk) -> bool:
    return not desk.database.write_now(lambda session: ledger.broken_links(session, desk.clinic.id))


async def test_all_are_invited_as_one_act(desk, bulk, many):
    told = []
    result = await invite(desk, bulk, many, on_progress=lambda done, total: told.append((done, total)))
    assert (result.invited, result.skipped, result.refused, result.stopped) == (many, [], {}, False)
    assert told == [(PORTION, 55), (2 * PORTION, 55), (55, 55)]
    act = the_act(desk)
    assert (act.kind, act.by_name, act.made_at, act.sentence, act.batch_id) == (
        "invite_many",
        "mgarcia",
        NOW,
        "55 of 55 invitations queued.",
        BATCH,
    )
    assert count(desk, AuditRow, AuditRow.act == "invite", AuditRow.subject_id.in_(many)) == 55
    assert count(desk, InvitationRow, InvitationRow.state == "queued", InvitationRow.is_last) == 55
    assert count(desk, OutboxRow, OutboxRow.state == "queued", OutboxRow.kind == "invitation") == 55
    assert count(desk, ChangeRow, ChangeRow.kind == "invite_many") == 3
    assert whole(desk)


async def test_each_patient_is_decided_alone(desk, bulk, many):
    inviting = Inviting(desk.database, desk.clinic)
    for patient in ("RUIZ", "KAPOOR", "SMITH", "BAUER"):
        reachable(desk, patient, f"{patient.casefold()}@example.org")
    await inviting.invite(desk.act(desk.tlee), desk.patients["RUIZ"], source=Source.COMMAND)
    put_on_record(desk, "KAPOOR", active=False)
    put_on_record(desk, "LEE", email="min@example.org")
    put_on_record(desk, "OKAFOR", consents=True)
    await inviting.invite(desk.act(desk.tlee), desk.patients["BAUER"], source=Source.COMMAND)
    await inviting.remove(desk.act(desk.tlee), desk.patients["BAUER"])
    names = ("RUIZ", "KAPOOR", "LEE", "OKAFOR", "SMITH", "BAUER")
    wanted = [*(desk.patients[name] for name in names), 9999, desk.patients["SMITH"], many[0]]
    result = await invite(desk, bulk, wanted)
    assert result.invited == [desk.patients["SMITH"], many[0]]
    why = {name: result.refused.get(desk.patients[name], "") for name in names}
    assert why == {
        "RUIZ": "RUIZ, Ana was invited before; list 1 tells how it stands, s there sends.",
        "KAPOOR": "KAPOOR, Dev is inactive; make the patient active again first.",
        "LEE": "LEE, Min has not consented to emails: contact the patient to obtain consent, then e records it.",
        "OKAFOR": "OKAFOR, Grace has no email address on record; e adds one.",
        "SMITH": "",
        "BAUER": "BAUER, Tomás was invited before; list 1 tells how it stands, s there sends.",
    }
    assert result.refused[9999] == "There is no such patient."
    assert the_act(desk).sentence == "2 of 8 invitations queued."
    assert rows_of(desk, "BAUER") == [("removed", "bauer@example.org", True)]


@pytest.mark.parametrize("after", [0, 1, 2])
async def test_a_stopped_batch_is_resumed_without_loss_or_repetition(desk, bulk, many, after):
    portions = []
    result = await invite(
        desk,
        bulk,
        many,
        on_progress=lambda done, total: portions.append(done),
        stop=lambda: len(portions) == after,
    )
    assert (result.stopped, len(result.invited)) == (True, after * PORTION)
    again = await invite(desk, bulk, many)
    assert (again.skipped, again.invited) == (many[: after * PORTION], many[after * PORTION :])
    assert (await invite(desk, bulk, many)).skipped == many
    assert count(desk, OutboxRow) == count(desk, InvitationRow) == 55
    assert the_act(desk).sentence == "55 of 55 invitations queued."
    assert whole(desk)


async def test_whoever_was_removed_meanwhile_is_not_invited_again_by_resuming(desk, bulk, many):
    await invite(desk, bulk, many[:3])
    await Inviting(desk.database, desk.clinic).remove(desk.act(desk.tlee), many[1])
    result = await invite(desk, bulk, many[:4])
    assert (result.skipped, result.invited) == (many[:3], many[3:4])


async def test_a_batch_is_taken_back_as_one_and_says_what_had_left(desk, bulk, many):
    desk.patients["MASS"] = many[2]
    await invite(desk, bulk, many)
    deliver(desk, "MASS")
    before = count(desk, AuditRow)
    said = await desk.scheduling.undo(desk.act(at=LATER))
    assert said == "Took back 54 of 55 invitations; 1 had left."
    assert rows_of(desk, "MASS") == [("sent", "bo2@example.org", True)]
    assert count(desk, InvitationRow, InvitationRow.is_last) == 1
    assert count(desk, OutboxRow, OutboxRow.state == "withdrawn") == 54
    assert count(desk, AuditRow) == before + 1
    access = await Inviting(desk.database, desk.clinic).access(many, now=LATER)
    assert {access[each].standing.state for each in many if each != many[2]} == {None}
    assert whole(desk)
    assert len((await invite(desk, bulk, many, "batch-2")).invited) == 54


async def test_when_all_has_left_nothing_is_taken_back(desk, bulk, many):
    desk.patients["MASS"] = many[0]
    await invite(desk, bulk, many[:1])
    deliver(desk, "MASS")
    with pytest.raises(NothingToUndo, match=r"None of 1 waits any more; Remove \(x\) in Patient Access"):
        await desk.scheduling.undo(desk.act(at=LATER))


async def test_a_batch_that_was_taken_back_meanwhile_goes_no_further(desk, bulk, many):
    await invite(desk, bulk, many[:PORTION])
    await desk.scheduling.undo(desk.act(at=LATER))
    with pytest.raises(InvitationRefused, match="was taken back; tick the patients again"):
        await invite(desk, bulk, many)
    assert count(desk, InvitationRow, InvitationRow.is_last) == 0


async def test_a_batch_wants_the_right_and_the_subscription(desk, bulk, many):
    weak = replace(desk.tlee, rights=desk.tlee.rights - {Right.EDIT_PATIENT})
    with pytest.raises(NotAllowed):
        await invite(desk, bulk, many, who=weak)
    bulk.clinic = replace(desk.clinic, online=False)
    with pytest.raises(InvitationRefused, match="Online Appointments are off"):
        await invite(desk, bulk, many)
    assert count(desk, InvitationRow) == 0


async def test_a_portion_is_so_many_statements_however_many_patients(desk, bulk, many):
    statements = []

    def keep(connection, cursor, text, *rest):
        statements.append(text)

    event.listen(desk.database._write_engine, "before_cursor_execute", keep)
    await invite(desk, bulk, many[:2])
    few = len(statements)
    statements.clear()
    await invite(desk, bulk, many[2 : PORTION + 2], "batch-2")
    event.remove(desk.database._write_engine, "before_cursor_execute", keep)
    assert len(statements) == few


async def test_a_batch_that_breaks_off_says_what_it_did_and_resumes(desk, bulk, many):
    def switch_off(done, total):
        bulk.clinic = replace(bulk.clinic, online=False)

    result = await invite(desk, bulk, many, on_progress=switch_off)
    assert (result.invited, result.stopped) == (many[:PORTION], False)
    assert result.failed.startswith("Online Appointments are off")
    bulk.clinic = replace(bulk.clinic, online=True)
    rest = await invite(desk, bulk, many)
    assert (rest.skipped, rest.invited, rest.failed) == (many[:PORTION], many[PORTION:], "")
