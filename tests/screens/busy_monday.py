"""A busy Monday: what two clerks type from eight to six, and what they read then.

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

MORNING = ["Gruber", "Hughes", "Irwin", "Jonas", "King", "Lopez"]
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
    for provider, names, first in (("Dr Alvarez", EARLY, 9), ("Dr Chen", MORNING, 9), ("Dr Alvarez", AFTERNOON, 14)):
        for number, name in enumerate(names):
            clinic.book(name.upper(), provider, f"{first + number // 2}:{number % 2 * 30:02}")
    for name, start in zip(MASSAGES, ("9:00", "10:00", "14:00"), strict=True):
        clinic.book(name.upper(), "Osei LMT", start, purpose="Massage")
    for name in ("RUIZ", "ADAMS", "BAKER", "CLARK", "DAVIS", "WALSH", "YOUNG", "ZELLER"):
        reachable(clinic, name)
    invited(clinic, "BAKER")
    set_email(clinic, "BAKER", "baker@new.example.org")


LINES = """
8:00 | mgarcia | a | RUIZ, Ana is arrived.
8:01 | tlee | : 'ar lee' enter | LEE, Min is arrived.
8:02 | mgarcia | : 'ci ruiz' enter | RUIZ, Ana is checked in.
8:03 | tlee | : 'bk bau 845 alv adj' enter | Booked BAUER, Tomás for 8:45 with Dr Alvarez.
8:04 | mgarcia | down k w smi 2 enter | Walked in: SMITH, Joan for 8:15 with Dr Alvarez.
8:05 | tlee | : 'ci lee' enter | LEE, Min is checked in.
8:06 | mgarcia | / okafor enter e |
8:06 | mgarcia | esc esc f2 |
8:07 | tlee | : 'bk adams tue 930 chen adj' enter | Booked ADAMS, Lou for 9:30 with Dr Chen on Tue 3 Mar 2026.
8:08 | mgarcia | : 'bk byrne tue 10:00 chen adj' enter | Booked BYRNE, Kim for 10:00 with Dr Chen on Tue 3 Mar 2026.
8:08 | mgarcia | u | Took back: Booked BYRNE, Kim for 10:00 with Dr Chen.
8:09 | mgarcia | : 'bk byrne wed 10:00 chen adj' enter | Booked BYRNE, Kim for 10:00 with Dr Chen on Wed 4 Mar 2026.
8:10 | tlee | : 'bk cohen tue 9:00 alv' enter | Booked COHEN, Lou for 9:00 with Dr Alvarez.
8:11 | tlee | : 'mv cohen 9:30' enter | Moved COHEN, Lou for 9:30 with Dr Alvarez.
8:12 | mgarcia | t : 'ar kapoor' enter | KAPOOR, Dev is arrived.
8:13 | mgarcia | : 'ci kapoor' enter | KAPOOR, Dev is checked in.
8:14 | tlee | t : 'do ruiz' enter | RUIZ, Ana is done.
8:15 | mgarcia | : 'ou ruiz' enter | RUIZ, Ana is checked out.
8:15 | tlee | n Nguyen enter Linh enter 5/6/1991 enter up space enter linh@example.org enter space enter enter |
8:17 | mgarcia | f2 t down b dun enter enter | Booked DUNN, Kim for 9:15 with Dr Alvarez.
8:18 | mgarcia | m ] enter enter | Rescheduled DUNN, Kim for 9:15 with Dr Alvarez on Tue 3 Mar 2026.
8:19 | tlee | : 'ou smith' enter | SMITH, Joan is checked out.
8:20 | tlee | / walsh enter s enter |
8:21 | mgarcia | / young enter s enter |
8:22 | mgarcia | u | Took back: Invitation queued for young@example.org.
8:23 | tlee | / davis enter s u | Took back: Invitation queued for davis@example.org.
8:24 | mgarcia | f2 t : 'inv zeller' enter | Invitation queued for zeller@example.org; it leaves in 30 s.
8:25 | tlee | f2 t |
8:26 | mgarcia | f2 t : 'ar okafor' enter | OKAFOR, Grace is arrived.
8:27 | tlee | : 'ci okafor' enter | OKAFOR, Grace is checked in.
8:28 | mgarcia | : 'ou kapoor' enter | KAPOOR, Dev is checked out.
8:30 | tlee | : 'do okafor' enter | OKAFOR, Grace is done.
8:31 | mgarcia | f2 g wed enter b engel enter enter | Booked ENGEL, Lou for 8:15 with Dr Chen.
8:32 | mgarcia | f adj enter enter fuller enter enter | Booked FULLER, Kim for 8:00 with Dr Alvarez.
8:34 | mgarcia | f 'adj alv aft' enter enter grant enter enter | Booked GRANT, Lou for 13:00 with Dr Alvarez.
8:35 | tlee | t : 'ar adams' enter | ADAMS, Lou is arrived.
8:36 | mgarcia | t / holt enter b | In hand: HOLT, Kim b 4 Aug 1981. Enter on a free place books, Esc lets go.
8:37 | mgarcia | g thu enter enter enter | Booked HOLT, Kim for 8:30 with Dr Alvarez.
8:38 | tlee | : 'bk ives fri 14:00 osei mas' enter | Booked IVES, Lou for 14:00 with Osei LMT on Fri 6 Mar 2026.
8:39 | tlee | : 'mv ives fri 15:00' enter | Moved IVES, Lou for 15:00 with Osei LMT.
8:40 | mgarcia | t : 'ou okafor' enter | OKAFOR, Grace is checked out.
8:41 | tlee | t : 'ci adams' enter | ADAMS, Lou is checked in.
8:42 | mgarcia | t : 'bk jansen 1315 alv adj' enter | Booked JANSEN, Kim for 13:15 with Dr Alvarez.
8:43 | mgarcia | e up ives enter enter | Now IVES, Lou for 13:15 with Dr Alvarez.
8:44 | tlee | t : 'cf ives' enter | IVES, Lou is confirmed.
8:45 | mgarcia | : 'ar bauer' enter | BAUER, Tomás is arrived.
8:46 | tlee | : 'ci bauer' enter | BAUER, Tomás is checked in.
8:47 | mgarcia | : 'cf baker' enter | BAKER, Kim is confirmed.
8:48 | tlee | / baker enter r p y enter f2 |
8:49 | mgarcia | : 'cf clark' enter | CLARK, Lou is confirmed.
8:50 | tlee | f2 t : 'ar turner' enter | TURNER, Lou is arrived.
8:55 | mgarcia | : 'ci turner' enter | TURNER, Lou is checked in.
8:58 | mgarcia | : 'ar gruber' enter | GRUBER, Lou is arrived.
9:30 | tlee | t : 'ar baker' enter | BAKER, Kim is arrived.
9:31 | mgarcia | t : 'ou adams' enter | ADAMS, Lou is checked out.
9:31 | tlee | : 'ci baker' enter | BAKER, Kim is checked in.
9:32 | mgarcia | : 'do bauer' enter | BAUER, Tomás is done.
9:33 | tlee | : 'ou bauer' enter | BAUER, Tomás is checked out.
9:40 | mgarcia | n Okada enter Ren enter 7/8/1979 enter enter | OKADA, Ren is on record as #10044.
9:41 | mgarcia | b t f rex enter enter enter | Booked OKADA, Ren for 13:00 with Dr Chen.
9:45 | tlee | : 'ou baker' enter | BAKER, Kim is checked out.
9:50 | mgarcia | / reed enter e |
9:50 | mgarcia | esc f2 t |
9:55 | tlee | : 'ar clark' enter | CLARK, Lou is arrived.
10:00 | mgarcia | : 'ar upton' enter | UPTON, Kim is arrived.
10:01 | tlee | : 'ci clark' enter | CLARK, Lou is checked in.
10:02 | mgarcia | : 'ou turner' enter | TURNER, Lou is checked out.
10:03 | tlee | : 'ci upton' enter | UPTON, Kim is checked in.
10:10 | mgarcia | : 'bk abbott fri 11:00 alv rex' enter | Booked ABBOTT, Lou for 11:00 with Dr Alvarez on Fri 6 Mar
10:11 | tlee | t : 'do clark' enter | CLARK, Lou is done.
10:12 | mgarcia | m ] ] ] enter esc esc | ABBOTT, Lou is where it was.
10:13 | mgarcia | t : 'ou clark' enter | CLARK, Lou is checked out.
10:20 | tlee | : 'ca evans' enter | Cancelled EVANS, Lou for 11:00 with Dr Alvarez.
10:21 | mgarcia | : 'mv foster 1145' enter | Moved FOSTER, Kim for 11:45 with Dr Alvarez.
10:22 | tlee | u | Took back: Cancelled EVANS, Lou for 11:00 with Dr Alvarez.
10:25 | mgarcia | : 'ar davis' enter | DAVIS, Kim is arrived.
10:26 | tlee | : 'cf foster' enter | FOSTER, Kim is confirmed.
10:27 | mgarcia | : 'ci davis' enter | DAVIS, Kim is checked in.
10:40 | tlee | : 'do davis' enter | DAVIS, Kim is done.
10:41 | mgarcia | : 'ou davis' enter | DAVIS, Kim is checked out.
10:50 | tlee | : 'ar evans' enter | EVANS, Lou is arrived.
10:55 | mgarcia | : 'ou upton' enter | UPTON, Kim is checked out.
11:00 | tlee | : 'ci evans' enter | EVANS, Lou is checked in.
11:10 | mgarcia | : 'wi stone alv' enter | Walked in: STONE, Kim for 11:15 with Dr Alvarez.
11:11 | mgarcia | : 'wi walsh alv' enter | Walked in: WALSH, Kim for 11:30 with Dr Alvarez.
11:15 | tlee | : 'ou evans' enter | EVANS, Lou is checked out.
11:20 | mgarcia | : 'ci walsh' enter | WALSH, Kim is checked in.
11:35 | tlee | : 'ou walsh' enter | WALSH, Kim is checked out.
11:40 | mgarcia | : 'ns foster' enter | FOSTER, Kim is a no-show.
11:44 | tlee | : 'ar foster' enter | FOSTER, Kim is arrived.
11:46 | tlee | : 'ci foster' enter | FOSTER, Kim is checked in.
11:55 | mgarcia | : 'ou foster' enter | FOSTER, Kim is checked out.
12:50 | tlee | v esc |
13:00 | mgarcia | : 'ar ives' enter | IVES, Lou is arrived.
13:40 | tlee | : 'ar vega' enter | VEGA, Lou is arrived.
13:15 | mgarcia | : 'ci ives' enter | IVES, Lou is checked in.
13:30 | tlee | : 'ou ives' enter | IVES, Lou is checked out.
13:45 | mgarcia | t right k e |
13:46 | mgarcia | esc |
13:50 | mgarcia | : 'ar moore' enter | MOORE, Lou is arrived.
13:55 | tlee | : 'ci moore' enter | MOORE, Lou is checked in.
14:00 | mgarcia | : 'ci vega' enter | VEGA, Lou is checked in.
14:05 | tlee | : 'ou moore' enter | MOORE, Lou is checked out.
14:20 | mgarcia | : 'ar nolan' enter | NOLAN, Kim is arrived.
14:21 | tlee | : 'ci nolan' enter | NOLAN, Kim is checked in.
14:30 | mgarcia | : 'bk holt 1515 chen adj' enter | Booked HOLT, Kim for 15:15 with Dr Chen.
14:35 | tlee | : 'ou nolan' enter | NOLAN, Kim is checked out.
14:50 | mgarcia | : 'ca ortiz' enter | Cancelled ORTIZ, Lou for 15:00 with Dr Alvarez.
14:55 | tlee | : 'mv price +1w' enter | Rescheduled PRICE, Kim for 15:30 with Dr Alvarez on Mon 9 Mar 2026.
15:00 | mgarcia | t : 'ou vega' enter | VEGA, Lou is checked out.
15:20 | tlee | t : 'ar reed' enter | REED, Lou is arrived.
15:55 | mgarcia | : 'ci reed' enter | REED, Lou is checked in.
16:10 | tlee | : 'ou reed' enter | REED, Lou is checked out.
18:05 | mgarcia | v |
18:05 | mgarcia | enter k n | 11 appointments are no-shows.
"""
