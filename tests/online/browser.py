"""A browser without scripts: follows redirects, keeps cookies, fills in forms as they stand on the page."""

from dataclasses import dataclass, field
from html.parser import HTMLParser

import httpx


@dataclass
class Form:
    """One form of a page."""

    action: str
    method: str
    fields: dict[str, str] = field(default_factory=dict)
    buttons: list[tuple[str, str, str]] = field(default_factory=list)
    """Name, value and words of each."""


class Reader(HTMLParser):
    """What a page holds."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.forms: list[Form] = []
        self.words: list[str] = []
        self.links: list[str] = []
        self._inside = False
        self._button = -1
        self.feed(html)

    def handle_starttag(self, tag, attributes):
        named = {name: value or "" for name, value in attributes}
        if tag == "form":
            self.forms.append(Form(action=named.get("action", ""), method=named.get("method", "get")))
            self._inside = True
        elif tag == "input" and self._inside and "name" in named:
            ticked = named.get("type") != "checkbox" or "checked" in named
            if ticked:
                self.forms[-1].fields[named["name"]] = named.get(
                    "value", "on" if named.get("type") == "checkbox" else ""
                )
        elif tag == "button":
            self.forms[-1].buttons.append((named.get("name", ""), named.get("value", ""), ""))
            self._button = len(self.forms[-1].buttons) - 1
        elif tag == "a":
            self.links.append(named.get("href", ""))

    def handle_endtag(self, tag):
        if tag == "form":
            self._inside = False
        elif tag == "button":
            self._button = -1

    def handle_data(self, data):
        self.words.append(data)
        if self._button >= 0:
            name, value, words = self.forms[-1].buttons[self._button]
            self.forms[-1].buttons[self._button] = (name, value, words + data)


class Browser:
    """One visitor."""

    def __init__(self, app, site: str = "https://book.example.org", address: str = "192.0.2.7") -> None:
        transport = httpx.ASGITransport(app=app, client=(address, 5000), raise_app_exceptions=True)
        self.client = httpx.AsyncClient(transport=transport, base_url=site, follow_redirects=True)
        self.answer: httpx.Response | None = None

    async def open(self, path: str) -> str:
        """Open a page and return its words."""
        return self._took(await self.client.get(path))

    async def submit(self, number: int = 0, *, press: str = "", **fields: str) -> str:
        """Fill in one of the page's forms and send it; `press` chooses the button with these words."""
        return await self.submit_exactly(number, press=press, **{n.replace("_", "-"): v for n, v in fields.items()})

    async def submit_exactly(self, number: int = 0, *, press: str = "", **fields: str) -> str:
        """Do the same with the names of the fields as they are."""
        form = self.page.forms[number]
        values = {**form.fields, **fields}
        if press:
            name, value, _ = next(button for button in form.buttons if press in button[2])
            values |= {name: value} if name else {}
        target = form.action or self.answer.url.path
        return self._took(await self.client.post(target, data=values))

    async def press(self, words: str) -> str:
        """Press the first button with these words, in whichever form it is."""
        number = next(n for n, form in enumerate(self.page.forms) if any(words in b[2] for b in form.buttons))
        return await self.submit(number, press=words)

    @property
    def page(self) -> Reader:
        """What the last page holds."""
        return Reader(self.answer.text)

    @property
    def words(self) -> str:
        """The last page's words on one line."""
        return " ".join(" ".join(self.page.words).split())

    @property
    def path(self) -> str:
        """Where the last page was."""
        return self.answer.url.path

    def _took(self, answer: httpx.Response) -> str:
        self.answer = answer
        return self.words

    async def close(self) -> None:
        await self.client.aclose()
