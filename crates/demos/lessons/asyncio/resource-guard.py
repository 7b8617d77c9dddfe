"""Resources that are given back whatever happens between, and a transaction."""

import asyncio
from contextlib import AsyncExitStack, asynccontextmanager

RESOURCES, SETUP, STEPS, STEP, CLEANUP = 3, 0.1, 4, 0.25, 0.1


@asynccontextmanager
async def resource(number: int):
    """A context manager may wait on the way in and on the way out; a destructor may not."""
    await asyncio.sleep(SETUP)
    print(f"resource {number} is set up")
    try:
        yield number
    finally:
        await asyncio.sleep(CLEANUP)
        print(f"resource {number} is given back")


@asynccontextmanager
async def transaction(records: list[int]):
    """Writes everything when the block ends well, and nothing if it fails."""
    print("transaction: begins")
    pending: list[int] = []
    try:
        yield pending
    except BaseException:  # cancellation as well
        print(f"transaction: rolls back {len(pending)} records")
        raise
    print(f"transaction: commits {len(pending)} records")
    records.extend(pending)


async def work(records: list[int], fail_step: int) -> None:
    async with AsyncExitStack() as stack:
        for number in range(1, RESOURCES + 1):
            await stack.enter_async_context(resource(number))
        async with transaction(records) as pending:
            for step in range(1, STEPS + 1):
                await asyncio.sleep(STEP)
                if step == fail_step:
                    raise RuntimeError(f"step {step} went wrong")
                print(f"step {step} is done")
                pending.append(step)


async def main() -> None:
    for fail_step in (0, 3):
        records: list[int] = []
        try:
            await work(records, fail_step)
            print("the work is done")
        except RuntimeError as error:
            print(f"the work failed: {error}")
        print(f"{len(records)} of {STEPS} records are written")


asyncio.run(main())
