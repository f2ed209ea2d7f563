"""The colours of the app."""

from textual.theme import Theme

THEME = Theme(
    name="ctfront",
    ansi=True,
    primary="ansi_bright_cyan",
    secondary="ansi_bright_white",
    accent="ansi_bright_yellow",
    warning="ansi_bright_yellow",
    error="ansi_bright_red",
    success="ansi_bright_green",
    foreground="ansi_default",
    background="ansi_default",
    surface="ansi_default",
    panel="ansi_default",
    boost="ansi_default",
    text_alpha=1.0,
    variables={
        "ansi-background": "ansi_black",
        "ansi-foreground": "ansi_white",
        "text": "ansi_default",
        "text-muted": "ansi_bright_black",
        "text-disabled": "ansi_bright_black",
        "foreground-muted": "ansi_bright_black",
        "input-selection-background": "ansi_default",
        "input-selection-foreground": "ansi_default",
        "block-cursor-foreground": "ansi_default",
        "block-cursor-background": "ansi_default",
    },
)
"""The terminal's own foreground and background, which cost nothing on the line, and names out of the sixteen colours
that every terminal has; nothing is told by them alone."""
