import pytest
from tests.screens.conftest import *
@pytest.mark.parametrize("n", range(12))
async def test_blank(monday, n):
    await monday("down b bau enter tab tab 8:00 f9 y", who="tlee")
