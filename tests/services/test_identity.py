"""Who is at the keyboard: the mode is the database's, and every refusal says what to do."""

from dataclasses import replace

import pytest

from ctfront.data.database import Database
from ctfront.domain.clinic import Identity
from ctfront.domain.errors import NotAllowed, NotFound
from ctfront.domain.set_up import FoundingDraft, StaffDraft
from ctfront.domain.staff import ALL_RIGHTS, FRONT_DESK_RIGHTS, Act
from ctfront.services.clinic_setup import ClinicSetup
from ctfront.services.found import found_clinic
from ctfront.services.identity import who_is
from ctfront.services.set_up_staff import save_staff
from tests.clinics import NOW
from tests.services.test_clinic_setup import clinic_draft

MARIA = StaffDraft(name="Maria Garcia", short_name="mgarcia", os_user="maria")


@pytest.fixture
async def found(database_url):
    """Return what founds a clinic of the wanted mode in the test's own database."""
    database = Database(database_url)
    database.ready()

    def make(identity: Identity):
        draft = FoundingDraft(
            name="Main Street Clinic",
            zone="America/Los_Angeles",
            manager_name="Ada Admin",
            manager_short="admin",
            os_user="ada",
            identity=identity,
        )
        clinic, manager = found_clinic(database, NOW, draft)
        staff = [
            database.write_now(
                lambda session, number=number, person=person: save_staff(
                    session, clinic, Act(who=manager, at=NOW, op_id=f"staff-{number}"), None, person
                )
            )
            for number, person in enumerate((replace(MARIA, short_name="aclerk", os_user=None), MARIA))
        ]
        return database, clinic, manager, staff[-1]

    yield make
    await database.close()


def test_os_the_account_names_the_staff_member(found):
    database, clinic, _, maria = found(Identity.OS)
    seen, actor = who_is(database, os_user="maria", session_id="s1", origin="10.0.0.7")
    assert seen == clinic
    assert (actor.id, actor.name, actor.rights) == (maria.id, "mgarcia", FRONT_DESK_RIGHTS)
    assert (actor.os_user, actor.session, actor.origin) == ("maria", "s1", "10.0.0.7")


@pytest.mark.parametrize("asked", ["admin", "mgarcia", ""])
def test_os_nobody_chooses_who_they_are(found, asked):
    database, *_ = found(Identity.OS)
    with pytest.raises(NotAllowed, match="leave out --user"):
        who_is(database, os_user="maria", asked_user=asked, owns_database=True)


@pytest.mark.parametrize("account", ["root", "mgarcia", ""])
def test_os_an_unknown_account_is_nobody(found, account):
    database, *_ = found(Identity.OS)
    with pytest.raises(NotFound, match="belongs to nobody"):
        who_is(database, os_user=account)


def test_forced_command_the_key_names_the_staff_member(found):
    database, *_ = found(Identity.FORCED_COMMAND)
    _, actor = who_is(database, os_user="ctfront", asked_user="admin", owns_database=True)
    assert (actor.name, actor.rights, actor.os_user) == ("admin", ALL_RIGHTS, "ctfront")


def test_forced_command_another_account_is_refused(found):
    database, *_ = found(Identity.FORCED_COMMAND)
    with pytest.raises(NotAllowed, match="service account"):
        who_is(database, os_user="ada", asked_user="admin", owns_database=False)


def test_forced_command_a_key_without_a_name_is_refused(found):
    database, *_ = found(Identity.FORCED_COMMAND)
    with pytest.raises(NotAllowed, match="--user"):
        who_is(database, os_user="ctfront", owns_database=True)


def test_forced_command_looks_whose_the_file_is(found):
    database, *_ = found(Identity.FORCED_COMMAND)
    assert who_is(database, os_user="ctfront", asked_user="mgarcia")[1].name == "mgarcia"


def test_demo_runs_as_its_clerk_or_as_anybody(found):
    database, *_ = found(Identity.DEMO)
    assert who_is(database, os_user="whoever")[1].name == "mgarcia"
    assert who_is(database, os_user="whoever", asked_user="Admin")[1].name == "admin"
    with pytest.raises(NotFound, match="nobody called nobody"):
        who_is(database, os_user="whoever", asked_user="nobody")


def test_demo_without_its_clerk_runs_as_the_first_at_the_desk(found):
    database, clinic, manager, maria = found(Identity.DEMO)
    act = Act(who=manager, at=NOW, op_id="gone")
    database.write_now(lambda session: save_staff(session, clinic, act, maria.id, replace(MARIA, active=False)))
    assert who_is(database, os_user="whoever")[1].name == "aclerk"


@pytest.mark.parametrize(
    ("identity", "asked"), [(Identity.OS, None), (Identity.FORCED_COMMAND, "mgarcia"), (Identity.DEMO, "mgarcia")]
)
def test_who_left_does_not_come_in(found, identity, asked):
    database, clinic, manager, maria = found(identity)
    act = Act(who=manager, at=NOW, op_id="gone")
    database.write_now(lambda session: save_staff(session, clinic, act, maria.id, replace(MARIA, active=False)))
    with pytest.raises(NotAllowed, match="mgarcia is not active"):
        who_is(database, os_user="maria", asked_user=asked, owns_database=True)


def test_an_empty_database_says_how_to_begin(database_url):
    database = Database(database_url)
    database.ready()
    with pytest.raises(NotFound, match="ctfront init"):
        who_is(database, os_user="maria")
    database.close_writer()


async def test_the_mode_changes_with_the_clinic(found):
    database, clinic, manager, _ = found(Identity.OS)
    await ClinicSetup(database, clinic).save_clinic(
        Act(who=manager, at=NOW, op_id="mode"), clinic_draft(identity=Identity.FORCED_COMMAND)
    )
    assert who_is(database, os_user="ctfront", asked_user="mgarcia", owns_database=True)[1].name == "mgarcia"
    with pytest.raises(NotAllowed):
        who_is(database, os_user="maria")
