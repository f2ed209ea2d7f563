"""Since I last looked: the count in the title, the list behind `v`, and the way to each."""

from datetime import timedelta

import pytest

from ctfront.domain.appointments import Asker, Origin
from ctfront.domain.invitations import Change
from ctfront.domain.staff import Actor, ActorKind, Right
from ctfront.services import booking
from tests.clinics import NOW
from tests.invited import do, enrolled, invite, reachable, settle
from tests.screens.test_invitation_stories import ruiz, scene
from tests.screens.test_patient_access_stories import STRANGER, request_of

ANA = Actor(kind=ActorKind.ENROLLMENT, id=1, name="Ana Ruiz", rights=frozenset({Right.BOOK}))


def online_booking(clinic):
    draft = clinic.draft("RUIZ", "Dr Chen", "9:00", day=NOW.date() + timedelta(days=1), origin=Origin.ONLINE)
    do(clinic, booking.book, draft, who=ANA)


def colleague_cancels(clinic):
    booked = clinic.book("BAUER", "Dr Chen", "10:00", who=clinic.tlee)
    how = {"version": booked.version, "reason": "patient ill", "asked_by": Asker.PATIENT}
    do(clinic, booking.cancel, booked.id, who=clinic.tlee, **how)


def failed_mail(clinic):
    reachable(clinic, "LEE")
    invite(clinic, "LEE")
    settle(clinic, "LEE", Change.FAIL, error="550 mailbox unknown")


ALL = [online_booking, colleague_cancels, request_of(STRANGER)]


async def test_the_title_counts_what_is_new(both_ways):
    end = await both_ways("down", scene(*ALL))
    assert end.cells[0].endswith("mgarcia  3 new")


async def test_own_acts_are_no_news(both_ways):
    end = await both_ways("c f9", scene())
    assert end.cells[0].endswith("mgarcia")
    end = await both_ways("v", scene())
    assert end.message == "Nothing new since you last looked."


async def test_v_lists_them_and_they_are_seen_then(both_ways):
    end = await both_ways("v", scene(*ALL))
    assert "NOBODY, Nora asks to be enrolled." in end.screen
    assert "Cancelled BAUER, Tomás" in end.screen
    assert "Booked RUIZ, Ana" in end.screen
    end = await both_ways("v esc v", scene(*ALL))
    assert "Nothing new since you last looked; what you saw then" in end.screen
    assert "NOBODY, Nora asks to be enrolled." in end.screen
    assert end.cells[0].endswith("mgarcia")


@pytest.mark.parametrize(
    ("happened", "keys", "title", "there"),
    [
        (online_booking, "v enter", "SCHEDULER", "▸RUIZ, Ana"),
        (colleague_cancels, "v enter", "SCHEDULER", "▸BAUER, Tomás"),
        (request_of(STRANGER), "v enter", "PATIENT ACCESS", "▸NOBODY, Nora"),
        (ruiz(enrolled, "ruiz@example.org"), "v enter", "PATIENT ACCESS", "▸RUIZ, Ana"),
    ],
)
async def test_enter_goes_there(both_ways, happened, keys, title, there):
    end = await both_ways(
        keys, scene(ruiz(reachable), happened), who="tlee" if happened is not colleague_cancels else "mgarcia"
    )
    assert title in end.cells[0]
    assert there in end.screen


async def test_what_was_undone_is_no_news(both_ways):
    from ctfront.services import undoing

    def undone(clinic):
        colleague_cancels(clinic)
        do(clinic, undoing.undo, who=clinic.tlee)

    end = await both_ways("down", scene(undone))
    assert end.cells[0].endswith("mgarcia")
