"""Several sites: where hours are, and with them the appointments."""

from datetime import timedelta

import pytest

from ctfront.domain.errors import ChangedElsewhere, InputRefused, NotAllowed
from ctfront.domain.grammar.hours import read_hours, show_hours, show_week, type_hours
from ctfront.domain.providers import DayHours
from ctfront.domain.set_up import ProviderDraft, SiteDraft
from ctfront.domain.times import Span
from ctfront.services.clinic_setup import ClinicSetup
from tests.clinics import MONDAY, WEEK
from tests.services.test_clinic_setup import as_is

TUESDAY = MONDAY + timedelta(days=1)


@pytest.fixture
def set_up(desk):
    return ClinicSetup(desk.database, desk.clinic)


async def test_one_site_says_nothing_of_itself(desk, set_up):
    assert (await set_up.current_clinic()).sites == 1
    assert {day.site_id for p in await set_up.providers() for day in p.hours} == {None}


async def test_with_the_second_site_all_hours_are_at_the_first(desk, set_up):
    harbour = await set_up.save_site(desk.act(desk.manager), None, SiteDraft(name="Harbour", phone="555 0199"))
    first = (await set_up.sites())[0]
    assert await set_up.sites() == (first, harbour)
    assert (await set_up.current_clinic()).sites == 2
    assert {day.site_id for p in await set_up.providers() for day in p.hours} == {first.id}
    added = await set_up.save_provider(desk.act(desk.manager), None, ProviderDraft(name="Dr Novak", hours=WEEK))
    assert {day.site_id for day in added.hours} == {first.id}


async def test_an_appointment_is_where_the_hours_of_its_day_are(desk, set_up):
    harbour = await set_up.save_site(desk.act(desk.manager), None, SiteDraft(name="Harbour"))
    alvarez = (await set_up.providers())[0]
    hours = (alvarez.hours[0], DayHours(weekday=1, spans=(Span(480, 1080),), site_id=harbour.id))
    await set_up.save_provider(desk.act(desk.manager), alvarez.id, as_is(alvarez, hours=hours))
    monday = desk.book("RUIZ", "Dr Alvarez", "9:00", MONDAY)
    tuesday = desk.book("LEE", "Dr Alvarez", "9:00", TUESDAY)
    assert (monday.site, tuesday.site) == ("Main Street Clinic", "Harbour")
    moved = await desk.scheduling.move(
        desk.act(), tuesday.id, desk.place("Dr Chen", "10:00", TUESDAY), version=tuesday.version
    )
    assert moved.site == "Main Street Clinic"


async def test_a_site_that_cannot_be_is_refused(desk, set_up):
    act = desk.act
    with pytest.raises(NotAllowed):
        await set_up.save_site(act(), None, SiteDraft(name="Harbour"))
    for name in (" ", "main street clinic"):
        with pytest.raises(InputRefused) as refusal:
            await set_up.save_site(act(desk.manager), None, SiteDraft(name=name))
        assert refusal.value.field == "name"
    first = (await set_up.sites())[0]
    saved = await set_up.save_site(
        act(desk.manager), first.id, SiteDraft(name="Main", address="1 Main St"), version=first.version
    )
    assert (saved.name, saved.address) == ("Main", "1 Main St")
    with pytest.raises(ChangedElsewhere):
        await set_up.save_site(act(desk.manager), first.id, SiteDraft(name="Old"), version=first.version)


async def test_hours_at_no_site_of_the_clinic_are_refused(desk, set_up):
    hours = (DayHours(weekday=0, spans=(Span(480, 1080),), site_id=99),)
    with pytest.raises(InputRefused, match="not the clinic's"):
        await set_up.save_provider(desk.act(desk.manager), None, ProviderDraft(name="Dr Novak", hours=hours))


async def test_the_site_is_typed_after_an_at(desk, set_up):
    await set_up.save_site(desk.act(desk.manager), None, SiteDraft(name="Harbour"))
    sites = await set_up.sites()
    hours = read_hours("8-12 @harb", 0, sites)
    assert hours.site_id == sites[1].id
    assert type_hours(hours, sites) == "8-12 @Harbour"
    assert show_hours(hours, sites) == "8:00–12:00 @Harbour"
    assert show_week([hours], sites) == "Mon 8-12 @Harbour"
    assert read_hours("8-12", 0, sites).site_id == sites[0].id
    with pytest.raises(InputRefused, match="Which site: Main Street Clinic, Harbour"):
        read_hours("8-12 @park", 0, sites)
