"""Stories of the waitlist: who waits is put on it, offered a freed place, and booked from it."""

from datetime import timedelta

from ctfront.data.models import PatientRow
from ctfront.domain.waitlist import WaitlistDraft
from ctfront.services import waitlist_acts
from tests.clinics import MONDAY
from tests.screens.conftest import cast


def waits(clinic, patient, purpose="Adjustment", days=14, **more):
    draft = WaitlistDraft(
        patient_id=clinic.patients[patient],
        purpose_id=clinic.purposes[purpose].id,
        earliest=MONDAY,
        until=MONDAY + timedelta(days=days),
        **more,
    )
    act = clinic.act()
    clinic.database.write_now(lambda session: waitlist_acts.add(session, clinic.clinic, act, draft))


def two_wait(clinic):
    cast(clinic)
    waits(clinic, "BAUER", days=10)
    waits(clinic, "LEE", purpose="Massage")
    waits(clinic, "SMITH", days=3, provider_ids=(clinic.providers["Dr Alvarez"].id,))


async def test_a_cancellation_offers_the_nearest_and_three_keys_book_them_there(both_ways):
    end = await both_ways("tab c enter", two_wait)
    assert end.message == "Cancelled OKAFOR, Grace for 8:30 with Dr Alvarez. u takes it back. 2 wait: :wl"
    listed = await both_ways("tab c enter : wl enter", two_wait)
    assert "Waitlist · 3 waiting · 2 fit 8:30 with Dr Alvarez" in listed.screen
    assert [line[7:12] for line in listed.cells if "fits" in line] == ["SMITH", "BAUER"]
    booked = await both_ways("tab c enter : wl enter enter enter", two_wait)
    assert (510, "Dr Alvarez", "SMITH") in booked.live()
    assert booked.message == "Booked SMITH, Joan for 8:30 with Dr Alvarez. u takes it back."
    again = await both_ways("tab c enter : wl enter enter enter : wl enter", two_wait)
    assert "Waitlist · 2 waiting" in again.screen
    assert "SMITH" not in again.dialog


async def test_where_there_is_room_the_nearest_is_named_with_the_phone(both_ways):
    end = await both_ways("tab c enter", two_wait, size=(120, 40))
    assert end.message == (
        "Cancelled OKAFOR, Grace for 8:30 with Dr Alvarez. u takes it back."
        " SMITH, Joan (555) 010-4435 and 1 more fit: :wl"
    )


async def test_one_undo_takes_booking_and_closing_back(both_ways):
    end = await both_ways("tab c enter : wl enter enter enter u : wl enter", two_wait)
    assert "Waitlist · 3 waiting · 2 fit 8:30 with Dr Alvarez" in end.screen
    assert (510, "Dr Alvarez", "SMITH") not in end.live()


async def test_a_series_from_the_waitlist_closes_the_entry_in_the_same_act(both_ways):
    keys = "tab c enter : wl enter enter up 'x3 /w' f9 enter"
    end = await both_ways(keys, two_wait)
    assert end.message == "Booked 3 for SMITH, Joan, Mon 2 Mar to Mon 16 Mar. u takes them back."
    listed = await both_ways(f"{keys} : wl enter", two_wait)
    assert "Waitlist · 2 waiting" in listed.screen
    back = await both_ways(f"{keys} u : wl enter", two_wait)
    assert "Waitlist · 3 waiting" in back.screen
    assert back.status_of("SMITH") == ["deleted"] * 3


async def test_a_move_frees_its_place_for_who_waits(both_ways):
    end = await both_ways("tab m down enter", two_wait)
    assert end.message == "Moved OKAFOR, Grace for 8:45 with Dr Alvarez. u takes it back. 2 wait: :wl"
    assert (await both_ways("tab m } enter enter", two_wait)).message.startswith("2 wait: :wl. Rescheduled")


async def test_of_the_ticked_the_first_place_that_fits_is_offered(both_ways):
    end = await both_ways("* c enter y", two_wait)
    assert end.message == "Cancelled 2 appointments. SMITH, Joan (555) 010-4435 and 1 more fit: :wl"
    assert "2 fit 8:30 with Dr Alvarez" in (await both_ways("* c enter y : wl enter", two_wait)).screen


async def test_nobody_is_offered_what_nobody_fits(both_ways):
    end = await both_ways("right right c enter", two_wait)
    assert end.message == "Cancelled LEE, Min for 8:00 with Osei LMT. u takes it back."


async def test_a_patient_is_put_on_with_the_form_and_with_a_line(both_ways):
    form = await both_ways(": wl enter n bau enter adj enter enter", cast)
    assert "BAUER, Tomás is on the waitlist. u takes it back." in form.screen
    assert "Adjustment until Mon 30 Mar · any provider · any time" in form.screen
    line = await both_ways(": 'wl bau adj chen mornings 2w' enter", cast)
    assert line.message == "BAUER, Tomás waits for Adjustment until Mon 16 Mar. u takes it back."
    listed = await both_ways(": 'wl bau adj chen mornings 2w' enter : wl enter", cast)
    assert "Dr Chen · mornings" in listed.screen


async def test_the_line_says_whom_it_means_and_what_is_missing(both_ways):
    assert "What for? Type the purpose behind the name" in (await both_ways(": 'wl bau'", cast)).screen
    assert (
        "BAUER, Tomás b 23 Aug 1975 waits for Adjustment · any provider"
        in (await both_ways(": 'wl bau adj'", cast)).screen
    )


async def test_who_waits_is_taken_in_hand_and_booked_on_any_free_place(both_ways):
    end = await both_ways(": wl enter 2 b", two_wait)
    assert end.message == "In hand: BAUER, Tomás b 23 Aug 1975, waiting for Adj. Enter books, Esc lets go."
    end = await both_ways(": wl enter 2 b right enter enter", two_wait)
    assert (480, "Dr Chen", "BAUER") in end.live()
    assert "BAUER" not in (await both_ways(": wl enter 2 b right enter enter : wl enter", two_wait)).dialog


async def test_an_entry_is_changed_and_taken_off(both_ways):
    end = await both_ways(": wl enter e tab alv,chen tab 'mon, wed' tab 9-11 f9", two_wait)
    assert "Adjustment until Thu 5 Mar · Dr Alvarez, Dr Chen · Mon, Wed · 9:00–11:00" in end.screen
    end = await both_ways(": wl enter x", two_wait)
    assert "SMITH, Joan is off the waitlist. u takes it back." in end.screen
    assert "Waitlist · 2 waiting" in end.screen
    assert "Waitlist · 3 waiting" in (await both_ways(": wl enter x u", two_wait)).screen


def inactive_waits(clinic):
    two_wait(clinic)

    def make_inactive(session):
        session.get(PatientRow, clinic.patients["SMITH"]).active = False

    clinic.database.write_now(make_inactive)


async def test_an_inactive_patient_is_shown_but_neither_offered_nor_booked(both_ways):
    end = await both_ways("tab c enter", inactive_waits)
    assert end.message == "Cancelled OKAFOR, Grace for 8:30 with Dr Alvarez. u takes it back. 1 waits: :wl"
    end = await both_ways(": wl enter b", inactive_waits)
    assert "Thu 5 Mar inactive" in end.dialog
    assert "SMITH, Joan is inactive; make the patient active again first." in end.screen


async def test_patient_information_says_what_the_patient_waits_for(both_ways):
    end = await both_ways("/ bauer enter", two_wait)
    assert "Waiting   Adjustment until Thu 12 Mar · any provider · any time" in end.screen


async def test_an_empty_list_names_the_way_on(both_ways):
    end = await both_ways(": wl enter b", cast)
    assert "Nobody waits; n adds." in end.screen
