"""Parties that work in phases, and wait for each other at the end of each."""

import asyncio
import random
import time

PARTIES = 4
PHASES = 3
WORK = 0.5
JITTER = 0.7
SCALE = 0.6  # All lengths are shortened by this factor.

start = time.monotonic()


def now_ms() -> float:
    return (time.monotonic() - start) / SCALE * 1000


def say(text: str) -> None:
    print(f"{now_ms():6.0f} ms  {text}")


async def work(number: int, barrier: asyncio.Barrier) -> float:
    """How long the party waited for the others, in milliseconds."""
    chance = random.Random(f"party {number}")
    idle = 0.0
    for phase in range(1, PHASES + 1):
        length = WORK + chance.uniform(0, JITTER)
        await asyncio.sleep(length * SCALE)
        say(f"party {number}: done with phase {phase} after {length * 1000:.0f} ms")
        came = now_ms()
        # Each party gets another number, so that exactly one can be told to lead.
        if await barrier.wait() == 0:
            say(f"party {number}: leads, phase {phase} is over")
        idle += now_ms() - came
    return idle


async def main() -> None:
    barrier = asyncio.Barrier(PARTIES)
    # A group: if one party fails, the others are cancelled. Otherwise they would wait for ever.
    async with asyncio.TaskGroup() as group:
        parties = [
            group.create_task(work(number, barrier), name=f"party {number}")
            for number in range(1, PARTIES + 1)
        ]
    idle = sum(party.result() for party in parties)
    say(f"{PHASES} phases, {idle:.0f} ms spent waiting")


asyncio.run(main())
