"""Jobs of different lengths through a few permits."""

import asyncio
import random
import time

JOBS = 10
PERMITS = 3
LENGTH = (0.5, 2.0)
SCALE = 0.4  # All lengths are shortened by this factor.

start = time.monotonic()


def say(text: str) -> None:
    print(f"{now_ms():6.0f} ms  {text}")


def now_ms() -> float:
    return (time.monotonic() - start) / SCALE * 1000


class Desk:
    """Counts who is at work, to show that the semaphore keeps its promise."""

    at_work = 0
    most = 0

    def __enter__(self) -> int:
        self.at_work += 1
        self.most = max(self.most, self.at_work)
        return self.at_work

    def __exit__(self, *_) -> None:
        self.at_work -= 1


async def job(number: int, permits: asyncio.Semaphore, desk: Desk) -> None:
    # A generator of its own: how long the job takes does not depend on who goes first.
    length = random.Random(f"job {number}").uniform(*LENGTH)
    asked = now_ms()
    # The permit comes back on every way out of this block.
    async with permits:
        with desk as at_work:
            say(f"job {number} begins after {now_ms() - asked:.0f} ms in line, {at_work} at work")
            await asyncio.sleep(length * SCALE)
        say(f"job {number} is done after {length * 1000:.0f} ms")


async def main() -> None:
    permits, desk = asyncio.Semaphore(PERMITS), Desk()
    await asyncio.gather(*(job(number, permits, desk) for number in range(JOBS)))
    say(f"{JOBS} jobs done, at most {desk.most} at once")


asyncio.run(main())
