"""A group in which one failure cancels the siblings, and all errors are reported."""

import asyncio
import random
import time

LENGTHS = [1.0, 0.5, 1.5]
FURTHER = (0.5, 2.5)
CHILDREN = 5
FAILING = 3
FAIL_AFTER = 0.7
CLEANUP = 0.2
CLEANUP_FAILURE_RATE = 0.0


async def work(number: int) -> int:
    chance = random.Random(f"child {number}")
    if number == FAILING:
        length = FAIL_AFTER
    elif number <= len(LENGTHS):
        length = LENGTHS[number - 1]
    else:
        length = chance.uniform(*FURTHER)
    try:
        await asyncio.sleep(length)
    except asyncio.CancelledError:
        print(f"child {number}: asked to stop, cleans up")
        await asyncio.sleep(CLEANUP)
        if chance.random() < CLEANUP_FAILURE_RATE:
            raise RuntimeError(f"child {number} could not clean up") from None
        print(f"child {number}: has cleaned up")
        # Raised again: who swallows a cancellation pretends to have completed.
        raise
    if number == FAILING:
        raise RuntimeError(f"child {number} had no luck")
    print(f"child {number}: done after {length * 1000:.0f} ms")
    return round(length * 1000)


async def main() -> None:
    start = time.monotonic()

    def took() -> str:
        return f"after {(time.monotonic() - start) * 1000:.0f} ms"

    try:
        async with asyncio.TaskGroup() as group:
            children = [
                group.create_task(work(number), name=f"child {number}")
                for number in range(1, CHILDREN + 1)
            ]
        # Here every child has ended.
        print(f"all well {took()}: {[child.result() for child in children]}")
    except* RuntimeError as failures:
        print(f"{len(failures.exceptions)} failed, {took()}:")
        for failure in failures.exceptions:
            print(f"- {failure}")


asyncio.run(main())
