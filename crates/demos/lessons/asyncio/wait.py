"""Waiting for the first that is done, the first that fails, all, or a deadline."""

import asyncio
import random

LENGTHS = [0.3, 0.5, 0.7]
FURTHER = (0.2, 1.5)
WORKERS = 5
FAILURE_RATE = 0.2
RESPAWN_RATE = 0.3
RESPAWN_LIMIT = 5
DEADLINE = 1.0
SEED = 10
SCALE = 0.4  # All lengths are shortened by this factor.


async def work(number: int) -> bool:
    """Works for a while, and says whether another worker is to follow."""
    chance = random.Random(f"{SEED}, worker {number}")
    length = LENGTHS[number - 1] if number <= len(LENGTHS) else chance.uniform(*FURTHER)
    await asyncio.sleep(length * SCALE)
    if chance.random() < FAILURE_RATE:
        raise RuntimeError(f"worker {number} had no luck")
    return chance.random() < RESPAWN_RATE


async def wait(mode: str) -> None:
    loop = asyncio.get_running_loop()
    end = loop.time() + DEADLINE * SCALE if mode == "deadline" else None
    pending = {asyncio.create_task(work(n), name=f"worker {n}") for n in range(1, WORKERS + 1)}
    done_well = failed = brought = 0
    enough = False
    while pending and not enough:
        limit = None if end is None else max(end - loop.time(), 0)
        done, pending = await asyncio.wait(
            pending, timeout=limit, return_when=asyncio.FIRST_COMPLETED
        )
        enough = not done or mode == "first-completed"
        # Several can be done at the same moment.
        for task in done:
            if task.exception():
                failed += 1
                enough = enough or mode == "first-failed"
            else:
                done_well += 1
                if task.result() and brought < RESPAWN_LIMIT and not enough:
                    brought += 1
                    number = WORKERS + brought
                    pending.add(asyncio.create_task(work(number), name=f"worker {number}"))
    # Those that are left do not end by themselves.
    for task in pending:
        task.cancel()
    await asyncio.gather(*pending, return_exceptions=True)
    print(f"{mode}: {done_well} done, {failed} failed, {len(pending)} cancelled, {brought} brought")


async def main() -> None:
    for mode in ("first-completed", "first-failed", "all", "deadline"):
        await wait(mode)


asyncio.run(main())
