"""Stories of the review of patients who are on record twice."""

from datetime import date

from ctfront.domain.patients import PatientDraft, Phone
from ctfront.services.patients import add_patient
from tests.invited import enroll
from tests.screens.conftest import cast


def twice(clinic):
    """Ana Ruiz is on record again, with two visits of her own."""
    cast(clinic)
    draft = PatientDraft(
        last_name="Ruiz-Vega",
        first_name="Ana",
        birth_date=date(1984, 3, 2),
        phones=(Phone(kind="home", number="(555) 010-9999"),),
        email="ana@example.org",
    )
    act = clinic.act()
    clinic.patients["AGAIN"] = clinic.database.write_now(
        lambda session: add_patient(session, clinic.clinic, act, draft, another_person=True)
    )
    for start in ("11:00", "14:00"):
        clinic.book("AGAIN", "Dr Chen", start)


def of(end, born):
    return [(row["patient"], row["minute"]) for row in end.rows if str(row["born"]) == born]


async def test_two_records_are_looked_at_side_by_side_and_merged(both_ways):
    end = await both_ways(": dup enter", twice)
    assert "1 perhaps on record twice" in end.screen
    assert "born, name" in end.screen
    end = await both_ways(": dup enter enter", twice)
    assert "Merge #10001 into #10009?" in end.screen
    assert "Visits  2                      1                      3" in end.screen
    end = await both_ways(": dup enter enter y", twice)
    assert {name for name, _ in of(end, "1984-03-02")} == {"Ruiz-Vega"}
    assert "Merged #10001 into RUIZ-VEGA, Ana #10009. u takes it back." in end.screen


async def test_the_clerk_chooses_which_record_is_kept(both_ways):
    end = await both_ways(": dup enter enter s", twice)
    assert "Merge #10009 into #10001?" in end.screen
    end = await both_ways(": dup enter enter s y", twice)
    assert {name for name, _ in of(end, "1984-03-02")} == {"RUIZ"}


async def test_not_now_and_undo_leave_both_records(both_ways):
    for keys in ("enter enter", "enter esc", "enter y u"):
        end = await both_ways(f": dup enter {keys}", twice)
        assert {name for name, _ in of(end, "1984-03-02")} == {"RUIZ", "Ruiz-Vega"}
    assert "Took back: Merged" in end.screen


async def test_what_was_merged_is_parted_again(both_ways):
    end = await both_ways(": dup enter enter y h", twice)
    assert "1 merged in the last 30 days" in end.screen
    assert "Enter parts them   h pairs again   u undo   Esc close" in end.screen
    end = await both_ways(": dup enter enter y h enter y", twice)
    assert "Parted RUIZ-VEGA, Ana again from #10001." in end.screen
    assert {name for name, _ in of(end, "1984-03-02")} == {"RUIZ", "Ruiz-Vega"}


async def test_two_people_are_not_listed_again(both_ways):
    end = await both_ways(": dup enter x", twice)
    assert "#10001 and #10009 are two people; not listed again." in end.screen
    assert "Nobody is on record twice." in (await both_ways(": dup enter x esc : dup enter", twice)).screen


def two_log_ins(clinic):
    twice(clinic)
    for patient, address in (("RUIZ", "a@example.org"), ("AGAIN", "b@example.org")):
        act = clinic.act()
        clinic.database.write_now(
            lambda session, p=patient, a=address, act=act: enroll(session, clinic.clinic, act, clinic.patients[p], a)
        )


async def test_two_log_ins_are_refused_in_the_preview_and_by_y(both_ways):
    for keys in ("", "y"):
        end = await both_ways(f": dup enter enter {keys}", two_log_ins)
        assert "! Both are enrolled, as b@example.org and as a@example.org: end one of them" in end.screen
        assert {name for name, _ in of(end, "1984-03-02")} == {"RUIZ", "Ruiz-Vega"}
