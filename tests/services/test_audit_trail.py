"""The audit trail for a manager: found by who, what, whom and day, exported whole, shown to nobody else."""

import csv
import io
from datetime import date, timedelta

import pytest

from ctfront.domain.audit_trail import AuditEntry, Narrowed, read_narrowed
from ctfront.domain.clinic import DateOrder
from ctfront.domain.errors import NotAllowed
from ctfront.services.audit_trail import AuditTrail, csv_of
from tests.clinics import MONDAY, NOW


@pytest.fixture
def trail(desk):
    """A morning of two clerks."""
    desk.book("RUIZ", "Dr Alvarez", "9:00", who=desk.tlee)
    desk.book("LEE", "Osei LMT", "10:00", purpose="Massage")
    return AuditTrail(desk.database, desk.clinic)


async def found(desk, trail, text: str):
    return [(it.who, it.what, it.patient) for it in await trail.find(desk.manager, text, today=MONDAY)]


async def test_it_is_found_by_who_what_whom_and_day(desk, trail):
    lee, ruiz = ("mgarcia", "book", "LEE, Min"), ("tlee", "book", "RUIZ, Ana")
    assert (await found(desk, trail, ""))[:2] == [lee, ruiz]
    assert await found(desk, trail, "book") == [lee, ruiz]
    assert await found(desk, trail, "ruiz book") == [ruiz]
    assert await found(desk, trail, "TLEE") == [ruiz]
    assert await found(desk, trail, "book t") == [lee, ruiz]
    assert await found(desk, trail, "book 3/1") == []
    assert await found(desk, trail, "add ruiz") == [("admin", "add patient", "RUIZ, Ana")]
    assert await found(desk, trail, "100% _") == []


async def test_a_change_is_said_field_by_field(desk, trail):
    (entry,) = await trail.find(desk.manager, "ruiz book", today=MONDAY)
    assert "minutes 15" in entry.changes
    assert (entry.at, entry.account, entry.subject) == (NOW, "", "appointment")


@pytest.mark.parametrize(
    ("before", "after", "said"),
    [
        ('{"minutes":15,"note":""}', '{"minutes":30,"note":""}', "minutes 15 → 30"),
        ('{"note":"late"}', "{}", "note late → nothing"),
        ("{}", '{"note":"late"}', "note late"),
        ("", "", "details erased"),
    ],
)
def test_before_and_after_in_words(before, after, said):
    entry = AuditEntry(
        seq=1, at=NOW, who="a", account="", origin="", act="x", subject="y", subject_id=None, patient="",
        before=before, after=after,
    )  # fmt: skip
    assert entry.changes == said


async def test_nobody_else_sees_or_exports_it(desk, trail):
    with pytest.raises(NotAllowed, match="the right “audit” is needed"):
        await trail.find(desk.mgarcia, "", today=MONDAY)
    with pytest.raises(NotAllowed):
        await trail.export(desk.act(), "", today=MONDAY)


async def test_an_export_is_whole_guarded_and_an_entry_itself(desk, trail, tmp_path):
    count, text = await trail.export(desk.act(desk.manager), "book", today=MONDAY)
    rows = list(csv.DictReader(io.StringIO(text)))
    assert (count, [row["patient"] for row in rows]) == (2, ["LEE, Min", "RUIZ, Ana"])
    assert (await found(desk, trail, ""))[0] == ("admin", "export audit", "")
    kept = AuditTrail(desk.database, desk.clinic, tmp_path)
    said = await kept.export_to_folder(desk.act(desk.manager), "book", today=MONDAY)
    assert said == "2 entries saved: audit-260302-1.csv in the state folder."
    assert (tmp_path / "audit-260302-1.csv").stat().st_mode & 0o777 == 0o600


def test_no_cell_is_a_formula():
    entry = AuditEntry(
        seq=1, at=NOW, who="=cmd", account="+1", origin="-x", act="@sum", subject="y", subject_id=None,
        patient="=1+1", before="", after="",
    )  # fmt: skip
    row = next(csv.DictReader(io.StringIO(csv_of([entry]))))
    assert [row[name] for name in ("who", "account", "from", "act", "patient")] == [
        "'=cmd",
        "'+1",
        "'-x",
        "'@sum",
        "'=1+1",
    ]


@pytest.mark.parametrize(
    ("text", "narrowed"),
    [
        ("", Narrowed()),
        ("ruiz 2/3", Narrowed(day=date(2026, 2, 3), words=("ruiz",))),
        ("t book", Narrowed(day=MONDAY, words=("book",))),
        ("10432", Narrowed(words=("10432",))),
        ("9:30x 2026-03-01 1/1", Narrowed(day=MONDAY - timedelta(days=1), words=("9:30x", "1/1"))),
    ],
)
def test_one_date_and_words_are_read(text, narrowed):
    assert read_narrowed(text, today=MONDAY, order=DateOrder.MONTH_FIRST) == narrowed
