"""Families: entered once, seen from both sides, taken back, and never overwritten unseen."""

from dataclasses import replace

import pytest
from sqlalchemy import func, select

from ctfront.data import ledger
from ctfront.data.models import PatientRelationRow
from ctfront.domain.errors import ChangedElsewhere, InputRefused, NotAllowed, NothingToUndo
from ctfront.domain.families import Relation
from ctfront.domain.staff import Right

CHILD, PARTNER, GUARDIAN = Relation.CHILD, Relation.PARTNER, Relation.GUARDIAN


async def relate(desk, one, other, relation, *, known=None, who=None):
    return await desk.people.relate(desk.act(who), desk.patients[one], desk.patients[other], relation, known=known)


async def family(desk, of):
    return [(it.patient.last_name, it.relation) for it in await desk.people.family(desk.patients[of])]


@pytest.mark.parametrize(("one", "other"), [("RUIZ", "LEE"), ("LEE", "RUIZ")])
async def test_a_child_has_a_guardian_whoever_came_on_record_first(desk, one, other):
    said = await relate(desk, one, other, CHILD)
    assert said.endswith("u takes it back.")
    assert await family(desk, one) == [(other, CHILD)]
    assert await family(desk, other) == [(one, GUARDIAN)]


async def test_the_sentence_names_both(desk):
    assert await relate(desk, "RUIZ", "LEE", CHILD) == "LEE, Min: child of RUIZ, Ana. u takes it back."
    said = await relate(desk, "LEE", "RUIZ", None, known=GUARDIAN)
    assert said == "RUIZ, Ana is no family of LEE, Min any more. u takes it back."
    assert await family(desk, "RUIZ") == []


async def test_a_family_is_listed_from_the_oldest_on(desk):
    for other in ("LEE", "OKAFOR", "KAPOOR"):
        await relate(desk, "RUIZ", other, Relation.OTHER)
    assert [name for name, _ in await family(desk, "RUIZ")] == ["OKAFOR", "KAPOOR", "LEE"]


async def test_a_pair_is_one_row_changed_from_either_side(desk):
    await relate(desk, "RUIZ", "LEE", CHILD)
    await relate(desk, "LEE", "RUIZ", PARTNER, known=GUARDIAN)
    assert await family(desk, "RUIZ") == [("LEE", PARTNER)]
    count = select(func.count()).select_from(PatientRelationRow)
    assert desk.database.write_now(lambda session: session.scalar(count)) == 1


async def test_what_is_so_already_changes_nothing(desk):
    await relate(desk, "RUIZ", "LEE", CHILD)
    newest = await desk.people.newest_change()
    assert await relate(desk, "RUIZ", "LEE", CHILD, known=CHILD) == "Nothing was changed."
    assert await desk.people.newest_change() == newest


async def test_u_takes_each_step_back(desk):
    await relate(desk, "RUIZ", "LEE", CHILD)
    await relate(desk, "RUIZ", "LEE", PARTNER, known=CHILD)
    await relate(desk, "RUIZ", "LEE", None, known=PARTNER)
    for expected in ([("LEE", PARTNER)], [("LEE", CHILD)], []):
        assert await desk.scheduling.undo(desk.act()) == "Took back: Saved RUIZ, Ana: family."
        assert await family(desk, "RUIZ") == expected
    with pytest.raises(NothingToUndo):
        await desk.scheduling.undo(desk.act())
    assert desk.database.write_now(lambda session: ledger.broken_links(session, desk.clinic.id)) == []


async def test_u_leaves_what_a_colleague_has_changed_since(desk):
    await relate(desk, "RUIZ", "LEE", CHILD)
    await relate(desk, "RUIZ", "LEE", PARTNER, known=CHILD, who=desk.tlee)
    with pytest.raises(ChangedElsewhere):
        await desk.scheduling.undo(desk.act())
    assert await family(desk, "RUIZ") == [("LEE", PARTNER)]


async def test_two_clerks_do_not_overwrite_each_other(desk):
    await relate(desk, "RUIZ", "LEE", CHILD)
    with pytest.raises(ChangedElsewhere, match="look again"):
        await relate(desk, "RUIZ", "LEE", PARTNER, known=None, who=desk.tlee)
    assert await family(desk, "RUIZ") == [("LEE", CHILD)]


async def test_nobody_is_their_own_family(desk):
    with pytest.raises(InputRefused) as refused:
        await relate(desk, "RUIZ", "RUIZ", CHILD)
    assert refused.value.field == "patient"


async def test_it_needs_the_right_to_edit_patients(desk):
    without = replace(desk.mgarcia, rights=desk.mgarcia.rights - {Right.EDIT_PATIENT})
    with pytest.raises(NotAllowed):
        await relate(desk, "RUIZ", "LEE", CHILD, who=without)
    assert await family(desk, "RUIZ") == []


async def test_a_retry_is_harmless(desk):
    act, ruiz, lee = desk.act(), desk.patients["RUIZ"], desk.patients["LEE"]
    await desk.people.relate(act, ruiz, lee, CHILD, known=None)
    assert await desk.people.relate(act, ruiz, lee, CHILD, known=None) == "Saved RUIZ, Ana: family."
    assert await family(desk, "RUIZ") == [("LEE", CHILD)]
