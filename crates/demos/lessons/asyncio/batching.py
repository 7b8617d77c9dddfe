"""Items put into batches, which go out when they are full or when their time is up."""

import asyncio

ITEMS, BATCH, AT_ONCE = 20, 5, 2
ARRIVE, LINGER, CALL, PER_ITEM = 0.08, 0.3, 0.2, 0.02
END = object()


async def arrive(items: asyncio.Queue) -> None:
    loop = asyncio.get_running_loop()
    for number in range(1, ITEMS + 1):
        await asyncio.sleep(ARRIVE)
        items.put_nowait((number, loop.time()))
    items.put_nowait(END)


async def call(number: int, batch: list, calls: asyncio.Semaphore, waited: list[float]) -> None:
    loop = asyncio.get_running_loop()
    async with calls:
        await asyncio.sleep(CALL)
        for item, _ in batch:
            await asyncio.sleep(PER_ITEM)
            print(f"batch {number}: item {item}")
    waited.extend(loop.time() - arrived for _, arrived in batch)


async def collect(items: asyncio.Queue):
    """Yields batches, by size or by time."""
    loop = asyncio.get_running_loop()
    item = await items.get()
    while item is not END:
        batch = [item]
        until = loop.time() + LINGER  # counted from the first item
        try:
            async with asyncio.timeout_at(until):
                while len(batch) < BATCH and (item := await items.get()) is not END:
                    batch.append(item)
        except TimeoutError:
            pass
        yield batch
        if item is not END:
            item = await items.get()


async def main() -> None:
    items: asyncio.Queue = asyncio.Queue()
    calls = asyncio.Semaphore(AT_ONCE)
    waited: list[float] = []
    number = 0
    async with asyncio.TaskGroup() as group:
        group.create_task(arrive(items))
        async for batch in collect(items):
            number += 1
            print(f"main: batch {number} goes out with {len(batch)} items")
            group.create_task(call(number, batch, calls, waited))
    mean = sum(waited) / len(waited) * 1000
    print(f"{len(waited)} items in {number} batches, each took {mean:.0f} ms on average")


asyncio.run(main())
