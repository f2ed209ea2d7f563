"""Invitations by `ctfront do`, and how `ctfront find` says a patient stands."""

import json

import pytest

from tests.cli.test_commands import demo, demo_template, own_folders, said

__all__ = ["demo", "demo_template", "own_folders"]


def online(demo, patient: str) -> list[tuple[str, bool]]:
    code, out, _ = said(demo("find", patient, "--json"))
    assert code == 0
    return [(found["online"], found["stale"]) for found in json.loads(out)]


def test_a_patient_is_invited_removed_reactivated_and_it_is_taken_back(demo):
    assert online(demo, "ruiz,ana") == [("not_invited", False)]
    code, out, _ = said(demo("do", "inv ruiz,ana"))
    assert (code, out.split(" queued for ")[0]) == (0, "Invitation")
    assert out.endswith("; it leaves in 30 s. u takes it back.\n")
    assert online(demo, "ruiz,ana") == [("queued", False)]
    code, out, _ = said(demo("do", "rm ruiz,ana", "--in", "access"))
    assert (code, out.split(";")[0]) == (0, "Removed RUIZ, Ana’s invitation")
    assert online(demo, "ruiz,ana") == [("removed", False)]
    code, out, _ = said(demo("do", "re ruiz,ana", "--in", "access"))
    assert (code, out.split(" for ")[0]) == (0, "Invitation reactivated")
    assert said(demo("do", "un"))[1].startswith("Took back: Invitation reactivated for")
    assert online(demo, "ruiz,ana") == [("removed", False)]


def test_a_second_invitation_is_refused_with_who_sent_the_first(demo):
    demo("do", "inv ruiz,ana")
    code, out, err = said(demo("do", "inv ruiz,ana"))
    assert (code, out) == (1, "")
    assert "RUIZ, Ana is being invited already, by " in err


def test_a_record_number_says_whom(demo):
    [found] = json.loads(said(demo("find", "ruiz,ana", "--json"))[1])
    assert said(demo("do", f"inv #{found['record']}"))[0] == 0
    assert online(demo, "ruiz,ana") == [("queued", False)]


@pytest.mark.parametrize("verb", ["rm", "rp", "re"])
def test_what_belongs_to_patient_access_wants_its_name(demo, verb):
    code, out, err = said(demo("do", f"{verb} ruiz,ana"))
    assert (code, out) == (1, "")
    assert "works in Patient Access only" in err
    assert "--in access" in err


def test_replacing_wants_another_address(demo):
    demo("do", "inv ruiz,ana")
    code, _, err = said(demo("do", "rp ruiz,ana", "--in", "access"))
    assert code == 1
    assert "The address on record is still" in err


def test_another_place_than_patient_access_is_wrong_usage(demo):
    assert said(demo("do", "rm ruiz,ana", "--in", "scheduler"))[0] == 2


def test_a_range_is_not_one_patient(demo):
    code, _, err = said(demo("do", "inv 1-3"))
    assert code == 1
    assert "One patient at a time; Patient Access (F4) sends to many, list 4." in err
