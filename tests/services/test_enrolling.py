"""Joining accounts to patients: links accepted or not, requests enrolled or declined, the end, all taken back."""

import asyncio
from dataclasses import replace
from datetime import date, timedelta

import pytest
from sqlalchemy import func, select

from ctfront.data import ledger
from ctfront.data.database import Database
from ctfront.data.models import AuditRow, EnrollmentRequestRow, EnrollmentRow, OnlineAccountRow
from ctfront.domain.errors import (
    ChangedElsewhere,
    InputRefused,
    InvitationRefused,
    NoConsent,
    NoEmail,
    NotAllowed,
    NotFound,
)
from ctfront.domain.invitations import EXPIRES_AFTER, InvitationState, Source
from ctfront.domain.staff import ActorKind, Right
from ctfront.services import enrolling
from ctfront.services.accepting import Acceptance, Outcome, accept_invitation
from ctfront.services.enrolling import Registration
from ctfront.services.inviting import Inviting
from tests.clinics import NOW
from tests.invited import enroll
from tests.sendings import SENDER, begin_to_send, deliver, mails_of, put_on_record, reachable, rows_of

ANA, NEW, OTHER = "ana@example.org", "ana.ruiz@example.org", "soojin@example.net"
BORN, WRONG = date(1984, 3, 2), date(1984, 2, 3)
LATER = NOW + timedelta(minutes=5, microseconds=123_456)
AFTER = LATER + timedelta(minutes=5)


@pytest.fixture
def inviting(desk) -> Inviting:
    return Inviting(desk.database, desk.clinic)


@pytest.fixture
async def secret(desk, inviting) -> str:
    """The link in Ana's mail."""
    await inviting.invite(desk.act(), reachable(desk), source=Source.PATIENT_INFORMATION)
    return deliver(desk)


def accept(desk, secret, born=BORN, *, at=LATER, act=None, clinic=None, **how) -> Acceptance:
    how.setdefault("password_hash", "hash")
    act = act or desk.act(SENDER, at)
    return desk.database.write_now(
        lambda session: accept_invitation(session, clinic or desk.clinic, act, secret, born, **how)
    )


def outcome(desk, secret, born=BORN, **how) -> Outcome:
    return accept(desk, secret, born, **how).outcome


def make_account(desk, address: str, password_hash: str | None = "hash") -> int:
    return desk.database.write_now(lambda session: enrolling.add_account(session, desk.act(), address, password_hash))


def ask(desk, email: str = OTHER, last: str = "Ruiz") -> tuple[int, int]:
    """Somebody registers uninvited; return request and account."""
    account = make_account(desk, email)
    who = Registration(last_name=last, first_name="Ana", birth_date=BORN, email=email)
    act = desk.act(SENDER)
    request = desk.database.write_now(
        lambda session: enrolling.request_enrollment(session, desk.clinic, act, account, who)
    )
    return request, account


def do(desk, what, *which, who=None, at=LATER, act=None) -> str:
    act = act or desk.act(who, at)
    return desk.database.write_now(lambda session: what(session, desk.clinic, act, *which))


async def undo(desk, who=None, at=AFTER) -> str:
    return await desk.scheduling.undo(desk.act(who, at))


async def access(desk, inviting, patient="RUIZ"):
    return (await inviting.access([desk.patients[patient]], now=AFTER))[desk.patients[patient]]


def count(desk, table) -> int:
    return desk.database.write_now(
        lambda session: session.execute(select(func.count()).select_from(table)).scalar_one()
    )


def request_row(desk, request_id):
    return desk.database.write_now(lambda session: session.get_one(EnrollmentRequestRow, request_id))


def whole(desk) -> bool:
    return not desk.database.write_now(lambda session: ledger.broken_links(session, desk.clinic.id))


# -- accepting


async def test_the_link_and_the_right_birth_date_enroll(desk, inviting, secret):
    accepted = accept(desk, secret)
    assert accepted.outcome is Outcome.ENROLLED
    how = await access(desk, inviting)
    assert (how.standing.state, how.standing.address) == (InvitationState.ENROLLED, ANA)
    assert (how.enrollment.id, how.enrollment.login_address) == (accepted.enrollment_id, ANA)
    assert rows_of(desk) == [("enrolled", ANA, True)]
    assert whole(desk)


async def test_four_wrong_birth_dates_are_forgiven_and_the_fifth_locks(desk, inviting, secret):
    assert [outcome(desk, secret, WRONG) for _ in range(4)] == [Outcome.WRONG_BIRTH_DATE] * 4
    assert rows_of(desk) == [("sent", ANA, True)]
    assert outcome(desk, secret, WRONG) is Outcome.LOCKED
    assert outcome(desk, secret) is Outcome.UNKNOWN
    assert rows_of(desk) == [("locked", ANA, True)]
    said = desk.database.write_now(lambda s: s.scalars(select(AuditRow.act).order_by(AuditRow.seq.desc())).first())
    assert said == "lock_invitation"
    with pytest.raises(InvitationRefused, match=r"was locked .* from Patient Access only"):
        await inviting.invite(desk.act(), desk.patients["RUIZ"], source=Source.COMMAND)
    await inviting.send(desk.act(at=AFTER), desk.patients["RUIZ"])
    assert outcome(desk, deliver(desk), at=AFTER) is Outcome.ENROLLED


async def test_the_right_birth_date_after_four_wrong_ones_enrolls(desk, secret):
    for _ in range(4):
        accept(desk, secret, WRONG)
    assert outcome(desk, secret) is Outcome.ENROLLED


async def expired(desk, inviting, secret):
    return secret, {"at": NOW + EXPIRES_AFTER}


async def used(desk, inviting, secret):
    accept(desk, secret)
    return secret, {}


async def removed(desk, inviting, secret):
    await inviting.remove(desk.act(), desk.patients["RUIZ"])
    return secret, {}


async def stale(desk, inviting, secret):
    put_on_record(desk, "RUIZ", email=NEW)
    return secret, {}


async def without_address(desk, inviting, secret):
    put_on_record(desk, "RUIZ", email=None)
    return secret, {}


async def inactive(desk, inviting, secret):
    put_on_record(desk, "RUIZ", active=False)
    return secret, {}


async def sent_again(desk, inviting, secret):
    await inviting.send(desk.act(), desk.patients["RUIZ"])
    return secret, {}


async def sent_again_and_delivered(desk, inviting, secret):
    await inviting.send(desk.act(), desk.patients["RUIZ"])
    deliver(desk)
    return secret, {}


async def replaced(desk, inviting, secret):
    put_on_record(desk, "RUIZ", email=NEW)
    await inviting.replace(desk.act(), desk.patients["RUIZ"])
    put_on_record(desk, "RUIZ", email=ANA)
    return secret, {}


async def still_leaving(desk, inviting, secret):
    await inviting.send(desk.act(), desk.patients["RUIZ"])
    return begin_to_send(desk), {}


async def never_made(desk, inviting, secret):
    return "secret of nobody", {}


async def switched_off(desk, inviting, secret):
    return secret, {"clinic": replace(desk.clinic, online=False)}


DEAD = [
    expired, used, removed, stale, without_address, inactive, sent_again, sent_again_and_delivered, replaced,
    still_leaving, never_made, switched_off,
]  # fmt: skip


@pytest.mark.parametrize("how", DEAD, ids=lambda how: how.__name__)
async def test_a_dead_link_answers_like_an_unknown_one_and_counts_nothing(desk, inviting, secret, how):
    link, more = await how(desk, inviting, secret)
    before = (rows_of(desk), count(desk, EnrollmentRow), count(desk, AuditRow))
    assert accept(desk, link, **more) == Acceptance(outcome=Outcome.UNKNOWN)
    assert outcome(desk, link, WRONG, **more) is Outcome.UNKNOWN
    assert (rows_of(desk), count(desk, EnrollmentRow), count(desk, AuditRow)) == before


async def test_a_link_lives_again_with_its_address(desk, secret):
    put_on_record(desk, "RUIZ", email=NEW)
    assert outcome(desk, secret) is Outcome.UNKNOWN
    put_on_record(desk, "RUIZ", email="ANA@example.org")
    assert outcome(desk, secret) is Outcome.ENROLLED


async def test_a_link_works_until_the_moment_it_expires(desk, secret):
    assert outcome(desk, secret, at=NOW + EXPIRES_AFTER - timedelta(seconds=1)) is Outcome.ENROLLED


async def test_an_address_that_has_a_log_in_wants_its_password(desk, inviting, secret):
    account = make_account(desk, "Ana@Example.org")
    assert outcome(desk, secret) is Outcome.HAS_ACCOUNT
    assert rows_of(desk) == [("sent", ANA, True)]
    assert outcome(desk, secret, account_id=account) is Outcome.ENROLLED
    assert count(desk, OnlineAccountRow) == 1


async def test_a_log_in_without_a_password_gets_the_one_chosen(desk, secret):
    account = make_account(desk, ANA, None)
    assert outcome(desk, secret, password_hash="chosen") is Outcome.ENROLLED
    assert desk.database.write_now(lambda s: s.get_one(OnlineAccountRow, account).password_hash) == "chosen"


async def test_two_of_a_family_have_one_log_in(desk, inviting, secret):
    reachable(desk, "KAPOOR", ANA)
    await inviting.invite(desk.act(), desk.patients["KAPOOR"], source=Source.PATIENT_INFORMATION)
    theirs = deliver(desk, "KAPOOR")
    accept(desk, secret)
    account = desk.database.write_now(lambda s: s.scalars(select(OnlineAccountRow.id)).one())
    assert outcome(desk, theirs, date(1984, 2, 14)) is Outcome.HAS_ACCOUNT
    assert outcome(desk, theirs, date(1984, 2, 14), account_id=account) is Outcome.ENROLLED
    assert (count(desk, OnlineAccountRow), count(desk, EnrollmentRow)) == (1, 2)


async def test_a_retried_acceptance_answers_as_the_first(desk, secret):
    act = desk.act(SENDER, LATER)
    first = accept(desk, secret, act=act)
    assert accept(desk, secret, act=act) == first
    assert count(desk, EnrollmentRow) == 1


async def test_a_retried_fifth_wrong_birth_date_answers_as_the_first(desk, secret):
    for _ in range(4):
        accept(desk, secret, WRONG)
    act = desk.act(SENDER, LATER)
    assert (
        accept(desk, secret, WRONG, act=act)
        == accept(desk, secret, WRONG, act=act)
        == Acceptance(outcome=Outcome.LOCKED)
    )


async def test_a_link_clicked_twice_at_one_moment_enrolls_once(desk, secret):
    url = desk.database.url.render_as_string(hide_password=False)
    two = [Database(url), Database(url)]
    acts = [desk.act(SENDER, LATER), desk.act(SENDER, LATER)]

    def one(act):
        return lambda session: accept_invitation(session, desk.clinic, act, secret, BORN, password_hash="hash")

    answers = await asyncio.gather(*(d.write(one(act)) for d, act in zip(two, acts, strict=True)))
    for database in two:
        await database.close()
    assert {answer.outcome for answer in answers} == {Outcome.ENROLLED, Outcome.UNKNOWN}
    assert count(desk, EnrollmentRow) == 1


# -- the end of it


async def test_an_enrollment_ends_and_its_end_is_taken_back(desk, inviting, secret):
    ruiz = desk.patients["RUIZ"]
    accept(desk, secret)
    before = await access(desk, inviting)
    said = do(desk, enrolling.end_enrollment, ruiz, at=AFTER)
    assert said == "Ended RUIZ, Ana’s enrollment; appointments stay. u takes it back."
    ended = await access(desk, inviting)
    assert (ended.standing.state, ended.standing.sent_by) == (InvitationState.ENDED, "mgarcia")
    assert rows_of(desk) == [("ended", ANA, True)]
    with pytest.raises(InvitationRefused, match=r"enrollment was ended .* from Patient Access only"):
        await inviting.invite(desk.act(), ruiz, source=Source.COMMAND)
    with pytest.raises(InvitationRefused, match="is not enrolled; s sends"):
        do(desk, enrolling.end_enrollment, ruiz)
    assert await undo(desk) == "Took back: Ended RUIZ, Ana’s enrollment."
    assert await access(desk, inviting) == before
    assert whole(desk)


async def test_after_the_end_patient_access_invites_anew(desk, inviting, secret):
    ruiz = desk.patients["RUIZ"]
    accept(desk, secret)
    do(desk, enrolling.end_enrollment, ruiz)
    assert (await inviting.send(desk.act(at=AFTER), ruiz)).startswith("New invitation queued for")
    assert (await access(desk, inviting)).standing.state is InvitationState.QUEUED
    await undo(desk)
    assert (await access(desk, inviting)).standing.state is InvitationState.ENDED
    await undo(desk)
    assert (await access(desk, inviting)).standing.state is InvitationState.ENROLLED


async def test_an_end_is_not_taken_back_beside_a_new_invitation(desk, inviting):
    ruiz = reachable(desk)
    do(desk, enroll, ruiz, OTHER, at=NOW)
    do(desk, enrolling.end_enrollment, ruiz)
    await inviting.send(desk.act(desk.tlee, AFTER), ruiz)
    with pytest.raises(ChangedElsewhere, match="was invited anew since"):
        await undo(desk)
    await undo(desk, desk.tlee)
    await undo(desk)
    assert (await access(desk, inviting)).standing.state is InvitationState.ENROLLED


async def test_an_end_is_not_taken_back_beside_a_new_enrollment(desk, inviting):
    ruiz = reachable(desk)
    do(desk, enroll, ruiz, OTHER, at=NOW)
    do(desk, enrolling.end_enrollment, ruiz)
    do(desk, enroll, ruiz, OTHER, who=desk.tlee)
    with pytest.raises(ChangedElsewhere, match="was enrolled anew since"):
        await undo(desk)


# -- requests


async def test_a_request_is_enrolled_and_taken_back_without_a_trace(desk, inviting):
    ruiz = reachable(desk)
    untouched = await access(desk, inviting)
    request, _ = ask(desk)
    said = do(desk, enrolling.enroll_request, request, ruiz)
    assert said == "Enrolled RUIZ, Ana as soojin@example.net. u takes it back."
    assert (await access(desk, inviting)).standing.state is InvitationState.ENROLLED
    assert (request_row(desk, request).state, request_row(desk, request).patient_id) == ("enrolled", ruiz)
    assert await undo(desk) == "Took back: Enrolled RUIZ, Ana as soojin@example.net."
    assert await access(desk, inviting) == untouched
    assert (request_row(desk, request).state, request_row(desk, request).patient_id) == ("open", None)
    do(desk, enrolling.enroll_request, request, ruiz, at=AFTER)
    assert (await access(desk, inviting)).standing.state is InvitationState.ENROLLED
    assert whole(desk)


async def test_a_request_is_declined_with_a_reason_and_taken_back(desk):
    request, _ = ask(desk)
    with pytest.raises(InputRefused, match="Say why"):
        do(desk, enrolling.decline_request, request, "  ")
    assert do(desk, enrolling.decline_request, request, "not our patient").startswith(
        "Declined the request of RUIZ, Ana"
    )
    assert (request_row(desk, request).state, request_row(desk, request).reason) == ("declined", "not our patient")
    await undo(desk)
    assert (request_row(desk, request).state, request_row(desk, request).reason) == ("open", "")


@pytest.mark.parametrize("decided", ["enroll", "decline"])
async def test_what_a_colleague_has_decided_stays_decided(desk, decided):
    ruiz = reachable(desk)
    request, _ = ask(desk)
    if decided == "enroll":
        do(desk, enrolling.enroll_request, request, ruiz, who=desk.tlee)
    else:
        do(desk, enrolling.decline_request, request, "no", who=desk.tlee)
    for act in ((enrolling.enroll_request, request, ruiz), (enrolling.decline_request, request, "no")):
        with pytest.raises(
            ChangedElsewhere, match=f"tlee has {'enrolled' if decided == 'enroll' else 'declined'} that"
        ):
            do(desk, *act)


async def test_linking_wants_an_address_and_consent_on_the_clinics_own_record(desk):
    ruiz = desk.patients["RUIZ"]
    request, _ = ask(desk)
    with pytest.raises(NoEmail):
        do(desk, enrolling.enroll_request, request, ruiz)
    put_on_record(desk, "RUIZ", email=ANA)
    with pytest.raises(NoConsent):
        do(desk, enrolling.enroll_request, request, ruiz)
    put_on_record(desk, "RUIZ", consents=True, active=False)
    with pytest.raises(InvitationRefused, match="is inactive"):
        do(desk, enrolling.enroll_request, request, ruiz)
    assert (count(desk, EnrollmentRow), request_row(desk, request).state) == (0, "open")


async def test_whoever_is_enrolled_is_not_enrolled_again(desk):
    ruiz = reachable(desk)
    first, _ = ask(desk)
    second, _ = ask(desk, "second@example.net")
    do(desk, enrolling.enroll_request, first, ruiz)
    with pytest.raises(InvitationRefused, match=r"is enrolled already, as soojin@example.net; decline this request"):
        do(desk, enrolling.enroll_request, second, ruiz)


async def test_a_live_invitation_gives_way_to_an_enrollment_and_comes_back_with_it(desk, inviting, secret):
    request, _ = ask(desk)
    do(desk, enrolling.enroll_request, request, desk.patients["RUIZ"])
    assert (rows_of(desk), outcome(desk, secret)) == ([("removed", ANA, True)], Outcome.UNKNOWN)
    await undo(desk)
    assert (rows_of(desk), outcome(desk, secret, at=AFTER)) == ([("sent", ANA, True)], Outcome.ENROLLED)


async def test_an_invitation_that_waits_gives_way_with_its_mail(desk, inviting):
    ruiz = reachable(desk)
    await inviting.invite(desk.act(), ruiz, source=Source.PATIENT_INFORMATION)
    request, _ = ask(desk)
    do(desk, enrolling.enroll_request, request, ruiz)
    assert mails_of(desk) == [("invitation", "withdrawn")]
    await undo(desk)
    assert (rows_of(desk), mails_of(desk)) == ([("queued", ANA, True)], [("invitation", "queued")])


async def test_an_enrollment_that_a_colleague_has_ended_is_not_taken_back(desk):
    ruiz = reachable(desk)
    request, _ = ask(desk)
    do(desk, enrolling.enroll_request, request, ruiz)
    do(desk, enrolling.end_enrollment, ruiz, who=desk.tlee, at=AFTER)
    with pytest.raises(ChangedElsewhere, match="has ended that enrollment since"):
        await undo(desk)


async def test_every_act_wants_the_right_and_what_it_is_about(desk):
    ruiz = reachable(desk)
    request, _ = ask(desk)
    weak = replace(desk.tlee, rights=desk.tlee.rights - {Right.EDIT_PATIENT})
    for act in (
        (enrolling.enroll_request, request, ruiz),
        (enrolling.decline_request, request, "no"),
        (enrolling.end_enrollment, ruiz),
    ):
        with pytest.raises(NotAllowed, match="edit patient"):
            do(desk, *act, who=weak)
    for act in (
        (enrolling.enroll_request, 99, ruiz),
        (enrolling.enroll_request, request, 9999),
        (enrolling.decline_request, 99, "no"),
        (enrolling.end_enrollment, 9999),
    ):
        with pytest.raises(NotFound):
            do(desk, *act)


async def test_retries_change_nothing(desk):
    ruiz = reachable(desk)
    request, _ = ask(desk)
    for what, which in (
        (enrolling.enroll_request, (request, ruiz)),
        (enrolling.end_enrollment, (ruiz,)),
    ):
        act = desk.act(at=LATER)
        do(desk, what, *which, act=act)
        entries = count(desk, AuditRow)
        do(desk, what, *which, act=act)
        assert count(desk, AuditRow) == entries


async def test_an_account_acts_for_itself(desk):
    actor = do(desk, enroll, desk.patients["RUIZ"], ANA)
    assert (actor.kind, actor.rights) == (ActorKind.ENROLLMENT, frozenset({Right.BOOK}))
