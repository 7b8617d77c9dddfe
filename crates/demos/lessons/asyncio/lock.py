"""Tasks that increment one counter: under a lock, and without one."""

import asyncio
import time

TASKS = 5
ROUNDS = 2
SECTION = 0.3
SCALE = 0.5  # All lengths are shortened by this factor.

start = time.monotonic()


def say(text: str) -> None:
    print(f"{(time.monotonic() - start) / SCALE * 1000:6.0f} ms  {text}")


class Counter:
    def __init__(self) -> None:
        self.value = 0
        self.lock = asyncio.Lock()

    async def increment(self, name: str) -> None:
        """Reads, waits, writes. Across the await, others can come in between."""
        read = self.value
        say(f"{name}: reads {read}")
        await asyncio.sleep(SECTION * SCALE)
        self.value = read + 1
        say(f"{name}: writes {self.value}")


async def with_lock(counter: Counter, number: int) -> None:
    for round_number in range(1, ROUNDS + 1):
        # First come, first served: whoever comes later stands in line.
        async with counter.lock:
            await counter.increment(f"task {number}, round {round_number}")


async def without_lock(counter: Counter, number: int) -> None:
    for round_number in range(1, ROUNDS + 1):
        await counter.increment(f"task {number}, round {round_number}")


async def main() -> None:
    for way in (with_lock, without_lock):
        counter = Counter()
        await asyncio.gather(*(way(counter, number) for number in range(TASKS)))
        expected = TASKS * ROUNDS
        say(f"counted {counter.value} of {expected}, {expected - counter.value} lost")


asyncio.run(main())
