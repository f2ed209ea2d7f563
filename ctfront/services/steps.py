"""How an act that takes long tells what it does, and how far it has come."""

from collections.abc import Callable

Progress = Callable[[int, int], None]
"""Hears how much of how much is done."""

Step = Callable[[str], Progress]
"""Told what is done now; returns what hears how far that has come."""
