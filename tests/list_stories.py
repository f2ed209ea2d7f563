"""List every story of the screens by name, with the keys it is told in: `make stories` writes docs/stories.md."""

import ast
import shlex
import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

HERE = Path(__file__).parent
FOLDERS = ("screens",)
TELLERS = {"monday", "both_ways", "story", "press", "burst", "type", "terminal_desk", "on_the_wire", "sent_for"}
"""Calls whose first text is what the clerk types."""

INTRODUCTION = """# Stories

{count} stories of a clerk at the keyboard, each several keys and an end state; variants by parameter count once.
All but those that need another hand in the middle are lived through key by key and as one burst, and must end in
the same database and on the same cells. The {wire} marked **wire** also run at 120×40 and in the real program behind
a pseudo-terminal, there with both cores loaded too; `make soak` runs every story with both cores loaded, its burst
many times. This page is made by `make stories`; a test keeps it true.
"""

KEY_TABLE = (
    ("arrows", {"up", "down", "left", "right"}),
    ("PgUp PgDn Home End", {"pgup", "pgdn", "home", "end"}),
    ("Tab Shift+Tab", {"tab", "shift+tab"}),
    ("t [ ] , . { } < >", set("t[],.{}<>")),
    ("g Go to", {"g"}),
    ("w Week", {"w"}),
    ("b Book", {"b"}),
    ("m Move", {"m"}),
    ("c Cancel", {"c"}),
    ("a Arrived, o checked Out", {"a", "o"}),
    ("k marK", {"k", "K"}),
    ("e Edit", {"e"}),
    ("u Undo", {"u"}),
    ("f Find openings", {"f"}),
    ("/ Find a patient", {"/"}),
    ("i Info", {"i"}),
    ("n New patient", {"n"}),
    (": Command line", {":"}),
    ("F1 ? Ctrl+P keys and palette", {"f1", "?", "ctrl+p"}),
    ("F2 F3 F6 screens", {"f2", "f3", "f6"}),
    ("Enter", {"enter"}),
    ("Esc", {"esc"}),
    ("y yes", {"y"}),
    ("F9 Ctrl+O Ctrl+S Okay", {"f9", "ctrl+o", "ctrl+s"}),
    ("Ctrl+L repaint", {"ctrl+l"}),
)
"""Rows of the key table that are there, and the words of a script that are those keys."""


@dataclass(frozen=True)
class Story:
    """One test function."""

    name: str
    scripts: tuple[str, ...]
    """What is typed, as far as the source says it."""
    wire: bool

    @property
    def sentence(self) -> str:
        """The name as one reads it."""
        words = self.name.removeprefix("test_").replace("_s_", "'s ").replace("_", " ")
        return words[0].upper() + words[1:]

    @property
    def keys(self) -> set[str]:
        """The words of the scripts."""
        return {word for script in self.scripts for word in words_of(script)}


def words_of(script: str) -> list[str]:
    """Split a script as the desk does; a piece of one may have an open quote."""
    try:
        return shlex.split(script)
    except ValueError:
        return script.split()


def chapters() -> Iterator[tuple[str, list[Story]]]:
    """Give each file's heading and stories."""
    for folder in FOLDERS:
        for path in sorted((HERE / folder).glob("test_*.py")):
            tree = ast.parse(path.read_text(encoding="utf-8"))
            told = [story_of(node) for node in tree.body if is_test(node)]
            if told:
                yield (ast.get_docstring(tree) or path.stem).splitlines()[0].rstrip("."), told


def is_test(node: ast.stmt) -> bool:
    """Tell whether it is a test function."""
    return isinstance(node, ast.AsyncFunctionDef | ast.FunctionDef) and node.name.startswith("test_")


def story_of(node: ast.FunctionDef) -> Story:
    """Read a test function."""
    decorators = [ast.unparse(decorator) for decorator in node.decorator_list]
    return Story(
        name=node.name,
        scripts=tuple(dict.fromkeys(scripts_in(node))),
        wire="pytest.mark.wire" in decorators,
    )


def scripts_in(node: ast.FunctionDef) -> Iterable[str]:
    """Give the texts that the story types, in order."""
    for call in (found for found in ast.walk(node) if isinstance(found, ast.Call)):
        if called(call) == "parametrize" and "key" in ast.unparse(call.args[0]):
            yield from (first_text(case) for case in getattr(call.args[1], "elts", ()))
        elif called(call) in TELLERS:
            texts = [*call.args[:1], *(word.value for word in call.keywords if word.arg == "typed")]
            yield from (text for text in map(first_text, texts) if text)


def called(call: ast.Call) -> str:
    """Return the last word of what is called."""
    return ast.unparse(call.func).rpartition(".")[2]


def first_text(node: ast.AST) -> str:
    """Return a text as it stands, each hole of an f-string as `…`."""
    if isinstance(node, ast.Tuple) and node.elts:
        return first_text(node.elts[0])
    if isinstance(node, ast.JoinedStr):
        return "".join(str(part.value) if isinstance(part, ast.Constant) else "…" for part in node.values)
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else ""


def page() -> str:
    """Return docs/stories.md."""
    told = list(chapters())
    stories = [story for _, chapter in told for story in chapter]
    lines = [INTRODUCTION.format(count=len(stories), wire=number_word(sum(story.wire for story in stories)))]
    for heading, chapter in told:
        lines += [f"## {heading}", "", *map(line_of, chapter), ""]
    lines += ["## The key table", "", "| key | stories that type it |", "| --- | --- |"]
    lines += [f"| {words(row)} | {sum(bool(story.keys & keys) for story in stories)} |" for row, keys in KEY_TABLE]
    return "\n".join(lines) + "\n"


def line_of(story: Story) -> str:
    """Return the story's line: its name, how it begins, and whether it runs on the wire."""
    begins = next((script for script in story.scripts if script), "")
    return f"- {story.sentence}{f': {code(begins)}' if begins else ''}{' **wire**' if story.wire else ''}"


def code(text: str) -> str:
    """Set a text as code; a backtick in it wants two around."""
    return f"`` {text} ``" if "`" in text else f"`{text}`"


def words(row: str) -> str:
    """Write a row of the table so that Markdown leaves it alone."""
    return row.replace("<", "&lt;").replace("|", "\\|")


def number_word(number: int) -> str:
    """Return ten as a word, as the tests speak of them."""
    return "ten" if number == 10 else str(number)


if __name__ == "__main__":
    sys.stdout.write(page())
