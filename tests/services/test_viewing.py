"""Who looked at whom is written into the audit trail, in batches, and is nothing that `u` or a colleague meets."""

from datetime import timedelta

from sqlalchemy import func, select

from ctfront.data import ledger
from ctfront.data.models import ActRow, ChangeRow
from ctfront.services.audit_trail import AuditTrail
from ctfront.services.viewing import BATCH, Viewing
from tests.clinics import MONDAY, NOW


def counts(desk):
    queries = [select(func.count()).select_from(row) for row in (ActRow, ChangeRow)]
    return desk.database.write_now(lambda session: [session.execute(query).scalar() for query in queries])


async def test_each_patient_is_an_entry_and_nothing_else_changes(desk):
    before = counts(desk)
    viewing = Viewing(desk.database, desk.clinic, desk.act)
    for minute, name in enumerate(("RUIZ", "LEE", "RUIZ")):
        viewing.note(desk.patients[name], NOW + timedelta(minutes=minute))
    await viewing.write()
    await viewing.write()
    entries = await AuditTrail(desk.database, desk.clinic).find(desk.manager, "view", today=MONDAY)
    assert [(it.who, it.patient, it.changes) for it in entries] == [
        ("mgarcia", "LEE, Min", "at 2026-03-02T15:51:00+00:00"),
        ("mgarcia", "RUIZ, Ana", "at 2026-03-02T15:50:00+00:00"),
    ]
    assert counts(desk) == before
    assert desk.database.write_now(lambda session: ledger.broken_links(session, desk.clinic.id)) == []


async def test_a_batch_is_full_in_time(desk):
    viewing = Viewing(desk.database, desk.clinic, desk.act)
    for number in range(BATCH):
        assert not viewing.is_full
        viewing.note(number, NOW)
    assert viewing.is_full
