"""The small clinic's first hour, in a file that a program of its own opens."""

import pytest

from tests.screens.conftest import cast, founded  # noqa: F401
from tests.stories import copy_of


@pytest.fixture
def clinic(founded, tmp_path):  # noqa: F811
    clinic = copy_of(founded, tmp_path / "clinic.db")
    cast(clinic)
    clinic.database.close_writer()
    return clinic
