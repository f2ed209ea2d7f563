"""What can go wrong with the settings."""


class SettingsRefused(Exception):
    """The settings file says what cannot be; the message says what."""
