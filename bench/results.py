"""The report as a page."""

from datetime import date
from pathlib import Path

from bench.timing import Report

RESULTS = Path(__file__).with_name("RESULTS.md")


def write_results(report: Report, about: dict[str, str], on: date, path: Path = RESULTS) -> None:
    """Write every figure with its budget, and on what it was measured."""
    lines = ["# What ctfront costs", "", f"Written by `make bench` on {on.isoformat()}; never a test.", ""]
    lines += [f"- {name}: {value}" for name, value in about.items()]
    for part in report.parts:
        lines += _section(report, part)
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")


def write_part(report: Report, path: Path = RESULTS) -> None:
    """Write the parts measured in the place of what the page said of them; the rest of it stays."""
    kept = [f"## {section}" for section in path.read_text(encoding="utf-8").split("\n## ")]
    page = kept[0].removeprefix("## ")
    for section in kept[1:]:
        if section.partition("\n")[0].removeprefix("## ") not in report.parts:
            page = f"{page.rstrip()}\n\n{section}"
    lines = [line for part in report.parts for line in _section(report, part)]
    path.write_text("\n".join([page.rstrip(), *lines]) + "\n", encoding="utf-8")


def _section(report: Report, part: str) -> list[str]:
    lines = ["", f"## {part}", ""]
    if part in report.notes:
        lines += [report.notes[part], ""]
    lines += ["| what | measured | budget | | beside |", "| --- | ---: | ---: | --- | --- |"]
    for figure in report.parts[part]:
        budget = "" if figure.budget is None else f"≤ {figure.budget:g} {figure.unit}"
        measured = f"{figure.measured:.2f} {figure.unit}".rstrip()
        lines.append(f"| {figure.what} | {measured} | {budget} | {figure.held} | {figure.beside} |")
    return lines
