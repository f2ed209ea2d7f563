"""The colours of the app."""

from textual.theme import Theme

THEME = Theme(
    name="ctfront",
    primary="#00ffff",
    secondary="#ffffff",
    accent="#ffff00",
    warning="#ffff00",
    error="#ff0000",
    success="#00ff00",
    foreground="#c0c0c0",
    background="#000000",
    surface="#000000",
    panel="#000000",
    boost="#000000",
    text_alpha=1.0,
    variables={
        "text": "#c0c0c0",
        "text-muted": "#808080",
        "text-disabled": "#808080",
        "foreground-muted": "#808080",
        "input-cursor-background": "#c0c0c0",
        "input-cursor-foreground": "#000000",
        "input-selection-background": "#0000ff",
        "block-cursor-foreground": "#000000",
        "block-cursor-background": "#c0c0c0",
    },
)
"""Colours out of the sixteen that every terminal has; nothing is told by them alone."""
