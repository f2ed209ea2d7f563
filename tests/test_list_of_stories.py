"""docs/stories.md lists the stories there are."""

from pathlib import Path

from tests import list_stories

PAGE = Path(__file__).parent.parent / "docs" / "stories.md"


def test_the_page_is_what_make_stories_writes():
    assert PAGE.read_text(encoding="utf-8") == list_stories.page()


def test_eleven_stories_of_the_day_and_two_of_invitations_run_on_the_wire():
    stories = [story for _, chapter in list_stories.chapters() for story in chapter]
    assert len([story for story in stories if story.wire]) == 13


def test_every_row_of_the_key_table_is_typed():
    stories = [story for _, chapter in list_stories.chapters() for story in chapter]
    typed = set().union(*(story.keys for story in stories))
    assert [row for row, keys in list_stories.KEY_TABLE if not keys & typed] == []


def test_no_two_stories_of_a_chapter_have_one_name():
    for heading, chapter in list_stories.chapters():
        names = [story.name for story in chapter]
        assert len(names) == len(set(names)), heading
