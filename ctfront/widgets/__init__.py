"""Views that show domain objects and announce what happened."""
