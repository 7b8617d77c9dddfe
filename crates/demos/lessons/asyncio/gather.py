"""Many workers joined: failures collected beside the results, or the first one ends all."""

import asyncio
import random

WORKERS = 6
LENGTHS = [2.0, 1.0, 3.0]
FURTHER = (0.5, 2.5)
FAILURE_RATE = 0.25
SEED = 1
SCALE = 0.25  # All lengths are shortened by this factor.


async def work(number: int) -> int:
    # Each worker has random numbers of its own, so that they do not depend on who runs first.
    chance = random.Random(f"{SEED}, worker {number}")
    length = LENGTHS[number - 1] if number <= len(LENGTHS) else chance.uniform(*FURTHER)
    await asyncio.sleep(length * SCALE)
    if chance.random() < FAILURE_RATE:
        raise RuntimeError(f"worker {number} had no luck")
    print(f"worker {number}: done")
    return round(length * 1000)


async def collect() -> None:
    """Every result and every error, in the order of the workers."""
    outcomes = await asyncio.gather(
        *(work(number) for number in range(1, WORKERS + 1)), return_exceptions=True
    )
    good = 0
    for number, outcome in enumerate(outcomes, 1):
        if isinstance(outcome, BaseException):
            print(outcome)
        else:
            print(f"worker {number} returned {outcome}")
            good += 1
    print(f"{good} results")


async def all_or_nothing() -> None:
    """Every result, or the first error and nothing else."""
    tasks = [asyncio.create_task(work(number)) for number in range(1, WORKERS + 1)]
    try:
        results = await asyncio.gather(*tasks)
    except RuntimeError as error:
        # gather only passes the error on: the others would work on for nobody.
        rest = [task for task in tasks if not task.done()]
        print(f"{error}; aborting {len(rest)} others")
        for task in rest:
            task.cancel()
        await asyncio.gather(*rest, return_exceptions=True)
    else:
        print(f"{len(results)} results")


async def main() -> None:
    await collect()
    await all_or_nothing()


asyncio.run(main())
