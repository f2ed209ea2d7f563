"""The only place that knows SQLAlchemy; its functions take the session first and never commit one.

Where the extra `newer-sqlite` is installed its SQLite stands in for the one that came with Python, in the whole
program: two of them on one file would not know of each other's locks.
"""

import sys
from contextlib import suppress

with suppress(ModuleNotFoundError):
    import pysqlite3

    sys.modules["sqlite3"] = pysqlite3
    sys.modules["sqlite3.dbapi2"] = pysqlite3.dbapi2
