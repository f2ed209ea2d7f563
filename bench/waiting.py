"""What an offer of a freed place costs with many on the waitlist."""

import random
from collections.abc import Iterator
from datetime import datetime, timedelta
from itertools import islice
from pathlib import Path

from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from bench.booking import copied_clinic
from bench.filling import NOW, TODAY
from bench.timing import Figure, Report, cpu, latency, sample
from ctfront.data.database import Database
from ctfront.data.models import PatientRow, WaitlistEntryRow, WaitlistProviderRow
from ctfront.data.waitlist import columns_of
from ctfront.domain.appointments import Place
from ctfront.domain.openings import PartOfDay
from ctfront.domain.staff import Actor
from ctfront.domain.times import time_of
from ctfront.domain.waitlist import ALL_DAY, EVERY_DAY, WaitlistDraft
from ctfront.services.scheduling import Scheduling
from ctfront.services.waitlist import Waitlist

OFFER_P99 = 20
WAITING = 5_000
EARLY = datetime.combine(TODAY, datetime.min.time())


def _drafts(purposes: int, providers: int) -> Iterator[WaitlistDraft]:
    """Yield who waits: half for any provider, half on any day, a third at any time."""
    chance = random.Random("waitlist")
    for patient_id in range(1, 2 * WAITING):
        days = frozenset(chance.sample(range(6), 3)) if chance.random() < 0.5 else EVERY_DAY
        some = chance.sample(range(1, providers + 1), chance.randint(1, 3)) if chance.random() < 0.5 else ()
        yield WaitlistDraft(
            patient_id=patient_id,
            purpose_id=chance.randint(1, purposes),
            provider_ids=tuple(sorted(some)),
            weekdays=days,
            times=chance.choice([*PartOfDay]).span if chance.random() < 0.67 else ALL_DAY,
            earliest=TODAY,
            until=TODAY + timedelta(days=chance.randint(7, 60)),
        )


async def measure_waitlist(report: Report, path: Path) -> None:
    """Report what the offer of a free place costs, over different places."""
    async with copied_clinic(path) as clinic:
        scheduling = clinic.scheduling
        purposes, providers = await scheduling.purposes(), await scheduling.providers()
        _fill(clinic.database, scheduling, clinic.actor, _drafts(len(purposes), len(providers)))
        starts = await scheduling.openings(
            purposes[0].id, start=TODAY, until=TODAY + timedelta(days=6), not_before=EARLY, limit=2_000
        )
        places = [Place(provider_id=s.provider_id, day=s.day, start=time_of(s.minute)) for s in starts]
        random.Random("places").shuffle(places)
        waitlist, fitting = Waitlist(clinic.database, scheduling), []

        async def offer(run: int) -> None:
            found = await waitlist.offer(places[run % len(places)], now=EARLY, most=1)
            fitting.append(found.count if found else 0)

        timed, spent = await sample(offer), await cpu(offer)
        listed = await sample(lambda run: waitlist.offer(places[run % len(places)], now=EARLY))
        waiting = len(await waitlist.entries())
    average = sum(fitting) / len(fitting)
    report.add(
        "Waitlist",
        *latency(f"the offer of a freed place, {waiting:,} waiting", timed, p99=OFFER_P99),
        Figure(what="the same, CPU p50", measured=spent.p50),
        Figure(what="the same, CPU p99", measured=spent.p99),
        Figure(what="the first hundred of them for the list, p50", measured=listed.p50),
        Figure(what="whom it fits, on average", measured=average, unit=""),
    )
    report.note(
        "Waitlist",
        "Through the service, the provider's day read and the entries made; over different free places of a week, "
        "in a clinic of 10,000 patients and 24 providers.",
    )


def _fill(database: Database, scheduling: Scheduling, actor: Actor, drafts: Iterator[WaitlistDraft]) -> None:
    """Put active patients on the waitlist until it is long enough."""
    made = {"by_kind": actor.kind.value, "by_id": actor.id, "by_name": actor.name, "made_at": NOW}
    fixed = {"clinic_id": scheduling.clinic.id, "closed_how": "", "closed_by_name": "", "version": 1, **made}

    def fill(session: Session) -> None:
        active = set(session.scalars(select(PatientRow.id).where(PatientRow.active)))
        chosen = list(islice((draft for draft in drafts if draft.patient_id in active), WAITING))
        entries = [{"patient_id": draft.patient_id, **fixed, **columns_of(draft)} for draft in chosen]
        ids = session.scalars(
            insert(WaitlistEntryRow).returning(WaitlistEntryRow.id, sort_by_parameter_order=True), entries
        )
        named = [
            {"entry_id": entry_id, "provider_id": provider_id}
            for entry_id, draft in zip(ids, chosen, strict=True)
            for provider_id in draft.provider_ids
        ]
        session.execute(insert(WaitlistProviderRow), named)

    database.write_now(fill)
