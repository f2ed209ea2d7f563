"""What no review should have to look for."""

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent / "ctfront"
FILES = sorted(ROOT.rglob("*.py"))
MOST_LINES = 400

CLOCKS = {"datetime.now", "datetime.today", "date.today", "datetime.utcnow", "time.time"}
READ_THE_CLOCK = {"cli", "terminal"}
"""Packages that may; everything else has the time handed in."""


def nodes(path: Path):
    return list(ast.walk(ast.parse(path.read_text(encoding="utf-8"))))


def calls(path: Path) -> set[str]:
    return {ast.unparse(node.func) for node in nodes(path) if isinstance(node, ast.Call)}


def name_of(path: Path) -> str:
    return str(path.relative_to(ROOT))


@pytest.mark.parametrize("path", FILES, ids=name_of)
def test_nothing_catches_everything(path):
    caught = [node.type for node in nodes(path) if isinstance(node, ast.ExceptHandler)]
    blanket = [t for t in caught if t is None or ast.unparse(t) in {"Exception", "BaseException"}]
    assert blanket == []


@pytest.mark.parametrize("path", FILES, ids=name_of)
def test_the_clock_is_handed_in(path):
    if path.relative_to(ROOT).parts[0] not in READ_THE_CLOCK:
        assert calls(path) & CLOCKS == set()


@pytest.mark.parametrize("path", FILES, ids=name_of)
def test_a_room_is_not_overfull(path):
    assert path.read_text(encoding="utf-8").count("\n") <= MOST_LINES or "migrations" in path.parts


@pytest.mark.parametrize("path", FILES, ids=name_of)
def test_waiting_for_an_answer_goes_through_ask(path):
    if path.name != "key_gate.py":
        assert not any(call.endswith("push_screen_wait") for call in calls(path))


@pytest.mark.parametrize("path", [p for p in FILES if {"screens", "widgets"} & set(p.parts)], ids=name_of)
def test_screens_start_nothing_that_the_key_gate_cannot_see(path):
    forbidden = {"create_task", "ensure_future", "notify", "set_timer"}
    assert {call.rpartition(".")[2] for call in calls(path)} & forbidden == set()


@pytest.mark.parametrize("path", [p for p in FILES if {"screens", "widgets"} & set(p.parts)], ids=name_of)
def test_words_reach_the_screen_by_one_type(path):
    """`Words` takes `Shown` only, which mypy sees to; nothing else shows text that may be data."""
    if path.name != "words.py":
        assert {call.rpartition(".")[2] for call in calls(path)} & {"Static", "Label", "update"} == set()


@pytest.mark.parametrize("path", FILES, ids=name_of)
def test_only_the_sanitiser_vouches_for_text(path):
    """Cutting and padding what is `Shown` keeps it so; nothing else may say it."""
    if path.name not in {"text.py", "day_cells.py"}:
        assert "Shown" not in calls(path)


@pytest.mark.parametrize("path", FILES, ids=name_of)
def test_the_read_path_of_a_worker_group_is_named(path):
    for node in nodes(path):
        if isinstance(node, ast.Call) and ast.unparse(node.func) in {"work", "self.run_worker"}:
            assert any(k.arg == "group" for k in node.keywords), f"line {node.lineno}: name the worker's group"
