"""A busy Monday: what two clerks type from eight to six while a provider falls sick, and what they read then.

A line is the clinic's time, who types, what, and what the screen says in the end.
"""

from datetime import date

from ctfront.domain.patients import Alert, PatientDraft, Phone
from ctfront.services.patients import add_patient
from tests.clinics import SmallClinic
from tests.invited import invited, reachable, set_email
from tests.screens.conftest import cast

NAMES = [
    "Adams",
    "Baker",
    "Clark",
    "Davis",
    "Evans",
    "Foster",
    "Gruber",
    "Hughes",
    "Irwin",
    "Jonas",
    "King",
    "Lopez",
    "Moore",
    "Nolan",
    "Ortiz",
    "Price",
    "Reed",
    "Stone",
    "Turner",
    "Upton",
    "Vega",
    "Walsh",
    "Young",
    "Zeller",
    "Abbott",
    "Byrne",
    "Cohen",
    "Dunn",
    "Engel",
    "Fuller",
    "Grant",
    "Holt",
    "Ives",
    "Jansen",
]
"""Surnames of those who come besides the cast, no two with the same first three letters."""

EARLY = ["Adams", "Baker", "Clark", "Davis", "Evans", "Foster"]
"""Who is booked with Dr Alvarez from 9:00, every half hour."""

SICK = ["Gruber", "Hughes", "Irwin", "Jonas", "King", "Lopez"]
"""Who is booked with Dr Chen from 9:00, every half hour."""

AFTERNOON = ["Moore", "Nolan", "Ortiz", "Price", "Reed", "Stone"]
"""Who is booked with Dr Alvarez from 14:00, every half hour."""

MASSAGES = ["Turner", "Upton", "Vega"]
"""Who is booked with Osei LMT at 9:00, 10:00 and 14:00."""


def scene(clinic: SmallClinic) -> None:
    """The cast's first hour, two columns that are half full, and who may be written to."""
    cast(clinic)

    def add(session) -> dict[str, int]:
        added = {}
        for number, name in enumerate(NAMES):
            draft = PatientDraft(
                last_name=name,
                first_name="Kim" if number % 2 else "Lou",
                birth_date=date(1950 + number, 1 + number % 12, 1 + number % 28),
                phones=(Phone(kind="mobile", number=f"(555) 020-{1000 + number}"),),
                alerts=(Alert(text="Hard of hearing"),) if name == "Reed" else (),
            )
            added[name.upper()] = add_patient(session, clinic.clinic, clinic.act(), draft, another_person=True)
        return added

    clinic.patients |= clinic.database.write_now(add)
    for provider, names, first in (("Dr Alvarez", EARLY, 9), ("Dr Chen", SICK, 9), ("Dr Alvarez", AFTERNOON, 14)):
        for number, name in enumerate(names):
            clinic.book(name.upper(), provider, f"{first + number // 2}:{number % 2 * 30:02}")
    for name, start in zip(MASSAGES, ("9:00", "10:00", "14:00"), strict=True):
        clinic.book(name.upper(), "Osei LMT", start, purpose="Massage")
    for name in ("RUIZ", "ADAMS", "BAKER", "CLARK", "DAVIS", "WALSH", "YOUNG", "ZELLER"):
        reachable(clinic, name)
    invited(clinic, "BAKER")
    set_email(clinic, "BAKER", "baker@new.example.org")


LINES = """
8:00 | mgarcia | a |
8:01 | tlee | : 'ar lee' enter |
8:02 | mgarcia | : 'ci ruiz' enter |
8:03 | tlee | : 'bk bau 845 alv adj' enter |
8:04 | mgarcia | down k w smi 2 enter |
8:05 | tlee | : 'ci lee' enter |
8:06 | mgarcia | / okafor enter e |
8:06 | mgarcia | esc esc f2 |
8:07 | tlee | : 'bk adams tue 930 chen adj' enter |
8:08 | mgarcia | : 'bk byrne tue 10:00 chen adj' enter |
8:08 | mgarcia | u |
8:09 | mgarcia | : 'bk byrne wed 10:00 chen adj' enter |
8:10 | tlee | : 'bk cohen tue 9:00 alv' enter |
8:11 | tlee | : 'mv cohen 9:30' enter |
8:12 | mgarcia | t : 'ar kapoor' enter |
8:13 | mgarcia | : 'ci kapoor' enter |
8:14 | tlee | t : 'do ruiz' enter |
8:15 | mgarcia | : 'ou ruiz' enter |
8:15 | tlee | n Nguyen enter Linh enter 5/6/1991 enter up space enter linh@example.org enter space enter enter |
8:17 | mgarcia | f2 t down b dun enter enter |
8:18 | mgarcia | m ] enter enter |
8:19 | tlee | : 'ou smith' enter |
8:20 | tlee | / walsh enter s enter |
8:21 | mgarcia | / young enter s enter |
8:22 | mgarcia | u |
8:23 | tlee | / davis enter s u |
8:24 | mgarcia | f2 t : 'inv zeller' enter |
8:25 | tlee | f2 t |
8:26 | mgarcia | f2 t : 'ar okafor' enter |
8:27 | tlee | : 'ci okafor' enter |
8:28 | mgarcia | : 'ou kapoor' enter |
8:30 | tlee | : 'do okafor' enter |
8:31 | mgarcia | f2 g wed enter b engel enter enter |
8:32 | mgarcia | f adj enter enter fuller enter enter |
8:34 | mgarcia | f 'adj alv aft' enter enter grant enter enter |
8:35 | tlee | t : 'ar adams' enter |
8:36 | mgarcia | t / holt enter b |
8:37 | mgarcia | g thu enter enter enter |
8:38 | tlee | : 'bk ives fri 14:00 osei mas' enter |
8:39 | tlee | : 'mv ives fri 15:00' enter |
8:40 | mgarcia | t : 'ou okafor' enter |
8:41 | tlee | t : 'ci adams' enter |
8:42 | mgarcia | t : 'bk jansen 1315 alv adj' enter |
8:43 | mgarcia | e up ives enter enter |
8:44 | tlee | t : 'cf ives' enter |
8:45 | mgarcia | : 'ar bauer' enter |
8:46 | tlee | : 'ci bauer' enter |
8:47 | mgarcia | : 'cf baker' enter |
8:48 | tlee | / baker enter r p y enter f2 |
8:49 | mgarcia | : 'cf clark' enter |
8:50 | tlee | f2 t : 'ar turner' enter |
8:55 | mgarcia | : 'ci turner' enter |
8:58 | mgarcia | : 'ar gruber' enter |
9:30 | tlee | t : 'ar baker' enter |
9:31 | mgarcia | t : 'ou adams' enter |
9:31 | tlee | : 'ci baker' enter |
9:32 | mgarcia | : 'do bauer' enter |
9:33 | tlee | : 'ou bauer' enter |
9:40 | mgarcia | n Okada enter Ren enter 7/8/1979 enter enter |
9:41 | mgarcia | b t f rex enter enter enter |
9:45 | tlee | : 'ou baker' enter |
9:50 | mgarcia | / reed enter e |
9:50 | mgarcia | esc f2 t |
9:55 | tlee | : 'ar clark' enter |
10:00 | mgarcia | : 'ar upton' enter |
10:01 | tlee | : 'ci clark' enter |
10:02 | mgarcia | : 'ou turner' enter |
10:03 | tlee | : 'ci upton' enter |
10:10 | mgarcia | : 'bk abbott fri 11:00 alv rex' enter |
10:11 | tlee | t : 'do clark' enter |
10:12 | mgarcia | m ] ] ] enter esc esc |
10:13 | mgarcia | t : 'ou clark' enter |
10:20 | tlee | : 'ca evans' enter |
10:21 | mgarcia | : 'mv foster 1145' enter |
10:22 | tlee | u |
10:25 | mgarcia | : 'ar davis' enter |
10:26 | tlee | : 'cf foster' enter |
10:27 | mgarcia | : 'ci davis' enter |
10:40 | tlee | : 'do davis' enter |
10:41 | mgarcia | : 'ou davis' enter |
10:50 | tlee | : 'ar evans' enter |
10:55 | mgarcia | : 'ou upton' enter |
11:00 | tlee | : 'ci evans' enter |
11:10 | mgarcia | : 'wi stone alv' enter |
11:11 | mgarcia | : 'wi walsh alv' enter |
11:15 | tlee | : 'ou evans' enter |
11:20 | mgarcia | : 'ci walsh' enter |
11:35 | tlee | : 'ou walsh' enter |
11:40 | mgarcia | : 'ns foster' enter |
11:44 | tlee | : 'ar foster' enter |
11:46 | tlee | : 'ci foster' enter |
11:55 | mgarcia | : 'ou foster' enter |
12:50 | tlee | v esc |
13:00 | mgarcia | : 'ar ives' enter |
13:40 | tlee | : 'ar vega' enter |
13:15 | mgarcia | : 'ci ives' enter |
13:30 | tlee | : 'ou ives' enter |
13:45 | mgarcia | t right k e |
13:46 | mgarcia | esc |
13:50 | mgarcia | : 'ar moore' enter |
13:55 | tlee | : 'ci moore' enter |
14:00 | mgarcia | : 'ci vega' enter |
14:05 | tlee | : 'ou moore' enter |
14:20 | mgarcia | : 'ar nolan' enter |
14:21 | tlee | : 'ci nolan' enter |
14:30 | mgarcia | : 'bk holt 1515 chen adj' enter |
14:35 | tlee | : 'ou nolan' enter |
14:50 | mgarcia | : 'ca ortiz' enter |
14:55 | tlee | : 'mv price +1w' enter |
15:00 | mgarcia | t : 'ou vega' enter |
15:20 | tlee | t : 'ar reed' enter |
15:55 | mgarcia | : 'ci reed' enter |
16:10 | tlee | : 'ou reed' enter |
18:05 | mgarcia | v |
18:05 | mgarcia | enter k n |
"""
