"""What a manager sets for the site, checked, kept, and refused to others."""

from dataclasses import replace

import pytest
from sqlalchemy import select

from ctfront.data.models import ActRow
from ctfront.domain.errors import InputRefused, NotAllowed, NotFound
from ctfront.domain.online import OnlineRules
from ctfront.domain.times import Span
from ctfront.services.online_setup import OnlineProviderDraft, OnlineSetup, draft_of


@pytest.fixture
def setup(desk) -> OnlineSetup:
    return OnlineSetup(desk.database, desk.clinic)


def manager(desk):
    return desk.act(desk.manager)


async def provider(setup, name="Dr Alvarez"):
    return next(one for one in (await setup.book()).providers if one.provider.name == name)


async def test_without_any_setting_everything_is_offered(desk, setup):
    book = await setup.book()
    assert book.rules == OnlineRules()
    assert [p.name for p in book.purposes] == ["Adjustment", "New Patient Exam", "Re-exam", "Massage"]
    assert all(one.available and one.hours is None and one.cap == 1 for one in book.providers)


async def test_the_clinics_rules_are_kept_and_kept_anew(desk, setup):
    wanted = OnlineRules(notice_minutes=30, days_ahead=90, most_coming=2, welcome="Glad to see you.")
    assert await setup.save_rules(manager(desk), wanted) == "Saved the rules of Online Appointments."
    assert (await setup.book()).rules == wanted
    await setup.save_rules(manager(desk), replace(wanted, days_ahead=30))
    assert (await setup.book()).rules.days_ahead == 30


@pytest.mark.parametrize(
    ("field", "value"),
    [("notice_minutes", -1), ("days_ahead", 0), ("days_ahead", 367), ("most_coming", 0), ("welcome", "a\x1bb")],
)
async def test_rules_that_make_no_sense_are_refused(desk, setup, field, value):
    with pytest.raises(InputRefused) as refusal:
        await setup.save_rules(manager(desk), replace(OnlineRules(), **{field: value}))
    assert refusal.value.field == field
    assert (await setup.book()).rules == OnlineRules()


async def test_a_provider_is_hidden_narrowed_described_and_restored(desk, setup):
    one = await provider(setup)
    draft = OnlineProviderDraft(
        purpose_ids=frozenset({desk.purposes["Re-exam"].id}),
        available=False,
        governor=1,
        hours={1: (Span(600, 720), Span(540, 600))},
        description="Speaks Spanish.",
    )
    assert (
        await setup.save_provider(manager(desk), one.provider.id, draft) == "Saved Dr Alvarez for Online Appointments."
    )
    kept = await provider(setup)
    assert draft_of(kept) == replace(draft, hours={1: (Span(540, 720),)})
    assert not kept.offers(desk.purposes["Re-exam"].id), "hidden"
    await setup.save_provider(manager(desk), one.provider.id, replace(draft_of(kept), hours=None, available=True))
    assert (await provider(setup)).hours is None
    assert (await provider(setup)).offers(desk.purposes["Re-exam"].id)


async def test_the_online_governor_is_at_most_the_desks(desk, setup):
    one = await provider(setup)
    with pytest.raises(InputRefused, match="at most as many"):
        await setup.save_provider(manager(desk), one.provider.id, replace(draft_of(one), governor=2))


async def test_a_purpose_that_the_desk_approves_first(desk, setup):
    massage = desk.purposes["Massage"].id
    for needed in (True, False, True):
        await setup.save_approval(manager(desk), massage, needed=needed)
        assert (massage in (await setup.book()).to_approve) is needed


async def test_only_who_may_set_up_may_and_nothing_unknown_is_set(desk, setup):
    one = await provider(setup)
    for save in (
        setup.save_rules(desk.act(), OnlineRules()),
        setup.save_provider(desk.act(), one.provider.id, draft_of(one)),
        setup.save_approval(desk.act(), desk.purposes["Massage"].id, needed=True),
    ):
        with pytest.raises(NotAllowed):
            await save
    with pytest.raises(NotFound):
        await setup.save_provider(manager(desk), 999, draft_of(one))
    with pytest.raises(NotFound):
        await setup.save_approval(manager(desk), 999, needed=True)


async def test_every_save_is_written_down(desk, setup):
    await setup.save_rules(manager(desk), OnlineRules())
    kinds = desk.database.write_now(lambda session: list(session.scalars(select(ActRow.kind))))
    assert kinds.count("save_online") == 1
