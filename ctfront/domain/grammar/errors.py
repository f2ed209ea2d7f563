"""What typed text that has no reading is answered with."""

from ctfront.domain.errors import InputRefused


class CannotRead(InputRefused):
    """Typed text that has no reading; `position` is where it stops making sense, from 0, None when unknown."""

    def __init__(self, message: str, position: int | None = None, *, field: str = "") -> None:
        super().__init__(message, field=field)
        self.position = position
