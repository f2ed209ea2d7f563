"""What is painted while the program is being loaded."""

import ast
import subprocess
import sys

import pytest

LOADED = "import ctfront.cli.first_paint, sys; print(sorted({n.partition('.')[0] for n in sys.modules}))"
DATE = "from ctfront.cli.first_paint import known_date; print(known_date(''))"


def printed(code: str, **environment: str) -> str:
    return subprocess.run(
        [sys.executable, "-c", code], check=True, capture_output=True, text=True, env=environment
    ).stdout.strip()


def test_it_needs_neither_the_data_layer_nor_the_screens():
    assert not {"sqlalchemy", "aiosqlite", "greenlet", "textual", "asyncio"} & set(ast.literal_eval(printed(LOADED)))


@pytest.mark.parametrize(
    ("environment", "day"),
    [
        ({"TZ": "UTC", "CTFRONT_NOW": "2026-03-02T08:00"}, "2026-03-02"),
        ({"TZ": "UTC"}, "None"),
        ({"TZ": "America/Los_Angeles", "CTFRONT_NOW": "soon"}, "None"),
    ],
)
def test_the_date_is_shown_only_where_it_is_known(environment, day):
    assert printed(DATE, **environment) == day
