"""A busy Monday: what two clerks type from eight to six, and what they read then.

A line is the clinic's time, who types, what, and what the screen says in the end.
"""

from dataclasses import replace
from datetime import date

from ctfront.domain.patients import Alert, PatientDraft, Phone
from ctfront.domain.staff import Actor, Right
from ctfront.domain.times import show_minute
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
"""Who is booked with Dr Chen from 9:15, every half hour."""

AFTERNOON = ["Moore", "Nolan", "Ortiz", "Price", "Reed", "Stone"]
"""Who is booked with Dr Alvarez from 14:00, every half hour."""

ALERTS = {"Reed": (Alert(text="Hard of hearing"),), "Dunn": (Alert(text="Latex allergy", must_confirm=True),)}
"""By surname."""

MASSAGES = ["Turner", "Upton", "Vega"]
"""Who is booked with Osei LMT at 9:00, 10:00 and 14:00."""


def actors(clinic: SmallClinic) -> dict[str, Actor]:
    """Who sits at the two desks: a clerk who also sets up, and one who may neither overbook nor delete."""
    return {"mgarcia": replace(clinic.mgarcia, rights=clinic.mgarcia.rights | {Right.SET_UP}), "tlee": clinic.tlee}


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
                alerts=ALERTS.get(name, ()),
            )
            added[name.upper()] = add_patient(session, clinic.clinic, clinic.act(), draft, another_person=True)
        return added

    clinic.patients |= clinic.database.write_now(add)
    for provider, names, first in (
        ("Dr Alvarez", EARLY, 9 * 60),
        ("Dr Chen", MORNING, 9 * 60 + 15),
        ("Dr Alvarez", AFTERNOON, 14 * 60),
    ):
        for number, name in enumerate(names):
            clinic.book(name.upper(), provider, show_minute(first + 30 * number))
    for name, start in zip(MASSAGES, ("9:00", "10:00", "14:00"), strict=True):
        clinic.book(name.upper(), "Osei LMT", start, purpose="Massage")
    for name in ("RUIZ", "ADAMS", "BAKER", "CLARK", "DAVIS", "WALSH", "YOUNG", "ZELLER"):
        reachable(clinic, name)
    invited(clinic, "BAKER")
    set_email(clinic, "BAKER", "baker@new.example.org")


LINES = """
8:00 | mgarcia | a | RUIZ, Ana is arrived.
8:01 | tlee | : 'ar lee' enter | LEE, Min is arrived.
8:02 | mgarcia | : 'ci rui' enter | RUIZ, Ana is checked in.
8:03 | tlee | : 'bk bau 845 alv adj' enter | Booked BAUER, Tomás for 8:45 with Dr Alvarez.
8:04 | mgarcia | down k w smi 2 enter | Walked in: SMITH, Joan for 8:15 with Dr Alvarez.
8:05 | tlee | : 'ci lee' enter | LEE, Min is checked in.
8:06 | mgarcia | / okafor enter e |
8:06 | mgarcia | esc f2 |
8:07 | tlee | : 'bk adams tue 930 chen adj' enter | Booked ADAMS, Lou for 9:30 with Dr Chen on Tue 3 Mar 2026.
8:08 | mgarcia | : 'bk byrne tue 10:00 chen adj' enter | Booked BYRNE, Kim for 10:00 with Dr Chen on Tue 3 Mar 2026.
8:08 | mgarcia | u | Took back: Booked BYRNE, Kim for 10:00 with Dr Chen.
8:09 | mgarcia | : 'bk byrne wed 10:00 chen adj' enter | Booked BYRNE, Kim for 10:00 with Dr Chen on Wed 4 Mar 2026.
8:10 | tlee | : 'bk cohen tue 9:00 alv' enter | Booked COHEN, Lou for 9:00 with Dr Alvarez.
8:11 | tlee | : 'mv cohen 9:30' enter | Moved COHEN, Lou for 9:30 with Dr Alvarez.
8:12 | mgarcia | t : 'ar kap' enter | KAPOOR, Dev is arrived.
8:13 | mgarcia | : 'ci kap' enter | KAPOOR, Dev is checked in.
8:14 | tlee | t : 'do rui' enter | RUIZ, Ana is done.
8:15 | mgarcia | : 'ou rui' enter | RUIZ, Ana is checked out.
8:15 | tlee | n Nguyen enter Linh enter 5/6/1991 enter up space enter linh@example.org enter space enter enter |
8:16 | mgarcia | f2 t down right b dun f3 reed enter | REED, Lou
8:17 | tlee | f2 t right down b upt enter | 8:30 is held by mgarcia until 8:21; next free 8:45
8:17 | tlee | esc esc |
8:18 | mgarcia | f5 enter enter | DUNN, Kim: ! Latex allergy y I know; book
8:18 | mgarcia | y | Booked DUNN, Kim for 8:30 with Dr Chen. u takes it back.
8:19 | mgarcia | m ] enter enter | Rescheduled DUNN, Kim
8:19 | tlee | t : 'ou smi' enter | SMITH, Joan is checked out.
8:20 | tlee | / walsh enter s enter |
8:21 | mgarcia | / young enter s enter |
8:22 | mgarcia | enter u | Took back: Invitation queued for young@example.org.
8:23 | tlee | enter / davis enter s u | Took back: Invitation queued for davis@example.org.
8:24 | mgarcia | f2 t : 'inv zeller' enter | Invitation queued for zeller@example.org; it leaves in 30 s.
8:25 | tlee | f2 t |
8:26 | mgarcia | f2 t : 'ar okafor' enter | OKAFOR, Grace is arrived.
8:27 | tlee | : 'ci okafor' enter | OKAFOR, Grace is checked in.
8:28 | mgarcia | : 'ou kap' enter | KAPOOR, Dev is checked out.
8:29 | tlee | : 'do okafor' enter | OKAFOR, Grace is done.
8:30 | mgarcia | t : wl enter n hol enter adj enter enter | HOLT, Kim is on the waitlist. u takes it back.
8:30 | mgarcia | esc : 'wl zeller adj alv mornings 2w' enter | ZELLER, Kim waits for Adjustment until Mon 16 Mar.
8:31 | mgarcia | f2 g wed enter b engel enter enter | Booked ENGEL, Lou for
8:32 | mgarcia | f adj enter enter fuller enter enter | Booked FULLER, Kim
8:34 | mgarcia | t f 'adj alv aft' enter enter grant enter enter | Booked GRANT, Lou
8:35 | tlee | t : 'ar ada' enter | ADAMS, Lou is arrived.
8:36 | mgarcia | t / holt enter b | In hand: HOLT, Kim b 4 Aug 1981. Enter on a free place books, Esc lets go.
8:37 | mgarcia | g thu enter enter enter | Booked HOLT, Kim
8:38 | tlee | : 'bk ives fri 14:00 osei mas' enter | Booked IVES, Lou for 14:00 with Osei LMT on Fri 6 Mar 2026.
8:39 | tlee | : 'mv ives fri 15:00' enter | Moved IVES, Lou for 15:00 with Osei LMT.
8:40 | mgarcia | t : 'ou okafor' enter | OKAFOR, Grace is checked out.
8:41 | tlee | t : 'ci ada' enter | ADAMS, Lou is checked in.
8:42 | mgarcia | t : 'bk jansen 1345 alv adj' enter | Booked JANSEN, Kim for 13:45 with Dr Alvarez.
8:43 | mgarcia | e up ives enter enter | Now IVES, Lou for 13:45 with Dr Alvarez.
8:44 | tlee | t : 'cf ive' enter | IVES, Lou is confirmed.
8:45 | mgarcia | : 'ar bau' enter | BAUER, Tomás is arrived.
8:46 | tlee | : 'ci bau' enter | BAUER, Tomás is checked in.
8:47 | mgarcia | : 'cf bak' enter | BAKER, Kim is confirmed.
8:48 | tlee | / baker enter r p y enter f2 |
8:49 | mgarcia | : 'cf cla' enter | CLARK, Lou is confirmed.
8:50 | tlee | f2 t : 'ar tur' enter | TURNER, Lou is arrived.
8:51 | mgarcia | n Nguyen enter Lin enter 5/6/1991 enter enter | This may be NGUYEN, Linh already on record
8:52 | mgarcia | y | NGUYEN, Lin is on record as #10044.
8:53 | mgarcia | b t right f adj enter enter enter | Booked NGUYEN, Lin for 9:00 with Dr Chen. u takes it back.
8:55 | mgarcia | : 'ci tur' enter | TURNER, Lou is checked in.
8:56 | tlee | t : dup enter | 1 perhaps on record twice
8:56 | tlee | enter | Merge #10043 into #10044?
8:57 | tlee | y | Merged #10043 into NGUYEN, Lin #10044. u takes it back.
8:57 | tlee | esc : 'ou lee' enter | LEE, Min is checked out.
9:10 | mgarcia | t : 'ar gru' enter | GRUBER, Lou is arrived.
9:15 | tlee | t : 'ci gru' enter | GRUBER, Lou is checked in.
9:30 | tlee | : 'ar bak' enter | BAKER, Kim is arrived.
9:31 | mgarcia | : 'ou ada' enter | ADAMS, Lou is checked out.
9:31 | tlee | : 'ci bak' enter | BAKER, Kim is checked in.
9:32 | mgarcia | : 'do bau' enter | BAUER, Tomás is done.
9:33 | tlee | : 'ou bau' enter | BAUER, Tomás is checked out.
9:34 | tlee | : 'ou gru' enter | GRUBER, Lou is checked out.
9:40 | mgarcia | n Okada enter Ren enter 7/8/1979 enter enter | OKADA, Ren is on record as #10045.
9:41 | mgarcia | b t f 'rex chen' enter enter enter | Booked OKADA, Ren for 13:00 with Dr Chen.
9:42 | mgarcia | t right k e sick tab tab 18:00 f9 | with Dr Chen: 6 appointments are in it
9:43 | mgarcia | enter | 6 ticked: m moves, c cancels
9:44 | mgarcia | m left enter | 1 of 6 did not fit and stay where they are, ticked
9:45 | mgarcia | enter | Moved 5 appointments to Dr Alvarez. u takes it back.
9:45 | tlee | : 'ou bak' enter | BAKER, Kim is checked out.
9:46 | tlee | t : 'ar hug' enter | HUGHES, Kim is arrived.
9:46 | tlee | : 'ci hug' enter | HUGHES, Kim is checked in.
9:46 | mgarcia | d | List of Mon 2 Mar saved
9:47 | mgarcia | m ] enter enter | Rescheduled OKADA, Ren for 13:00 with Dr Chen on Tue 3 Mar 2026.
9:48 | mgarcia | u | Took back: Rescheduled OKADA, Ren for 13:00 with Dr Chen on Tue 3 Mar 2026.
9:49 | mgarcia | t right * c 'provider away' tab clinic f9 y | Cancelled 2 appointments. u takes it back.
9:50 | mgarcia | u | Took back: Cancelled 2 appointments.
9:50 | mgarcia | t right pgdn m ] enter enter | Rescheduled OKADA, Ren for 13:15 with Dr Chen on Tue 3 Mar 2026.
9:50 | tlee | : wl enter | Waitlist · 2 waiting
9:51 | tlee | esc / reed enter e |
9:51 | tlee | esc f2 t |
9:55 | tlee | : 'ar cla' enter | CLARK, Lou is arrived.
10:00 | tlee | : 'ou hug' enter | HUGHES, Kim is checked out.
10:00 | mgarcia | t : 'ar upt' enter | UPTON, Kim is arrived.
10:01 | tlee | : 'ci cla' enter | CLARK, Lou is checked in.
10:02 | mgarcia | : 'ou tur' enter | TURNER, Lou is checked out.
10:03 | tlee | : 'ci upt' enter | UPTON, Kim is checked in.
10:04 | mgarcia | / ruiz enter l kap enter enter | KAPOOR, Dev: partner of RUIZ, Ana. u takes it back.
10:05 | mgarcia | l lee enter shift+tab child enter enter | LEE, Min: child of RUIZ, Ana. u takes it back.
10:06 | mgarcia | f2 g fri enter home b rui enter enter | Booked RUIZ, Ana for 8:00 with Osei LMT. u takes it back.
10:07 | mgarcia | down down down down down b down enter enter | Booked KAPOOR, Dev for 9:15 with Osei LMT.
10:10 | mgarcia | : 'bk abbott fri 11:00 alv rex' enter | Booked ABBOTT, Lou for 11:00 with Dr Alvarez. u takes it back.
10:11 | tlee | t : 'do cla' enter | CLARK, Lou is done.
10:12 | mgarcia | m ] ] ] enter esc esc |  ABBOTT, Lou is where it was.
10:13 | mgarcia | t : 'ou cla' enter | CLARK, Lou is checked out.
10:14 | tlee | : 'bk smi,jo tue 11:00 alv adj x6 /w' enter | SMITH, Joan b 1 May 1962 #10005; b 1 May 1993 #10006
10:15 | tlee | esc : 'bk #10006 tue 11:00 alv adj x6 /w' enter enter | not these: Tue 31 Mar 11:00: holiday
10:15 | tlee | y | Booked 5 for SMITH, Joan, Tue 3 Mar to Tue 7 Apr. u takes them back.
10:16 | tlee | } m down enter enter | Moved SMITH, Joan for 11:15 with Dr Alvarez. u takes it back. 2 wait: :wl
10:17 | tlee | } up c 2 enter y | Cancelled 3 appointments. u takes them back.
10:18 | tlee | u | Took back: Cancelled 3 appointments.
10:18 | tlee | e tab tab 'bring X-rays' f9 2 | Saved 3 for SMITH, Joan, Tue 17 Mar to Tue 7 Apr. u takes them back.
10:19 | tlee | t : 'ar irw' enter | IRWIN, Lou is arrived.
10:19 | tlee | : 'ci irw' enter | IRWIN, Lou is checked in.
10:20 | tlee | t : 'ca eva' enter | Cancelled EVANS, Lou for 11:00 with Dr Alvarez.
10:21 | mgarcia | : 'mv foster 1145' enter | Dr Alvarez is taken at 11:45.
10:22 | tlee | t u | Took back: Cancelled EVANS, Lou for 11:00 with Dr Alvarez.
10:25 | mgarcia | : 'ar dav' enter | DAVIS, Kim is arrived.
10:26 | tlee | : 'cf fos' enter | FOSTER, Kim is confirmed.
10:27 | mgarcia | : 'ci dav' enter | DAVIS, Kim is checked in.
10:30 | tlee | : 'ca fos' enter | Cancelled FOSTER, Kim for 11:30 with Dr Alvarez. u takes it back. 2 wait: :wl
10:31 | tlee | : wl enter enter | Book 11:30 Mon 2 Mar 2026 with Dr Alvarez
10:32 | tlee | enter | Booked ZELLER, Kim for 11:30 with Dr Alvarez. u takes it back.
10:35 | tlee | t : 'ou irw' enter | IRWIN, Lou is checked out.
10:40 | tlee | : 'do dav' enter | DAVIS, Kim is done.
10:41 | mgarcia | : 'ou dav' enter | DAVIS, Kim is checked out.
10:42 | tlee | : 'ar jon' enter | JONAS, Kim is arrived.
10:43 | tlee | : 'ci jon' enter | JONAS, Kim is checked in.
10:45 | mgarcia | w w | Mon 2 Mar 2026 · free places
10:46 | mgarcia | right } down b you enter enter | Booked YOUNG, Lou for 11:00 with Dr Alvarez. u takes it back.
10:50 | tlee | t : 'ar eva' enter | EVANS, Lou is arrived.
10:55 | mgarcia | t : 'ou upt' enter | UPTON, Kim is checked out.
11:00 | tlee | : 'ci eva' enter | EVANS, Lou is checked in.
11:01 | tlee | : 'ou jon' enter | JONAS, Kim is checked out.
11:10 | mgarcia | : 'wi cohen alv' enter | Walked in: COHEN, Lou for 13:15 with Dr Alvarez. u takes it back.
11:11 | mgarcia | : 'wi walsh alv' enter | Walked in: WALSH, Kim for 13:30 with Dr Alvarez. u takes it back.
11:12 | tlee | : 'ar kin' enter | KING, Lou is arrived.
11:13 | tlee | : 'ci kin' enter | KING, Lou is checked in.
11:15 | tlee | : 'ou eva' enter | EVANS, Lou is checked out.
11:20 | mgarcia | : 'ci wal' enter | WALSH, Kim is checked in.
11:35 | tlee | : 'ou wal' enter | WALSH, Kim is checked out.
11:35 | tlee | : 'ou kin' enter | KING, Lou is checked out.
11:35 | tlee | : 'ar zel' enter | ZELLER, Kim is arrived.
11:36 | tlee | : 'ci coh' enter | COHEN, Lou is checked in.
11:40 | tlee | : 'ou coh' enter | COHEN, Lou is checked out.
11:45 | tlee | : 'ar lop' enter | LOPEZ, Kim is arrived.
11:46 | tlee | : 'ci lop' enter | LOPEZ, Kim is checked in.
11:47 | tlee | : 'ci zel' enter | ZELLER, Kim is checked in.
11:49 | tlee | : 'ou zel' enter | ZELLER, Kim is checked out.
11:50 | mgarcia | f6 1 home down enter | Provider · Dr Alvarez
11:51 | mgarcia | tab tab tab tab tab '8-17, lunch 12-13' f9 | Saved Dr Alvarez. u takes it back.
11:52 | mgarcia | u | Took back: Saved Dr Alvarez.
11:55 | mgarcia | f2 t |
12:10 | tlee | : 'ou lop' enter | LOPEZ, Kim is checked out.
12:40 | tlee | : 'ar gra' enter | GRANT, Lou is arrived.
12:45 | tlee | : 'ci gra' enter | GRANT, Lou is checked in.
12:50 | tlee | v | Nothing new since you last looked.
13:14 | tlee | : 'ou gra' enter | GRANT, Lou is checked out.
13:15 | mgarcia | : 'ar ive' enter | IVES, Lou is arrived.
13:20 | tlee | : 'ci ive' enter | IVES, Lou is checked in.
13:30 | tlee | : 'ou ive' enter | IVES, Lou is checked out.
13:40 | tlee | : 'ar veg' enter | VEGA, Lou is arrived.
13:41 | tlee | : ds enter | Day sheet of Mon 2 Mar saved
13:45 | mgarcia | t right right up up k e 'staff meeting' tab 16:00 tab 17:00 f9 | Blocked 16:00–17:00 for Osei LMT.
13:46 | mgarcia | g today enter end up up up up c y | staff meeting is taken away; the time is bookable.
13:50 | mgarcia | : 'ar moo' enter | MOORE, Lou is arrived.
13:55 | tlee | : 'ci moo' enter | MOORE, Lou is checked in.
14:00 | mgarcia | : 'ci veg' enter | VEGA, Lou is checked in.
14:05 | tlee | : 'ou moo' enter | MOORE, Lou is checked out.
14:20 | mgarcia | : 'ar nol' enter | NOLAN, Kim is arrived.
14:21 | tlee | : 'ci nol' enter | NOLAN, Kim is checked in.
14:30 | mgarcia | : 'bk bau 1515 alv adj' enter | Booked BAUER, Tomás for 15:15 with Dr Alvarez. u takes it back.
14:35 | tlee | : 'ou nol' enter | NOLAN, Kim is checked out.
14:50 | mgarcia | : 'ca ort' enter | Cancelled ORTIZ, Lou for 15:00 with Dr Alvarez.
14:53 | tlee | : 'ns pri' enter | PRICE, Kim is a no-show.
14:54 | tlee | : 'mv price +1w' enter | PRICE, Kim is a no-show; its place stays as it was.
14:55 | tlee | u | Took back: PRICE, Kim is a no-show.
14:56 | tlee | : 'mv price +1w' enter | 1 waits: :wl. Rescheduled PRICE, Kim for 15:30 with Dr Alvarez on Mon 9 Mar
15:00 | mgarcia | t : 'ou veg' enter | VEGA, Lou is checked out.
15:20 | tlee | t : 'ar ree' enter | REED, Lou is arrived.
15:55 | mgarcia | : 'ci ree' enter | REED, Lou is checked in.
16:10 | tlee | : 'ou ree' enter | REED, Lou is checked out.
18:04 | mgarcia | v | Since you last looked
18:04 | mgarcia | esc v | Still open after hours: Enter on the first line ticks all of them
18:05 | mgarcia | enter k n | 3 appointments are no-shows. u takes it back.
18:06 | mgarcia | : 'ds tom' enter | Day sheet of Tue 3 Mar saved
"""
