"""What ctfront costs in a big clinic: a generator, measurements and the report they write. Never a test."""
