"""What a manager sets for the site, checked, kept, and refused to others."""

from dataclasses import replace

import pytest
from sqlalchemy import select

from ctfront.data.models import ActRow
from ctfront.domain.errors import ChangedElsewhere, InputRefused, NotAllowed, NotFound
from ctfront.domain.online import OnlineProviderDraft, OnlineRules
from ctfront.domain.providers import Governed
from ctfront.domain.set_up import ProviderDraft
from ctfront.domain.times import Span
from ctfront.services.clinic_setup import ClinicSetup
from tests.clinics import MONDAY


@pytest.fixture
def setup(desk) -> ClinicSetup:
    return ClinicSetup(desk.database, desk.clinic)


def manager(desk):
    return desk.act(desk.manager)


async def provider(setup, name="Dr Alvarez"):
    return next(one for one in (await setup.online()).providers if one.provider.name == name)


async def test_without_any_setting_everything_is_offered(desk, setup):
    book = await setup.online()
    assert book.rules == OnlineRules()
    assert [p.name for p in book.purposes] == ["Adjustment", "New Patient Exam", "Re-exam", "Massage"]
    assert all(one.available and one.hours is None and one.booked.governor == 1 for one in book.providers)


async def test_the_clinics_rules_are_kept_and_kept_anew(desk, setup):
    wanted = OnlineRules(notice_minutes=30, days_ahead=90, most_coming=2, welcome="Glad to see you.")
    assert (await setup.save_online_rules(manager(desk), wanted)).name == "the rules of Online Appointments"
    assert (await setup.online()).rules == wanted
    await setup.save_online_rules(manager(desk), replace(wanted, days_ahead=30))
    assert (await setup.online()).rules.days_ahead == 30


@pytest.mark.parametrize(
    ("field", "value"),
    [("notice_minutes", -1), ("days_ahead", 0), ("days_ahead", 367), ("most_coming", 0), ("welcome", "a\x1bb")],
)
async def test_rules_that_make_no_sense_are_refused(desk, setup, field, value):
    with pytest.raises(InputRefused) as refusal:
        await setup.save_online_rules(manager(desk), replace(OnlineRules(), **{field: value}))
    assert refusal.value.field == field
    assert (await setup.online()).rules == OnlineRules()


async def test_a_provider_is_hidden_narrowed_described_and_restored(desk, setup):
    one = await provider(setup)
    draft = OnlineProviderDraft(
        purpose_ids=frozenset({desk.purposes["Re-exam"].id}),
        available=False,
        governor=1,
        hours={1: (Span(600, 720), Span(540, 600))},
        description="Speaks Spanish.",
    )
    saved = await setup.save_online_provider(manager(desk), one.provider.id, draft)
    assert saved.name == "Dr Alvarez for Online Appointments"
    kept = await provider(setup)
    assert OnlineProviderDraft.of(kept) == replace(draft, hours={1: (Span(540, 720),)})
    assert not kept.offers(desk.purposes["Re-exam"].id), "hidden"
    await setup.save_online_provider(
        manager(desk), one.provider.id, replace(OnlineProviderDraft.of(kept), hours=None, available=True)
    )
    assert (await provider(setup)).hours is None
    assert (await provider(setup)).offers(desk.purposes["Re-exam"].id)


async def test_the_online_governor_is_at_most_the_desks(desk, setup):
    one = await provider(setup)
    with pytest.raises(InputRefused, match="At most 1, as at the desk"):
        await setup.save_online_provider(
            manager(desk), one.provider.id, replace(OnlineProviderDraft.of(one), governor=2)
        )


async def test_a_purpose_that_the_desk_approves_first(desk, setup):
    massage = desk.purposes["Massage"].id
    for wanted in ({massage}, set(), {massage}):
        await setup.save_online_rules(manager(desk), OnlineRules(to_approve=frozenset(wanted)))
        assert (await setup.online()).rules.to_approve == wanted


async def test_only_who_may_set_up_may_and_nothing_unknown_is_set(desk, setup):
    one = await provider(setup)
    for save in (
        setup.save_online_rules(desk.act(), OnlineRules()),
        setup.save_online_provider(desk.act(), one.provider.id, OnlineProviderDraft.of(one)),
    ):
        with pytest.raises(NotAllowed):
            await save
    with pytest.raises(NotFound):
        await setup.save_online_provider(manager(desk), 999, OnlineProviderDraft.of(one))
    with pytest.raises(InputRefused, match="not offered any more"):
        await setup.save_online_rules(manager(desk), OnlineRules(to_approve=frozenset({999})))
    with pytest.raises(InputRefused, match="does not offer all of that"):
        await setup.save_online_provider(
            manager(desk), one.provider.id, OnlineProviderDraft(purpose_ids=frozenset({999}))
        )


async def test_a_colleagues_save_in_between_is_not_overwritten(desk, setup):
    one = await provider(setup)
    draft = OnlineProviderDraft.of(one)
    await setup.save_online_provider(manager(desk), one.id, replace(draft, available=False), version=one.version)
    with pytest.raises(ChangedElsewhere):
        await setup.save_online_provider(manager(desk), one.id, draft, version=one.version)
    await setup.save_online_rules(manager(desk), OnlineRules(days_ahead=30), version=0)
    with pytest.raises(ChangedElsewhere):
        await setup.save_online_rules(manager(desk), OnlineRules(), version=0)


async def test_u_takes_back_what_was_set_for_the_site(desk, setup):
    one = await provider(setup)
    draft = replace(OnlineProviderDraft.of(one), hours={1: (Span(540, 720),)}, purpose_ids=frozenset())
    await setup.save_online_rules(manager(desk), OnlineRules(to_approve=frozenset({desk.purposes["Massage"].id})))
    await setup.save_online_provider(manager(desk), one.id, draft)
    await desk.scheduling.undo(manager(desk))
    assert OnlineProviderDraft.of(await provider(setup)) == OnlineProviderDraft.of(one)
    await desk.scheduling.undo(manager(desk))
    assert (await setup.online()).rules == OnlineRules()


async def test_the_online_governor_holds_at_every_hour(desk, setup):
    one = await provider(setup)
    two = Governed(span=Span(540, 600), governor=2)
    hours = tuple(replace(day, governed=(two,)) for day in one.provider.hours)
    office = ProviderDraft(name="Dr Alvarez", hours=hours, purpose_ids=one.provider.purpose_ids)
    await setup.save_provider(manager(desk), one.id, office)
    saved = await setup.save_online_provider(
        manager(desk), one.id, replace(OnlineProviderDraft.of(await provider(setup)), governor=2)
    )
    assert saved.booked.governors(MONDAY, (480, 540)) == [1, 2]
    saved = await setup.save_online_provider(manager(desk), one.id, replace(OnlineProviderDraft.of(saved), governor=1))
    assert saved.booked.governors(MONDAY, (480, 540)) == [1, 1]
    assert saved.free_on(MONDAY, [(540, 60)], ()) & (1 << 550) == 0


async def test_every_save_is_written_down(desk, setup):
    await setup.save_online_rules(manager(desk), OnlineRules())
    kinds = desk.database.write_now(lambda session: list(session.scalars(select(ActRow.kind))))
    assert kinds.count("save_online_rules") == 1
