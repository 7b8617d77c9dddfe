"""Waiters released by one set(); those who come while the flag is set do not wait."""

import asyncio
import random
import time

WAITERS = 6
ARRIVAL_MAX = 3.5
CLEAR, OPEN, TIMES = 1.0, 0.3, 2
PATIENCE = 4.0
SCALE = 0.4  # All lengths are shortened by this factor.

start = time.monotonic()


def now_ms() -> float:
    return (time.monotonic() - start) / SCALE * 1000


def say(text: str) -> None:
    print(f"{now_ms():6.0f} ms  {text}")


async def keep(flag: asyncio.Event) -> None:
    """Sets the flag from time to time, and clears it again."""
    for _ in range(TIMES):
        await asyncio.sleep(CLEAR * SCALE)
        say("keeper: sets the flag")
        flag.set()
        await asyncio.sleep(OPEN * SCALE)
        say("keeper: clears the flag")
        flag.clear()


async def wait(number: int, flag: asyncio.Event) -> bool:
    """Comes at some time, and waits for the flag. Whether it was set in time."""
    await asyncio.sleep(random.Random(f"waiter {number}").uniform(0, ARRIVAL_MAX) * SCALE)
    came = now_ms()
    say(f"waiter {number}: comes, the flag is {'set' if flag.is_set() else 'clear'}")
    try:
        async with asyncio.timeout(PATIENCE * SCALE):
            await flag.wait()
    except TimeoutError:
        say(f"waiter {number}: goes away after {now_ms() - came:.0f} ms")
        return False
    say(f"waiter {number}: goes on after {now_ms() - came:.0f} ms")
    return True


async def main() -> None:
    flag = asyncio.Event()
    keeper = asyncio.create_task(keep(flag))
    passed = await asyncio.gather(*(wait(number, flag) for number in range(1, WAITERS + 1)))
    await keeper
    say(f"{sum(passed)} passed, {passed.count(False)} went away")


asyncio.run(main())
