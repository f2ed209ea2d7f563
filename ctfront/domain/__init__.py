"""The clinic's nouns and rules; standard library only."""
