"""A worker is cancelled: its helper ends with it, it cleans up, and its saving is shielded."""

import asyncio
import time

LENGTHS = [5.0, 3.0, 4.0]
REPORT = 1.0
CANCEL_AFTER = 2.0
CLEANUP = 0.8
SAVE = 0.4
HELP = 0.7
SCALE = 0.4  # All lengths are shortened by this factor.

start = time.monotonic()
saving: set[asyncio.Task[None]] = set()  # The loop itself refers to tasks only weakly.


def say(text: str) -> None:
    print(f"{(time.monotonic() - start) / SCALE * 1000:6.0f} ms  {text}")


async def sleep(seconds: float) -> None:
    await asyncio.sleep(seconds * SCALE)


async def help_on(number: int) -> None:
    while True:
        await sleep(HELP)
        say(f"helper {number}: helps")


async def save(number: int) -> None:
    say(f"worker {number}: begins to save")
    await sleep(SAVE)
    say(f"worker {number}: has saved")


async def work(number: int, left: float) -> None:
    helper = asyncio.create_task(help_on(number))
    try:
        while left > 0:
            await sleep(min(left, REPORT))
            left -= min(left, REPORT)
            say(f"worker {number}: {left * 1000:.0f} ms to go")
        task = asyncio.create_task(save(number))
        saving.add(task)
        await asyncio.shield(task)  # Cancelled here, we stop waiting and the saving goes on.
    except asyncio.CancelledError:
        say(f"worker {number}: cleanup begins")
        await sleep(CLEANUP)  # Unlike a Rust destructor, this can wait in place.
        say(f"worker {number}: cleanup is done")
        raise
    finally:
        helper.cancel()


async def main() -> None:
    workers = [asyncio.create_task(work(n, length)) for n, length in enumerate(LENGTHS, 1)]
    await sleep(CANCEL_AFTER)
    say("main: cancels worker 1")
    workers[0].cancel()
    await asyncio.gather(*workers, return_exceptions=True)
    await asyncio.gather(*saving)
    for number, worker in enumerate(workers, 1):
        say(f"worker {number} {'was cancelled' if worker.cancelled() else 'completed'}")


asyncio.run(main())
