"""Passwords as they are kept: argon2id, worked out in threads of its own, few at a time."""

import asyncio
import secrets
from concurrent.futures import ThreadPoolExecutor
from functools import cached_property
from typing import TYPE_CHECKING

if TYPE_CHECKING:  # 20 ms, and only the site needs it
    from argon2 import PasswordHasher

AT_ONCE = 2
"""Passwords worked out at a time: each takes memory and a core."""

MEMORY = 46 * 1024
"""KiB that one takes."""

ROUNDS = 2


class PasswordHashing:
    """Makes and compares what is kept of passwords, in the same time whether or not there is any."""

    def __init__(self) -> None:
        self._threads = ThreadPoolExecutor(AT_ONCE, thread_name_prefix="password")

    @cached_property
    def _hasher(self) -> "PasswordHasher":
        from argon2 import PasswordHasher

        return PasswordHasher(time_cost=ROUNDS, memory_cost=MEMORY, parallelism=1)

    @cached_property
    def _nobodys(self) -> str:
        """What is compared with where nobody is known."""
        return self._hasher.hash(secrets.token_hex(16))

    def prepare(self) -> None:
        """Work out now what the first comparison would wait for."""
        assert self._nobodys

    async def hash(self, password: str) -> str:
        """Return what is kept of a password."""
        return await asyncio.get_running_loop().run_in_executor(self._threads, self._hasher.hash, password)

    async def matches(self, kept: str | None, password: str) -> bool:
        """Tell whether it is the password; without anything kept it takes as long, and is not."""
        return await asyncio.get_running_loop().run_in_executor(self._threads, self._compare, kept, password)

    def close(self) -> None:
        """End the threads."""
        self._threads.shutdown()

    def _compare(self, kept: str | None, password: str) -> bool:
        from argon2.exceptions import InvalidHashError, VerificationError

        try:
            return self._hasher.verify(kept or self._nobodys, password) and kept is not None
        except (VerificationError, InvalidHashError):
            return False
