"""The opt-out link: shown, done, in one click, and for nobody by a forged one."""

from sqlalchemy import select

from ctfront.data.models import ConsentRow
from tests.online.conftest import KEY
from tests.sendings import last_of


def token_of(town, patient="RUIZ"):
    def derive(session):
        row = last_of(session, town.desk, patient)
        return KEY.opt_out(row.id, row.nonce)

    return town.desk.database.write_now(derive)


def consenting(town) -> set[str]:
    names = {patient_id: name for name, patient_id in town.desk.patients.items()}
    query = select(ConsentRow.patient_id).where(ConsentRow.ended_at.is_(None), ConsentRow.channel == "email")
    return {names[found] for found in town.desk.database.write_now(lambda session: list(session.scalars(query)))}


async def test_looking_changes_nothing_and_the_button_does(town):
    town.invite()
    browser = town.browser()
    assert "Ana" in await browser.open(f"/opt-out/{token_of(town)}")
    assert consenting(town) == {"RUIZ"}
    assert "sends no more emails" in await browser.submit()
    assert consenting(town) == set()
    ended = town.desk.database.write_now(lambda session: session.scalars(select(ConsentRow)).one())
    assert (ended.ended_how, ended.ended_name) == ("online", "Online Appointments")


async def test_others_at_the_address_are_offered_and_left_alone_unless_ticked(town):
    town.invite("RUIZ", "family@example.org")
    town.invite("BAUER", "family@example.org")
    browser = town.browser()
    assert "Tomás" in await browser.open(f"/opt-out/{token_of(town)}")
    await browser.submit()
    assert consenting(town) == {"BAUER"}
    await browser.open(f"/opt-out/{token_of(town)}")
    await browser.submit(**{f"other-{town.desk.patients['BAUER']}": "on"})
    assert consenting(town) == set()


async def test_a_patient_elsewhere_is_not_reached_by_naming_the_id(town):
    town.invite("RUIZ", "ana@example.org")
    town.invite("BAUER", "tomas@example.org")
    browser = town.browser()
    await browser.open(f"/opt-out/{token_of(town)}")
    await browser.submit(**{f"other-{town.desk.patients['BAUER']}": "on"})
    assert consenting(town) == {"BAUER"}


async def test_a_mail_program_does_it_in_one_post(town):
    town.invite("RUIZ", "family@example.org")
    town.invite("BAUER", "family@example.org")
    answer = await town.browser().client.post(f"/opt-out/{token_of(town)}", data={"List-Unsubscribe": "One-Click"})
    assert answer.status_code == 200
    assert consenting(town) == {"BAUER"}


async def test_a_forged_link_does_nothing(town):
    town.invite()
    token = token_of(town)
    for forged in (
        token[:-1] + ("A" if token[-1] != "A" else "B"),
        "1.",
        "1",
        "x.y",
        f"9{token}",
        "٣.x",
        "9" * 30 + ".x",
    ):
        browser = town.browser()
        assert "does not work any more" in await browser.open(f"/opt-out/{forged}")
        answer = await browser.client.post(f"/opt-out/{forged}", data={"named": "on"})
        assert answer.status_code == 404
    assert consenting(town) == {"RUIZ"}
