"""Made-up people of the demo clinic; nobody of these names is meant."""

from dataclasses import dataclass
from datetime import date, time

from ctfront.domain.patients import Alert, Channel, PatientDraft, Phone, Sex
from ctfront.domain.times import Span
from ctfront.domain.waitlist import ALL_DAY

BOTH = frozenset(Channel)


def _phone(tail: str) -> tuple[Phone, ...]:
    return (Phone(kind="mobile", number=f"(555) 010-{tail}"),)


@dataclass(frozen=True, kw_only=True)
class CastMember:
    """Somebody the demo always holds, with the provider of a past visit."""

    patient: PatientDraft
    seen_by: str = ""
    """Who has treated this patient before, empty for nobody."""


def _cast(
    last: str,
    first: str,
    born: str,
    sex: Sex,
    tail: str,
    email: str | None = None,
    consent: frozenset[Channel] = BOTH,
    seen_by: str = "",
    record: str | None = None,
    alert: str = "",
    inactive: str = "",
) -> CastMember:
    draft = PatientDraft(
        last_name=last,
        first_name=first,
        birth_date=date.fromisoformat(born),
        sex=sex,
        phones=_phone(tail),
        email=email,
        consent=consent,
        record_number=record,
        alerts=(Alert(text=alert),) if alert else (),
        active=not inactive,
        inactive_reason=inactive,
    )
    return CastMember(patient=draft, seen_by=seen_by)


ALVAREZ, CHEN, OSEI, NOVAK = "Dr Alvarez", "Dr Chen", "Osei LMT", "Dr Novak"
F, M = Sex.FEMALE, Sex.MALE

BAUERS_ADDRESS = "tomas.bauer@example.org"
"""The right one, saved after an invitation went to another."""

CAST = (
    _cast("Ruiz", "Ana", "1984-03-02", F, "2210", "ana.ruiz@example.org", seen_by=ALVAREZ),
    _cast(
        "Kapoor", "Dev", "1984-02-14", M, "4432", "dev.kapoor@example.org", seen_by=CHEN, record="10432",
        alert="Fear of needles: tell the provider",
    ),
    _cast("Lee", "Min", "1990-11-30", F, "7781", seen_by=OSEI),
    _cast("Okafor", "Grace", "1957-06-18", F, "3306", "grace.okafor@example.org", frozenset(), seen_by=ALVAREZ),
    _cast("Novak", "Petra", "2001-01-09", F, "5519", "petra.novak@example.org", seen_by=CHEN),
    _cast("Bauer", "Tomás", "1975-08-23", M, "6642", "tomas.baur@example.org", seen_by=ALVAREZ),
    _cast("Sato", "Yuki", "1968-12-05", F, "9075", "yuki.sato@example.org", seen_by=CHEN),
    _cast("Hassan", "Omar", "1949-04-11", M, "1198", "omar.hassan@example.org", seen_by=ALVAREZ),
    _cast("Quinn", "Rory", "1999-07-30", M, "8853", "rory.quinn@example.org", seen_by=CHEN),
    _cast("Smith", "Joan", "1962-05-01", F, "4127", "joan.smith@example.org", seen_by=ALVAREZ),
    _cast("Smith", "Joan", "1993-05-01", F, "6390", "joan.smith.93@example.org", seen_by=CHEN),
    _cast("O'Neil-[/x]Łukasz", "Zoë", "1988-10-10", F, "2764", "zoe@example.org", seen_by=CHEN),
    _cast("Ferrari", "Luca", "1980-07-07", M, "5048", "ferrari.family@example.org", seen_by=ALVAREZ),
    _cast("Ferrari", "Mia", "2015-09-19", F, "5048", "ferrari.family@example.org", seen_by=ALVAREZ),
    _cast("Vance", "Idris", "1971-02-28", M, "3937", "idris.vance@example.org", inactive="moved away"),
    _cast("Park", "Soo-jin", "1995-03-03", F, "8216", "soojin.park@example.org", seen_by=ALVAREZ),
)  # fmt: skip
"""The patients whom stories are about."""

SURNAMES = (
    "Abbott", "Adeyemi", "Aguilar", "Albrecht", "Amari", "Andersen", "Archer", "Arnaud", "Atwater", "Avery",
    "Babcock", "Baldwin", "Banerjee", "Bellamy", "Beltran", "Bianchi", "Blackwell", "Boateng", "Brandt", "Bristow",
    "Cabrera", "Caldwell", "Carver", "Castillo", "Chaudhry", "Clement", "Corwin", "Costa", "Crane", "Czerny",
    "Dalton", "Danforth", "Delgado", "Demir", "Desmond", "Dimitrov", "Donnelly", "Drake", "Duarte", "Dvorak",
    "Eastman", "Ebert", "Eklund", "Ellison", "Engel", "Espinoza", "Everett", "Fairchild", "Farouk", "Fischer",
    "Fleming", "Fontaine", "Forsyth", "Fraser", "Gallardo", "Gardiner", "Gebhardt", "Gibbons", "Goldman", "Guerrero",
    "Haddad", "Halvorsen", "Hendrix", "Herrera", "Holloway", "Hwang", "Ibarra", "Ingram", "Ivanova", "Jacobsen",
    "Jankowski", "Jimenez", "Jovanovic", "Keller", "Kimura", "Kowalski", "Krause", "Lachance", "Lindgren", "Lombardi",
    "Mahoney", "Marchetti", "Mbeki", "Mercer", "Moreau", "Nakamura", "Nguyen", "Nyberg", "Olsen", "Ortega",
    "Pacheco", "Pereira", "Petrov", "Pruitt", "Ramsey", "Reinhardt", "Rossi", "Salazar", "Sandoval", "Schneider",
    "Sorensen", "Talbot", "Tanaka", "Thorne", "Torres", "Ulrich", "Valdez", "Vasquez", "Wagner", "Whitaker",
    "Winslow", "Yamada", "Yilmaz", "Zamora", "Zeller", "Zhou",
)  # fmt: skip
"""None begins like a surname of the cast: three letters of the cast find the cast alone."""

WOMEN = (
    "Alice", "Amara", "Beatriz", "Camille", "Carmen", "Daria", "Elena", "Esther", "Fatima", "Freya", "Gloria", "Hanna",
    "Ines", "Ingrid", "Jasmine", "Judith", "Karin", "Leila", "Lucía", "Magda", "Naomi", "Noor", "Olga", "Priya",
    "Renée", "Rosa", "Sofia", "Tamsin", "Ursula", "Valerie", "Wanda", "Yolanda",
)  # fmt: skip

MEN = (
    "Adam", "Ahmed", "Andrés", "Björn", "Bruno", "Carlos", "Cedric", "Daniel", "Diego", "Emil", "Felix", "George",
    "Hassim", "Hugo", "Isaac", "Jamal", "Jonas", "Kofi", "Leon", "Marco", "Miguel", "Nils", "Oscar", "Pavel", "Rafael",
    "Samuel", "Stefan", "Tariq", "Victor", "Walter", "Xavier", "Yusuf",
)  # fmt: skip

WAITING: tuple[tuple[str, tuple[str, ...], Span, int, int, time, str], ...] = (
    ("Adjustment", (), ALL_DAY, 12, 1, time(17, 20), "works near by, here in ten minutes"),
    ("Adjustment", (ALVAREZ,), Span(8 * 60, 12 * 60), 11, 3, time(9, 50), ""),
    ("Massage", (OSEI,), ALL_DAY, 9, 2, time(14, 35), "call the office first"),
    ("Re-exam", (), Span(13 * 60, 18 * 60), 13, 5, time(11, 5), ""),
)
"""Who waits, none of the cast: purpose, providers, times, for how many more days, since how many and when, note."""
