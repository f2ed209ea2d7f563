"""The keys of one act."""

from collections.abc import Iterable, Sequence

from textual.widget import Widget

from ctfront.domain.keymap import KeyAct, check_keys, read_keys, type_keys
from ctfront.widgets.form import Field, Form
from ctfront.widgets.front_desk import desk_of


class KeysForm(Form[KeyAct]):
    """Give an act other keys; they work at once."""

    def __init__(self, act: KeyAct, acts: Sequence[KeyAct]) -> None:
        super().__init__()
        self.act = act
        self.acts = tuple(acts)

    def heading(self) -> str:
        """Say which act, and which keys it had to begin with."""
        return f"Keys · {self.act.words} · shipped as {type_keys(self.act.shipped)}"

    def fields(self) -> Iterable[Widget]:
        """Make the field."""
        yield Field("keys", "Keys", type_keys(self.act.keys), required=True, read=self.read_back)

    def start(self) -> None:
        """Start in the field although it holds keys."""
        self.query_one("#field-keys", Field).line.focus()

    def read_back(self, text: str) -> str:
        """Read the keys back. Raises `InputRefused`."""
        keys = read_keys(text)
        check_keys(self.acts, self.act, keys)
        return " or ".join(keys)

    async def save(self) -> KeyAct | None:
        """Save the keys for everybody and use them from now on."""
        keys = read_keys(self.query_one("#field-keys", Field).text)
        check_keys(self.acts, self.act, keys)
        await desk_of(self).change_keys(self.act, keys)
        return self.act
