"""Which locale draws in ASCII by itself."""

import subprocess
import sys

import pytest

from ctfront.cli.caller import speaks_utf8

ASK = "from ctfront.cli.caller import this_process, speaks_utf8; print(speaks_utf8(this_process().environment))"


@pytest.mark.parametrize(
    ("environment", "utf8"),
    [
        ({"LANG": "C.UTF-8"}, True),
        ({"LANG": "en_US.utf8"}, True),
        ({"LANG": "en_US.UTF-8", "LC_ALL": "C"}, False),
        ({"LANG": "de_DE.ISO-8859-1"}, False),
        ({"LANG": "C", "LC_CTYPE": "C.UTF-8"}, True),
        ({"LC_ALL": "", "LANG": "C.UTF-8"}, True),
        ({}, False),
    ],
)
def test_the_first_name_that_is_set_decides(environment, utf8):
    assert speaks_utf8(environment) == utf8


@pytest.mark.parametrize(("environment", "utf8"), [({}, "False"), ({"LC_CTYPE": "C.UTF-8"}, "True")])
def test_what_python_sets_by_itself_is_no_answer(environment, utf8):
    done = subprocess.run([sys.executable, "-c", ASK], check=True, capture_output=True, text=True, env=environment)
    assert done.stdout.strip() == utf8
