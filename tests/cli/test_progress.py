"""How far a command has come: nothing in the first second, a line drawn over, a rare one for a journal."""

from ctfront.cli.progress import Steps


def told(watched: bool, moments):
    said, clock = [], iter([0.0, *(at for at, *_ in moments)])
    steps = Steps(watched=watched, say=said.append, now=lambda: next(clock))
    show = steps.step("Copying")
    for _, done, total in moments:
        show(done, total)
    steps.end()
    return said


def test_nothing_is_told_of_what_is_over_in_a_second():
    assert told(True, [(0.2, 1, 10), (0.9, 9, 10)]) == []


def test_a_line_is_drawn_over_and_wiped():
    line = "Copying [##########..........]  50%"
    said = told(True, [(1.1, 5, 10), (1.2, 6, 10), (1.7, 10, 10)])
    assert said == [f"\r{line}", f"\rCopying [{'#' * 20}] 100%", f"\r{' ' * len(line)}\r"]


def test_a_journal_gets_a_line_every_half_minute():
    said = told(False, [(1.1, 1, 10), (31.0, 5, 10), (40.0, 6, 10), (62.0, 10, 0)])
    assert said == ["Copying [##########..........]  50%\n", f"Copying [{'#' * 20}] 100%\n"]
