"""One preloaded process whose children are the sessions, and the thin client that hands a terminal over."""
