"""The report as a page."""

from datetime import date
from pathlib import Path

from bench.timing import Report

RESULTS = Path(__file__).with_name("RESULTS.md")


def write_results(report: Report, about: dict[str, str], on: date, path: Path = RESULTS) -> None:
    """Write every figure with its budget, and on what it was measured."""
    lines = ["# What ctfront costs", "", f"Written by `make bench` on {on.isoformat()}; never a test.", ""]
    lines += [f"- {name}: {value}" for name, value in about.items()]
    for part, figures in report.parts.items():
        lines += ["", f"## {part}", ""]
        if part in report.notes:
            lines += [report.notes[part], ""]
        lines += ["| what | measured | budget | | beside |", "| --- | ---: | ---: | --- | --- |"]
        for figure in figures:
            budget = "" if figure.budget is None else f"≤ {figure.budget:g} {figure.unit}"
            measured = f"{figure.measured:.2f} {figure.unit}".rstrip()
            lines.append(f"| {figure.what} | {measured} | {budget} | {figure.held} | {figure.beside} |")
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
