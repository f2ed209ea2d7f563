"""What is said on the message line of 80 columns keeps its way on, with the longest names and addresses there are."""

import pytest

from ctfront.services import bulk_inviting, enrolling, inviting, undoing
from tests.invited import do, enrolled, invite, invited, reachable

ROOM = 78
"""Cells of the message line at 80 columns, less its margin."""
LONGEST = "O'NEIL-[/x]ŁUKASZ"


async def test_what_patient_access_says_fits_the_message_line(desk):
    reachable(desk, LONGEST, "zoe.oneil-lukasz@a-rather-long-domain.example.org")
    invited(desk, LONGEST)
    patient = desk.patients[LONGEST]
    said = [do(desk, inviting.remove, patient), do(desk, undoing.undo)]
    enrolled(desk, "RUIZ", "ana@example.org")
    said.append(do(desk, enrolling.end_enrollment, desk.patients["RUIZ"]))
    assert [sentence for sentence in said if len(sentence) > ROOM] == []
    assert all(sentence.endswith("u takes it back.") or sentence.startswith("Took back") for sentence in said)


async def test_refusals_of_u_fit_the_message_line(desk):
    reachable(desk, LONGEST, "zoe.oneil-lukasz@a-rather-long-domain.example.org")
    invite(desk, LONGEST)
    desk.database.write_now(lambda s: s.connection().exec_driver_sql("UPDATE outbox SET state = 'sent'"))
    with pytest.raises(undoing.NothingToUndo) as refused:
        do(desk, undoing.undo)
    assert len(str(refused.value)) <= ROOM


def test_the_sentence_of_a_clinic_without_it_names_the_way_on_within_the_line():
    assert len(inviting.OFF) <= ROOM
    assert inviting.OFF.endswith("Set-up (F6).")
    assert bulk_inviting.OFF is inviting.OFF
