"""docs/keys.md lists the keys there are, on one printed page."""

from pathlib import Path

from ctfront.app import CTFrontApp
from docs import key_page

PAGE = Path(__file__).parent.parent / "docs" / "keys.md"


def test_the_page_is_what_make_keys_writes():
    assert PAGE.read_text(encoding="utf-8") == key_page.page()


def test_it_fits_on_one_printed_page():
    assert len(key_page.page().splitlines()) <= key_page.LINES


def test_every_key_that_works_everywhere_is_on_it():
    everywhere = {key for binding in key_page.bindings_of(CTFrontApp) for key in key_page.keys_in(binding)}
    assert {key for key in everywhere if f"`{key}`" not in PAGE.read_text(encoding="utf-8")} == set()


def test_a_letter_means_one_thing_to_one_screen():
    for screen in key_page.SCREENS:
        bound = [(key, binding.id) for binding in key_page.bindings_of(screen) for key in key_page.keys_in(binding)]
        letters = [key for key, _ in bound if len(key) == 1 and key.isalpha()]
        assert len(letters) == len(set(letters)), screen.__name__
