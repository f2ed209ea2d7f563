"""Stories of families: entered at Patient Information, offered at the next booking."""

from ctfront.domain.families import Relation
from ctfront.services.families import relate
from tests.screens.conftest import cast


def of_ruiz(clinic):
    """Ana Ruiz with a child and a partner."""
    for other, relation in (("LEE", Relation.CHILD), ("BAUER", Relation.PARTNER)):
        ids, act = (clinic.patients["RUIZ"], clinic.patients[other]), clinic.act()
        clinic.database.write_now(
            lambda session, ids=ids, act=act, relation=relation: relate(
                session, clinic.clinic, act, *ids, relation, known=None
            )
        )


async def test_a_relative_is_entered_and_shown_on_both_sides(monday):
    end = await monday("i l lee enter enter")
    assert end.message == "LEE, Min: partner of RUIZ, Ana. u takes it back."
    assert "Family    LEE, Min   b 30 Nov 1990 (35)   partner" in end.screen
    end = await monday("i l oka enter enter")
    assert "Family    OKAFOR, Grace   b 18 Jun 1957 (68)   parent or guardian" in end.screen
    end = await monday("i l oka enter enter / oka enter")
    assert "Family    RUIZ, Ana   b 2 Mar 1984 (42)   child" in end.screen


async def test_what_they_are_is_typed(monday):
    end = await monday("i l lee enter shift+tab child enter enter")
    assert end.message == "LEE, Min: child of RUIZ, Ana. u takes it back."


async def test_u_takes_it_back(monday):
    end = await monday("i l lee enter enter u")
    assert end.message == "Took back: Saved RUIZ, Ana: family."
    assert "Family" not in end.screen


async def test_a_relative_is_taken_away(both_ways):
    def scene(clinic):
        cast(clinic)
        of_ruiz(clinic)

    end = await both_ways("i l down down enter none enter enter", scene)
    assert end.message == "LEE, Min is no family of RUIZ, Ana any more. u takes it back."
    assert "BAUER, Tomás   b 23 Aug 1975 (50)   partner" in end.screen
    assert "LEE, Min   b" not in end.screen


async def test_nobody_is_their_own_relative(monday):
    end = await monday("i l rui enter enter enter")
    assert "That is the same patient." in end.dialog


async def test_the_family_is_offered_at_the_next_booking(both_ways):
    end = await both_ways("b rui enter enter down b", of_ruiz)
    assert "Family of the last one booked; Down goes to them:" in end.dialog
    assert "BAUER, Tomás" in end.dialog
    assert "LEE, Min" in end.dialog
    assert "1 BAUER" not in end.dialog
    assert "Family of" not in (await both_ways("b", of_ruiz)).dialog


async def test_down_and_enter_take_one_of_the_family(both_ways):
    end = await both_ways("b rui enter enter down b down down enter enter", of_ruiz)
    assert [(m, p) for m, _, p in end.live()] == [(480, "RUIZ"), (495, "LEE")]
    assert end.cursor == ("8:15", "LEE, Min")


async def test_enter_alone_takes_nobody(both_ways):
    end = await both_ways("b rui enter enter down b enter enter enter", of_ruiz)
    assert [p for *_, p in end.live()] == ["RUIZ"]
    assert end.dialog.startswith("Book 8:15")
    end = await both_ways("b rui enter enter down b down up enter enter", of_ruiz)
    assert [p for *_, p in end.live()] == ["RUIZ"]


async def test_typing_replaces_the_family_with_the_search(both_ways):
    end = await both_ways("b rui enter enter down b kap enter enter", of_ruiz)
    assert [p for *_, p in end.live()] == ["RUIZ", "KAPOOR"]
    end = await both_ways("b rui enter enter down b down 4432 enter enter", of_ruiz)
    assert [p for *_, p in end.live()] == ["RUIZ", "KAPOOR"]
    end = await both_ways("b rui enter enter down b k backspace", of_ruiz)
    assert "Family of the last one booked" in end.dialog
