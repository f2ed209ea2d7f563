"""The small clinic, on each engine."""

import pytest

from tests.clinics import small_clinic


@pytest.fixture
async def desk(database_url):
    """A clinic of the test's own."""
    clinic = small_clinic(database_url)
    yield clinic
    await clinic.database.close()
