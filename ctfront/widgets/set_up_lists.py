"""The lists of Set-up, each behind its digit."""

from ctfront.widgets.set_up_online_rows import ONLINE
from ctfront.widgets.set_up_rows import CLINIC, EVENTS, KEYS, PROVIDERS, PURPOSES, SITES, STAFF

LISTS = (PROVIDERS, PURPOSES, STAFF, EVENTS, CLINIC, SITES, KEYS, ONLINE)
