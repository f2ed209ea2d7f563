"""The only place that knows SQLAlchemy; its functions take the session first and never commit one."""
