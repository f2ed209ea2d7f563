"""What nobody should be able to do with a name: one list for every test of bad input."""

import unicodedata

AWKWARD = "O'NEIL-[/x]ŁUKASZ"
"""Breaks careless software and is a name all the same."""

LONG = "x" * 5000

HOSTILE = {
    "markup closing": "[/]",
    "markup unknown": "[/nope] [bold red]Eve[/]",
    "markup link": "[link=https://evil.example]Bob[/link]",
    "markup action": "[@click=app.exit]Eve[/]",
    "markup opening": "[/",
    "clear screen": "Eve\x1b[2J",
    "clipboard": "Eve\x1b]52;c;ZXZpbA==\x07",
    "title": "Eve\x1b]0;owned\x07",
    "title, string terminator": "Eve\x1b]2;owned\x1b\\",
    "device control": 'Eve\x1bP$q"p\x1b\\',
    "report": "Eve\x1b[6n",
    "reset": "Eve\x1bc",
    "alternate screen": "Eve\x1b[?1049l",
    "mouse": "Eve\x1b[?1003h",
    "C1 sequence": "Eve\x9b31m",
    "C1 command": "Eve\x9d0;owned\x9c",
    "NUL": "E\x00ve",
    "bell": "Eve\x07",
    "backspace": "Eve\x08\x08\x08Ann",
    "delete": "Eve\x7f",
    "shift out": "Eve\x0e",
    "line ends": "Eve\r\nAnn\nSue\rLee",
    "tab": "Eve\tAnn",
    "bidi override": "Eve\u202egnp.exe",
    "bidi isolate": "Eve\u2066\u2067Ann\u2069",
    "bidi marks": "Eve\u200e\u200f\u061c",
    "zero width": "E\u200bv\u200ce\u2060\ufeff",
    "tag characters": "Eve\U000e0041\U000e0042",
    "combining pile": "E" + "\u0301\u0323\u0330" * 30 + "ve",
    "marks of another script": "\u0e01" + "\u0e47" * 60,
    "hidden composition": "e\u200b\u0301",
    "line separator": "Eve\u2028Ann\u2029Sue",
    "private use": "Eve\ue000\U0010ffff",
    "5,000 characters": LONG,
}
"""By what each tries; every one of them is refused or shown changed, the markup as it stands."""

TOGETHER = " ".join(text for name, text in HOSTILE.items() if name not in {"NUL", "5,000 characters"})
"""All of it in one name, where each by itself would only take longer; no NUL, which no argument can hold."""

FOREIGN = {
    "awkward": AWKWARD,
    "right to left": "\u05d3\u05e0\u05d9\u05d0\u05dc",
    "arabic": "\u0645\u062d\u0645\u062f",
    "wide": "\u738b\u5c0f\u660e",
    "halfwidth": "\uff71\uff72\uff73",
    "emoji": "\U0001f600 Ann",
    "turkish": "\u0130\u015f\u0131l",
    "sharp s": "Stra\u00dfe",
    "superscript": "Anna\u00b2",
    "formula": '=cmd|" /C calc"!A0',
    "formula at": "@SUM(1+1)",
    "formula plus": "+1 555 010 4431",
    "formula minus": "-2+3",
    "percent": "%s %n {0} {name!r}",
    "quotes": """"; DROP TABLE patient; --'""",
    "apostrophes": "''=x",
    "comma, semicolon": "a,b;c",
}
"""Unusual, harmless, and kept as they are."""


def harmful(text: str) -> list[str]:
    """Return the characters of the text that could drive a terminal or turn its line around."""
    return [
        f"U+{ord(character):04X}"
        for character in text
        if unicodedata.category(character) in {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"}
    ]
