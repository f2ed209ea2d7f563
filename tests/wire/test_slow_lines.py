"""The real program behind a relay: 64 kbit/s and 600 ms, and a line that is cut."""

import pytest
from sqlalchemy import text

from ctfront.data import ledger
from ctfront.data.database import Database
from tests.wire.relay import Route, relayed
from tests.wire.terminal_desk import PATIENCE, sent_for
from tests.wire.test_on_the_line import BOOKED, on_the_line, patients


def problems(clinic) -> list:
    """Return what is wrong with the file and the audit trail."""

    def look(session) -> list:
        file = session.execute(text("PRAGMA integrity_check")).scalars().all()
        return [word for word in file if word != "ok"] + ledger.broken_links(session, clinic.clinic.id)

    database = Database(f"sqlite:///{clinic.database.path}")
    found = database.write_now(look)
    database.close_writer()
    return found


def test_a_booking_over_600_milliseconds(clinic):
    with on_the_line(clinic) as desk, relayed(desk):
        desk.burst("down b bau enter enter")
        assert desk.cells()[-2].strip() == BOOKED
    assert "BAUER" in patients(clinic.database.path)


@pytest.mark.parametrize("cut_after", [400, 2_200, 3_700])
def test_a_line_cut_in_the_middle_of_a_frame_ends_the_program_and_leaves_the_database_whole(clinic, cut_after):
    with on_the_line(clinic) as desk, relayed(desk, Route(late=0.02), cut_after=cut_after):
        keys = sent_for(f"down b bau enter enter : 'mv ruiz +1h' enter k a u ] [ f adj esc esc {'b esc ' * 10}")
        desk.send(b"".join(keys), keys=len(keys))
        desk.wait_for_exit()
        assert desk.read_bytes == cut_after
        assert desk.process.wait(PATIENCE) in {0, 129}
    assert problems(clinic) == []
