"""Greetings that take their time: one after the other, then all at once."""

import asyncio
import time

DELAYS = [1.0, 2.0]
SCALE = 0.2  # All delays are shortened by this factor, so that nobody has to wait.

start = time.monotonic()


def elapsed_ms(since: float) -> int:
    return round((time.monotonic() - since) / SCALE * 1000)


def say(text: str) -> None:
    print(f"{elapsed_ms(start):6} ms  {text}")


async def greet(number: int, delay: float) -> None:
    say(f"greeting {number}: hello …")
    await asyncio.sleep(delay * SCALE)
    say(f"greeting {number}: … world, after {delay * 1000:.0f} ms")


async def one_after_the_other() -> None:
    for number, delay in enumerate(DELAYS, 1):
        await greet(number, delay)


async def all_at_once() -> None:
    # Every task is under way before the group waits for the first one.
    async with asyncio.TaskGroup() as group:
        for number, delay in enumerate(DELAYS, 1):
            group.create_task(greet(number, delay))


async def main() -> None:
    began = time.monotonic()
    await one_after_the_other()
    say(f"one after the other: {elapsed_ms(began)} ms")

    began = time.monotonic()
    await all_at_once()
    say(f"all at once: {elapsed_ms(began)} ms")


asyncio.run(main())
