"""Which visit purposes a provider offers, by letter or name."""

from collections.abc import Collection, Sequence

from ctfront.domain.grammar.choices import ALL, read_several
from ctfront.domain.providers import VisitPurpose
from ctfront.screens.modals.set_up_form import NOTHING
from ctfront.widgets.long_field import LongField


class OffersField(LongField):
    """Several of the purposes there are, `all` or `none`; it starts empty where nobody has chosen yet."""

    def __init__(self, purposes: Sequence[VisitPurpose], offered: Collection[int] | None, *, nothing: str) -> None:
        self.purposes = tuple(purposes)
        self.names = tuple((purpose.name, purpose.letter) for purpose in purposes)
        self.nothing = nothing
        """What `none` is read back as."""
        super().__init__(
            "purpose_ids",
            "Offers",
            "" if offered is None else self._typed(offered),
            hint=", ".join([*(purpose.letter for purpose in purposes), "all or none"]),
            required=True,
            read=self.show,
        )

    def _typed(self, offered: Collection[int]) -> str:
        letters = [purpose.letter for purpose in self.purposes if purpose.id in offered]
        return ALL if letters and len(letters) == len(self.purposes) else ", ".join(letters) or "none"

    @property
    def purpose_ids(self) -> tuple[int, ...]:
        """Which are chosen. Raises `InputRefused`."""
        return tuple(purpose.id for purpose in self._read(self.text))

    def show(self, text: str) -> str:
        """Read the purposes back by name. Raises `InputRefused`."""
        return ", ".join(purpose.name for purpose in self._read(text)) or self.nothing

    def _read(self, text: str) -> list[VisitPurpose]:
        return [
            self.purposes[index] for index in read_several(text, self.names, what="visit purpose", shortcuts=NOTHING)
        ]
