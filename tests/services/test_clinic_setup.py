"""Set-up: what is saved, what would orphan appointments, and that somebody can always set up."""

from dataclasses import replace
from datetime import timedelta

import pytest

from ctfront.data.database import Database
from ctfront.domain.appointments import Status
from ctfront.domain.clinic import DateOrder, Identity
from ctfront.domain.errors import ChangedElsewhere, InputRefused, NotAllowed, NotFound, NothingToUndo
from ctfront.domain.providers import Break, DayHours, Governed
from ctfront.domain.set_up import (
    ClinicDraft,
    ClinicExists,
    FoundingDraft,
    ProviderDraft,
    SiteDraft,
    StaffDraft,
    VisitPurposeDraft,
    WouldOrphan,
)
from ctfront.domain.staff import ALL_RIGHTS, FRONT_DESK_RIGHTS, Right
from ctfront.domain.times import Span
from ctfront.services.clinic_setup import ClinicSetup
from ctfront.services.found import found_clinic
from tests.clinics import MONDAY, NOW, WEEK, actor_of


@pytest.fixture
def set_up(desk):
    return ClinicSetup(desk.database, desk.clinic)


def as_is(provider, **more) -> ProviderDraft:
    return replace(
        ProviderDraft(
            name=provider.name,
            governor=provider.governor,
            active=provider.active,
            hours=provider.hours,
            purpose_ids=provider.purpose_ids,
        ),
        **more,
    )


def clinic_draft(**more) -> ClinicDraft:
    fields = {
        "name": "Main Street Clinic",
        "zone": "America/Los_Angeles",
        "date_order": DateOrder.MONTH_FIRST,
        "online": True,
        "slot_minutes": 15,
        "correction_days": 7,
        "identity": Identity.DEMO,
        "site_name": "Main Street",
    }
    return ClinicDraft(**{**fields, **more})


def manager_act(desk):
    return desk.act(desk.manager)


async def test_a_provider_is_read_back_as_saved(desk, set_up):
    hours = (
        DayHours(weekday=1, spans=(Span(840, 1080), Span(480, 720)), breaks=(Break(span=Span(600, 615), label="tea"),)),
        DayHours(weekday=3, spans=(Span(480, 600), Span(600, 660))),
        DayHours(weekday=5, spans=()),
    )
    offered = (desk.purposes["Re-exam"].id, desk.purposes["Adjustment"].id)
    saved = await set_up.save_provider(
        manager_act(desk), None, ProviderDraft(name=" Dr  Novak ", governor=2, hours=hours, purpose_ids=offered)
    )
    assert (await set_up.providers())[-1] == saved
    assert (saved.name, saved.governor, saved.position) == ("Dr Novak", 2, 3)
    assert saved.hours == (
        DayHours(weekday=1, spans=(Span(480, 720), Span(840, 1080)), breaks=(Break(span=Span(600, 615), label="tea"),)),
        DayHours(weekday=3, spans=(Span(480, 660),)),
    )
    assert saved.purpose_ids == (desk.purposes["Adjustment"].id, desk.purposes["Re-exam"].id)


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"name": " "}, "name"),
        ({"name": "dr chen"}, "name"),
        ({"name": "Dr\x1b[31m"}, "name"),
        ({"governor": 0}, "governor"),
        ({"governor": 21}, "governor"),
        ({"purpose_ids": (999,)}, "purpose_ids"),
        ({"hours": (DayHours(weekday=0, spans=(Span(481, 720),)),)}, "hours"),
        ({"hours": (DayHours(weekday=7, spans=(Span(480, 720),)),)}, "hours"),
        ({"hours": (DayHours(weekday=0, spans=(Span(480, 720),)),) * 2}, "hours"),
        ({"hours": (DayHours(weekday=0, spans=(), breaks=(Break(span=Span(480, 720)),)),)}, "hours"),
        ({"hours": (DayHours(weekday=0, spans=(Span(480, 720),), breaks=(Break(span=Span(705, 735)),)),)}, "hours"),
        (
            {
                "hours": (
                    DayHours(
                        weekday=0,
                        spans=(Span(480, 720),),
                        breaks=(Break(span=Span(500, 530)), Break(span=Span(520, 540))),
                    ),
                )
            },
            "hours",
        ),
    ],
)
async def test_a_provider_that_cannot_be_is_refused_beside_the_field(desk, set_up, change, field):
    before = await set_up.providers()
    with pytest.raises(InputRefused) as refusal:
        await set_up.save_provider(manager_act(desk), None, replace(ProviderDraft(name="Dr Novak"), **change))
    assert refusal.value.field == field
    assert await set_up.providers() == before


AFTERNOONS = tuple(DayHours(weekday=day, spans=(Span(780, 1080),)) for day in range(5))


@pytest.mark.parametrize(
    "change",
    [{"active": False}, {"hours": AFTERNOONS}, {"hours": ()}, {"purpose_ids": ()}],
    ids=["deactivated", "other hours", "no hours", "purpose withdrawn"],
)
async def test_a_change_that_would_orphan_is_refused_with_the_list(desk, set_up, change):
    today = desk.book("RUIZ", "Dr Alvarez", "9:00")
    later = desk.book("OKAFOR", "Dr Alvarez", "10:00", MONDAY + timedelta(days=1))
    desk.book("LEE", "Dr Chen", "9:00")
    provider = desk.providers["Dr Alvarez"]
    with pytest.raises(WouldOrphan) as refusal:
        await set_up.save_provider(manager_act(desk), provider.id, as_is(provider, **change))
    assert [a.id for a in refusal.value.appointments] == [today.id, later.id]
    assert str(refusal.value) == (
        "Appointments stand in the way, move or cancel them first: "
        "RUIZ, Ana Mon 2 Mar 2026 9:00; OKAFOR, Grace Tue 3 Mar 2026 10:00."
    )
    assert provider in await set_up.providers()


async def test_an_appointment_outside_hours_on_purpose_loses_nothing_with_the_hours(desk, set_up):
    desk.book("RUIZ", "Dr Alvarez", "7:55", override=True, minutes=5)
    provider = desk.providers["Dr Alvarez"]
    saved = await set_up.save_provider(manager_act(desk), provider.id, as_is(provider, hours=AFTERNOONS))
    assert saved.hours == AFTERNOONS
    with pytest.raises(WouldOrphan):
        await set_up.save_provider(manager_act(desk), provider.id, as_is(provider, active=False))


async def test_what_is_over_or_cancelled_stands_in_nobodys_way(desk, set_up):
    booked = desk.book("RUIZ", "Dr Alvarez", "9:00")
    await desk.scheduling.mark(desk.act(), booked.id, Status.NO_SHOW)
    provider = desk.providers["Dr Alvarez"]
    assert not (await set_up.save_provider(manager_act(desk), provider.id, as_is(provider, active=False))).active


async def test_yesterdays_appointments_stand_in_nobodys_way(desk, set_up):
    desk.book("RUIZ", "Dr Alvarez", "9:00")
    provider = desk.providers["Dr Alvarez"]
    act = desk.act(desk.manager, at=NOW + timedelta(days=1))
    assert not (await set_up.save_provider(act, provider.id, as_is(provider, active=False))).active


async def test_wider_hours_and_another_name_are_taken_with_appointments_there(desk, set_up):
    booked = desk.book("RUIZ", "Dr Alvarez", "9:00")
    provider = desk.providers["Dr Alvarez"]
    longer = tuple(replace(day, spans=(Span(420, 1200),)) for day in WEEK)
    await set_up.save_provider(manager_act(desk), provider.id, as_is(provider, name="Dr A Alvarez", hours=longer))
    assert (await desk.scheduling.appointment(booked.id)).provider == "Dr A Alvarez"


async def test_a_purpose_that_is_expected_stays_active(desk, set_up):
    booked = desk.book("RUIZ", "Dr Alvarez", "9:00")
    purpose = desk.purposes["Adjustment"]
    draft = VisitPurposeDraft(name="Adjustment", minutes=20, letter="Adj", active=False)
    with pytest.raises(WouldOrphan) as refusal:
        await set_up.save_purpose(manager_act(desk), purpose.id, draft)
    assert [a.id for a in refusal.value.appointments] == [booked.id]
    longer = await set_up.save_purpose(manager_act(desk), purpose.id, replace(draft, active=True))
    assert (longer.minutes, (await desk.scheduling.appointment(booked.id)).minutes) == (20, 15)


async def test_an_inactive_purpose_comes_back_to_who_offered_it(desk, set_up):
    purpose = desk.purposes["Massage"]
    draft = VisitPurposeDraft(name="Massage", minutes=60, letter="Mas")
    await set_up.save_purpose(manager_act(desk), purpose.id, replace(draft, active=False))
    osei = {p.name: p for p in await set_up.providers()}["Osei LMT"]
    assert osei.purpose_ids == ()
    await set_up.save_provider(manager_act(desk), osei.id, as_is(osei, governor=2))
    await set_up.save_purpose(manager_act(desk), purpose.id, draft)
    assert {p.name: p for p in await set_up.providers()}["Osei LMT"].purpose_ids == (purpose.id,)


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"name": ""}, "name"),
        ({"name": "massage"}, "name"),
        ({"minutes": 0}, "minutes"),
        ({"minutes": 7}, "minutes"),
        ({"minutes": 725}, "minutes"),
        ({"letter": ""}, "letter"),
        ({"letter": "Long"}, "letter"),
    ],
)
async def test_a_purpose_that_cannot_be_is_refused_beside_the_field(desk, set_up, change, field):
    before = await set_up.purposes()
    with pytest.raises(InputRefused) as refusal:
        await set_up.save_purpose(
            manager_act(desk), None, replace(VisitPurposeDraft(name="X-ray", minutes=10, letter="Xr"), **change)
        )
    assert refusal.value.field == field
    assert await set_up.purposes() == before


async def test_two_managers_saving_one_provider_the_second_is_told(desk, set_up):
    opened = desk.providers["Dr Alvarez"]
    await set_up.save_provider(manager_act(desk), opened.id, as_is(opened, governor=2), version=opened.version)
    with pytest.raises(ChangedElsewhere, match="Dr Alvarez"):
        await set_up.save_provider(manager_act(desk), opened.id, as_is(opened, governor=3), version=opened.version)
    assert (await set_up.providers())[0].governor == 2


async def test_the_same_act_again_saves_once(desk, set_up):
    act = manager_act(desk)
    draft = VisitPurposeDraft(name="X-ray", minutes=10, letter="Xr")
    assert await set_up.save_purpose(act, None, draft) == await set_up.save_purpose(act, None, draft)


async def test_staff_are_saved_and_changed(desk, set_up):
    hired = await set_up.save_staff(
        manager_act(desk),
        None,
        StaffDraft(name="Nia Okoye", short_name="nokoye", os_user="nia", rights=frozenset({Right.BOOK, Right.AUDIT})),
    )
    assert hired in await set_up.staff()
    gone = await set_up.save_staff(
        manager_act(desk), hired.id, StaffDraft(name="Nia Obi", short_name="nobi", active=False)
    )
    assert (gone.id, gone.name, gone.os_user, gone.active) == (hired.id, "Nia Obi", None, False)
    assert gone.rights == FRONT_DESK_RIGHTS
    assert gone not in await set_up.staff(include_inactive=False)


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"name": ""}, "name"),
        ({"short_name": ""}, "short_name"),
        ({"short_name": "two words"}, "short_name"),
        ({"short_name": "MGarcia"}, "short_name"),
        ({"os_user": "ada"}, "os_user"),
    ],
)
async def test_staff_that_cannot_be_are_refused_beside_the_field(desk, set_up, change, field):
    await set_up.save_staff(manager_act(desk), None, StaffDraft(name="Ada Two", short_name="ada2", os_user="ada"))
    before = await set_up.staff()
    with pytest.raises(InputRefused) as refusal:
        await set_up.save_staff(
            manager_act(desk), None, replace(StaffDraft(name="Nia Okoye", short_name="nokoye"), **change)
        )
    assert refusal.value.field == field
    assert await set_up.staff() == before


@pytest.mark.parametrize("change", [{"active": False}, {"rights": FRONT_DESK_RIGHTS}])
async def test_the_last_manager_stays_one(desk, set_up, change):
    manager = StaffDraft(name="Ada Admin", short_name="admin", rights=ALL_RIGHTS)
    with pytest.raises(InputRefused, match="set-up"):
        await set_up.save_staff(manager_act(desk), desk.manager.id, replace(manager, **change))
    second = replace(manager, name="Bo Boss", short_name="boss")
    await set_up.save_staff(manager_act(desk), None, second)
    await set_up.save_staff(manager_act(desk), desk.manager.id, replace(manager, **change))


async def test_every_save_needs_the_right(desk, set_up):
    saves = (
        set_up.save_provider(desk.act(), None, ProviderDraft(name="Dr Novak")),
        set_up.save_purpose(desk.act(), None, VisitPurposeDraft(name="X-ray", minutes=10, letter="Xr")),
        set_up.save_staff(desk.act(), None, StaffDraft(name="Nia Okoye", short_name="nokoye", rights=ALL_RIGHTS)),
        set_up.save_clinic(desk.act(), clinic_draft(name="Mine")),
    )
    for save in saves:
        with pytest.raises(NotAllowed, match="set-up"):
            await save
    assert (await set_up.current_clinic()).name == "Main Street Clinic"


async def test_what_is_not_there_is_not_found(desk, set_up):
    with pytest.raises(NotFound):
        await set_up.save_provider(manager_act(desk), 999, ProviderDraft(name="Dr Novak"))
    with pytest.raises(NotFound):
        await set_up.save_staff(manager_act(desk), 999, StaffDraft(name="Nia Okoye", short_name="nokoye"))


async def test_the_clinic_and_its_site_are_saved_together(desk, set_up):
    saved = await set_up.save_clinic(
        manager_act(desk),
        clinic_draft(
            name="Harbour Clinic", date_order=DateOrder.DAY_FIRST, slot_minutes=20, online=False, site_phone="555 010"
        ),
        version=desk.clinic.version,
    )
    assert saved == await set_up.current_clinic()
    assert (saved.name, saved.date_order, saved.slot_minutes, saved.online) == (
        "Harbour Clinic",
        DateOrder.DAY_FIRST,
        20,
        False,
    )
    assert [(site.name, site.phone) for site in await set_up.sites()] == [("Main Street", "555 010")]
    with pytest.raises(ChangedElsewhere):
        await set_up.save_clinic(manager_act(desk), clinic_draft(), version=desk.clinic.version)


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"name": ""}, "name"),
        ({"zone": "Los Angeles"}, "zone"),
        ({"zone": "../etc/passwd"}, "zone"),
        ({"zone": "America"}, "zone"),
        ({"slot_minutes": 7}, "slot_minutes"),
        ({"slot_minutes": 65}, "slot_minutes"),
        ({"correction_days": -1}, "correction_days"),
        ({"identity": Identity.OS}, "identity"),
    ],
)
async def test_a_clinic_that_cannot_be_is_refused_beside_the_field(desk, set_up, change, field):
    with pytest.raises(InputRefused) as refusal:
        await set_up.save_clinic(manager_act(desk), clinic_draft(**change))
    assert refusal.value.field == field
    assert await set_up.current_clinic() == desk.clinic


async def test_another_zone_would_break_what_was_promised(desk, set_up):
    booked = desk.book("RUIZ", "Dr Alvarez", "9:00")
    with pytest.raises(WouldOrphan) as refusal:
        await set_up.save_clinic(manager_act(desk), clinic_draft(zone="Europe/Berlin"))
    assert [a.id for a in refusal.value.appointments] == [booked.id]


FOUNDING = FoundingDraft(
    name="Main Street Clinic",
    zone="America/Los_Angeles",
    manager_name="Ada Admin",
    manager_short="admin",
    os_user="ada",
)


@pytest.fixture
async def empty(database_url):
    database = Database(database_url)
    database.ready()
    yield database
    await database.close()


async def test_the_first_act_makes_clinic_site_and_manager(empty):
    clinic, manager = found_clinic(empty, NOW, FOUNDING)
    set_up = ClinicSetup(empty, clinic)
    assert await set_up.current_clinic() == clinic
    assert clinic.identity is Identity.OS
    assert [(site.name, site.zone) for site in await set_up.sites()] == [("Main Street Clinic", "America/Los_Angeles")]
    assert [(s.id, s.short_name, s.os_user, s.rights) for s in await set_up.staff()] == [
        (manager.id, "admin", "ada", ALL_RIGHTS)
    ]


async def test_a_clinic_is_founded_once(empty):
    found_clinic(empty, NOW, FOUNDING)
    with pytest.raises(ClinicExists, match="Main Street Clinic"):
        found_clinic(empty, NOW, FOUNDING)


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"name": " "}, "name"),
        ({"zone": "Mars/Base"}, "zone"),
        ({"manager_name": ""}, "manager_name"),
        ({"manager_short": "a b"}, "manager_short"),
        ({"os_user": None}, "os_user"),
        ({"slot_minutes": 3}, "slot_minutes"),
    ],
)
async def test_a_founding_that_cannot_be_leaves_the_database_empty(empty, change, field):
    with pytest.raises(InputRefused) as refusal:
        found_clinic(empty, NOW, replace(FOUNDING, **change))
    assert refusal.value.field == field
    assert found_clinic(empty, NOW, FOUNDING)[0].name == "Main Street Clinic"


async def test_everything_is_read_at_once_with_the_events_to_come(desk, set_up):
    at = desk.act(at=NOW)
    alvarez, chen = desk.providers["Dr Alvarez"].id, desk.providers["Dr Chen"].id
    later, _ = await desk.scheduling.add_event(at, chen, MONDAY + timedelta(days=3), Span(600, 660), "Course")
    today, _ = await desk.scheduling.add_event(desk.act(), alvarez, MONDAY, Span(600, 660), "Sick")
    await desk.scheduling.add_event(desk.act(), alvarez, MONDAY - timedelta(days=1), Span(600, 660), "Over")
    gone, _ = await desk.scheduling.add_event(desk.act(), alvarez, MONDAY, Span(700, 720), "Gone")
    await desk.scheduling.remove_event(desk.act(), gone.id)
    read = await set_up.everything(MONDAY)
    assert read.events == (today, later)
    assert (read.clinic, read.providers, read.purposes, read.staff) == (
        await set_up.current_clinic(),
        await set_up.providers(),
        await set_up.purposes(),
        await set_up.staff(),
    )
    assert (read.site,) == await set_up.sites()


async def test_the_appointments_in_an_event_are_those_to_come_that_it_overlaps(desk):
    hit = desk.book("RUIZ", "Dr Alvarez", "10:00")
    desk.book("LEE", "Dr Alvarez", "11:00")
    desk.book("OKAFOR", "Dr Chen", "10:00")
    gone = desk.book("BAUER", "Dr Alvarez", "10:30")
    await desk.scheduling.mark(desk.act(), gone.id, Status.NO_SHOW)
    begun = desk.book("KAPOOR", "Dr Alvarez", "10:15")
    await desk.scheduling.mark(desk.act(), begun.id, Status.CHECKED_IN)
    event, found = await desk.scheduling.add_event(
        desk.act(), desk.providers["Dr Alvarez"].id, MONDAY, Span(600, 660), "Sick"
    )
    assert [a.id for a in found] == [hit.id]
    assert await desk.scheduling.appointments_in(event) == found


async def test_other_desks_learn_that_something_was_set_up(desk, set_up):
    before, _ = await desk.scheduling.changes_since(0)
    booked = desk.book("RUIZ", "Dr Alvarez", "10:00")
    assert await desk.scheduling.set_up_since(before) is None
    saved = await set_up.save_clinic(manager_act(desk), clinic_draft(name="Harbour Clinic"))
    assert await desk.scheduling.set_up_since(before) == saved
    after, _ = await desk.scheduling.changes_since(before)
    assert await desk.scheduling.set_up_since(after) is None
    assert (await desk.scheduling.appointment(booked.id)).live


# -- taking back


async def everything(set_up):
    read = await set_up.everything(MONDAY)
    plain = (
        replace(read.clinic, version=0),
        *(
            tuple(replace(row, version=0) for row in rows)
            for rows in (read.sites, read.providers, read.purposes, read.staff)
        ),
    )
    return plain


async def test_every_save_is_taken_back(desk, set_up):
    before, act = await everything(set_up), manager_act
    alvarez, adjustment, lee = desk.providers["Dr Alvarez"], desk.purposes["Adjustment"], (await set_up.staff())[-1]
    site = (await set_up.sites())[0]
    later = replace(WEEK[0], since=MONDAY, breaks=(), governed=(Governed(span=Span(540, 600), governor=2),))
    saves = (
        lambda: set_up.save_provider(act(desk), alvarez.id, as_is(alvarez, governor=2, name="Dr A")),
        lambda: set_up.save_provider(act(desk), alvarez.id, as_is(alvarez, hours=(later,), purpose_ids=())),
        lambda: set_up.save_purpose(act(desk), adjustment.id, VisitPurposeDraft(name="Adj", minutes=20, letter="A")),
        lambda: set_up.save_staff(act(desk), lee.id, StaffDraft(name="T", short_name="t", rights=ALL_RIGHTS)),
        lambda: set_up.save_site(act(desk), site.id, SiteDraft(name="Main", phone="555")),
        lambda: set_up.save_clinic(act(desk), clinic_draft(name="Harbour Clinic", date_order=DateOrder.DAY_FIRST)),
        lambda: set_up.save_provider(act(desk), None, ProviderDraft(name="Dr Novak", hours=WEEK)),
        lambda: set_up.save_purpose(act(desk), None, VisitPurposeDraft(name="X-ray", minutes=10, letter="Xr")),
    )
    states = []
    for save in saves:
        states.append(await everything(set_up))
        await save()
        assert await everything(set_up) != states[-1]
    for state in reversed(states):
        await desk.scheduling.undo(manager_act(desk))
        assert await everything(set_up) == state
    assert await everything(set_up) == before


async def test_hours_alone_make_another_version(desk, set_up):
    opened = desk.providers["Dr Alvarez"]
    await set_up.save_provider(manager_act(desk), opened.id, as_is(opened, hours=AFTERNOONS), version=opened.version)
    with pytest.raises(ChangedElsewhere):
        await set_up.save_provider(manager_act(desk), opened.id, as_is(opened, hours=()), version=opened.version)


async def test_what_a_colleague_has_saved_since_stays(desk, set_up):
    second = await set_up.save_staff(
        manager_act(desk), None, StaffDraft(name="Bo Boss", short_name="boss", rights=ALL_RIGHTS)
    )
    alvarez = desk.providers["Dr Alvarez"]
    await set_up.save_provider(manager_act(desk), alvarez.id, as_is(alvarez, governor=2))
    await set_up.save_provider(desk.act(actor_of(second)), alvarez.id, as_is(alvarez, governor=3))
    with pytest.raises(ChangedElsewhere, match="“Saved Dr Alvarez"):
        await desk.scheduling.undo(manager_act(desk))
    assert (await set_up.providers())[0].governor == 3


async def test_what_is_used_already_is_not_taken_away(desk, set_up):
    saved = await set_up.save_provider(
        manager_act(desk), None, ProviderDraft(name="Dr Novak", hours=WEEK, purpose_ids=(desk.purposes["Re-exam"].id,))
    )
    desk.providers["Dr Novak"] = saved
    desk.book("RUIZ", "Dr Novak", "9:00", purpose="Re-exam")
    with pytest.raises(NothingToUndo, match="used already"):
        await desk.scheduling.undo(manager_act(desk))
    assert saved in await set_up.providers()


async def test_hours_that_are_booked_by_now_are_not_taken_back(desk, set_up):
    alvarez = desk.providers["Dr Alvarez"]
    longer = tuple(replace(day, spans=(Span(420, 1200),)) for day in WEEK)
    await set_up.save_provider(manager_act(desk), alvarez.id, as_is(alvarez, hours=longer))
    desk.book("RUIZ", "Dr Alvarez", "7:00", MONDAY + timedelta(days=1))
    with pytest.raises(NothingToUndo, match="cannot be taken back any more: Appointments stand in the way"):
        await desk.scheduling.undo(manager_act(desk))
    assert (await set_up.providers())[0].hours == longer


async def test_somebody_added_by_mistake_cannot_log_in(desk, set_up):
    await set_up.save_staff(manager_act(desk), None, StaffDraft(name="Nia Okoye", short_name="nokoye"))
    await desk.scheduling.undo(manager_act(desk))
    assert [(p.short_name, p.active) for p in await set_up.staff()][-1] == ("nokoye", False)
