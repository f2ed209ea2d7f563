"""A small clinic for the tests, made through the services."""

from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time
from itertools import count

from ctfront.data.database import Database
from ctfront.domain.appointments import Appointment, AppointmentDraft, Place
from ctfront.domain.clinic import Clinic, Identity
from ctfront.domain.patients import PatientDraft, Phone
from ctfront.domain.providers import Break, DayHours, Provider, VisitPurpose
from ctfront.domain.set_up import FoundingDraft, ProviderDraft, StaffDraft, VisitPurposeDraft
from ctfront.domain.staff import FRONT_DESK_RIGHTS, Act, Actor, ActorKind, Right
from ctfront.domain.times import Span
from ctfront.mail.links import LinkKey
from ctfront.services import booking, holding
from ctfront.services.found import found_clinic
from ctfront.services.mail_acts import Rules
from ctfront.services.patients import Patients, add_patient
from ctfront.services.scheduling import Scheduling
from ctfront.services.set_up_providers import save_provider
from ctfront.services.set_up_purposes import save_purpose
from ctfront.services.set_up_staff import add_staff

MONDAY = date(2026, 3, 2)
NOW = datetime(2026, 3, 2, 15, 50, tzinfo=UTC)
"""7:50 on the Monday in Los Angeles."""

DEMO_RULES = Rules(
    site="http://127.0.0.1:8000",
    domain="main-street.example",
    key_for=lambda known: LinkKey(bytes(32)),
    per_minute=0,
    owner="demo",
)
"""By which the demo's mails leave in tests."""

WEEK = tuple(
    DayHours(weekday=day, spans=(Span(480, 1080),), breaks=(Break(span=Span(720, 780), label="lunch"),))
    for day in range(5)
)


@dataclass
class SmallClinic:
    """Three providers, four purposes, eight patients, two clerks."""

    database: Database
    clinic: Clinic
    manager: Actor
    mgarcia: Actor
    tlee: Actor
    providers: dict[str, Provider]
    purposes: dict[str, VisitPurpose]
    patients: dict[str, int]
    serial: count = field(default_factory=lambda: count(1))

    def __post_init__(self) -> None:
        self.scheduling = Scheduling(self.database, self.clinic)
        self.people = Patients(self.database, self.clinic)

    def act(self, who: Actor | None = None, at: datetime = NOW) -> Act:
        return Act(who=who or self.mgarcia, at=at, op_id=f"test-{next(self.serial)}")

    def place(self, provider: str, start: str, day: date = MONDAY) -> Place:
        hour, minute = start.split(":")
        return Place(provider_id=self.providers[provider].id, day=day, start=time(int(hour), int(minute)))

    def draft(
        self, patient: str, provider: str, start: str, day: date = MONDAY, purpose: str = "Adjustment", **more
    ) -> AppointmentDraft:
        more.setdefault("minutes", self.purposes[purpose].minutes)
        return AppointmentDraft(
            patient_id=self.patients[patient],
            place=self.place(provider, start, day),
            purpose_id=self.purposes[purpose].id,
            **more,
        )

    def book(self, *where, who: Actor | None = None, **more) -> Appointment:
        """Book without an event loop, for setting a scene."""
        draft, act = self.draft(*where, **more), self.act(who)
        return self.database.write_now(lambda session: booking.book(session, self.clinic, act, draft))

    def hold(
        self,
        provider: str,
        start: str,
        *,
        day: date = MONDAY,
        minutes: int = 15,
        who: Actor | None = None,
        at: datetime = NOW,
        hold_id: str = "form",
    ) -> datetime:
        """Hold a place, as a form that waits does."""
        place, act = self.place(provider, start, day), self.act(who, at)
        return self.database.write_now(
            lambda session: holding.hold(session, self.clinic, act, place, minutes, hold_id=hold_id)
        )


PEOPLE = (
    ("RUIZ", "Ana", date(1984, 3, 2), "(555) 010-4431"),
    ("KAPOOR", "Dev", date(1984, 2, 14), "(555) 010-4432"),
    ("LEE", "Min", date(1990, 11, 30), "(555) 010-4433"),
    ("OKAFOR", "Grace", date(1957, 6, 18), "(555) 010-4434"),
    ("SMITH", "Joan", date(1962, 5, 1), "(555) 010-4435"),
    ("SMITH", "Joan", date(1993, 5, 1), "(555) 010-4436"),
    ("O'NEIL-[/x]ŁUKASZ", "Zoë", date(1988, 10, 10), "(555) 010-4437"),
    ("BAUER", "Tomás", date(1975, 8, 23), "(555) 010-4438"),
)


def small_clinic(url: str) -> SmallClinic:
    """Found the clinic in an empty database."""
    database = Database(url)
    database.ready()
    clinic, manager = found_clinic(
        database,
        NOW,
        FoundingDraft(
            name="Main Street Clinic",
            zone="America/Los_Angeles",
            manager_name="Ada Admin",
            manager_short="admin",
            identity=Identity.DEMO,
            holidays="US-CA",
        ),
    )
    serial = count(1)

    def act() -> Act:
        return Act(who=manager, at=NOW, op_id=f"setup-{next(serial)}")

    def fill(session):
        clerk = add_staff(session, clinic, act(), StaffDraft(name="Maria Garcia", short_name="mgarcia"))
        junior_rights = FRONT_DESK_RIGHTS - {Right.OVERBOOK, Right.DELETE}
        junior = add_staff(session, clinic, act(), StaffDraft(name="Tom Lee", short_name="tlee", rights=junior_rights))
        purposes = {
            name: save_purpose(
                session, clinic, act(), None, VisitPurposeDraft(name=name, minutes=minutes, letter=letter)
            )
            for name, minutes, letter in (
                ("Adjustment", 15, "Adj"),
                ("New Patient Exam", 45, "NPE"),
                ("Re-exam", 30, "Rex"),
                ("Massage", 60, "Mas"),
            )
        }
        offers = {
            "Dr Alvarez": ("Adjustment", "New Patient Exam", "Re-exam"),
            "Dr Chen": ("Adjustment", "New Patient Exam", "Re-exam"),
            "Osei LMT": ("Massage",),
        }
        providers = {
            name: save_provider(
                session,
                clinic,
                act(),
                None,
                ProviderDraft(name=name, hours=WEEK, purpose_ids=tuple(purposes[p].id for p in offered)),
            )
            for name, offered in offers.items()
        }
        patients = {}
        for last, first, born, phone in PEOPLE:
            draft = PatientDraft(
                last_name=last, first_name=first, birth_date=born, phones=(Phone(kind="mobile", number=phone),)
            )
            key = last if last not in patients else f"{last} {born.year}"
            patients[key] = add_patient(session, clinic, act(), draft, another_person=True)
        return clerk, junior, purposes, providers, patients

    clerk, junior, purposes, providers, patients = database.write_now(fill)
    return SmallClinic(
        database=database,
        clinic=clinic,
        manager=manager,
        mgarcia=actor_of(clerk),
        tlee=actor_of(junior),
        providers=providers,
        purposes=purposes,
        patients=patients,
    )


def actor_of(staff) -> Actor:
    return Actor(kind=ActorKind.STAFF, id=staff.id, name=staff.short_name, rights=staff.rights)
