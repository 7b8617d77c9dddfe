"""What operations cost: how often, how long, and how much memory."""

import asyncio
import random
import time
from collections import defaultdict
from contextlib import contextmanager

KINDS = {"fast": (10, 0.1, 0.1), "slow": (5, 0.5, 1.0), "mixed": (8, 0.2, 0.8)}
ITEMS, ITEM_BYTES, ITEM = 20, 10_000, 0.02

figures: dict[str, list[float]] = defaultdict(list)


@contextmanager
def measured(kind: str):
    """Notes how long the block takes, waiting included."""
    start = time.perf_counter()  # never set back, unlike the time of day
    try:
        yield
    finally:
        figures[kind].append((time.perf_counter() - start) * 1000)


async def operation(kind: str, least: float, greatest: float) -> None:
    with measured(kind):
        await asyncio.sleep(random.uniform(least, greatest))


async def read() -> bytes:
    await asyncio.sleep(ITEM)
    return bytes(ITEM_BYTES)


async def buffered() -> None:
    items = [await read() for _ in range(ITEMS)]
    print(f"buffered: at most {sum(map(len, items))} bytes held")
    for _ in items:
        await asyncio.sleep(ITEM)  # writes it


async def streamed() -> None:
    most = 0
    for _ in range(ITEMS):
        item = await read()
        most = max(most, len(item))
        await asyncio.sleep(ITEM)  # writes it
        del item  # before the next is read
    print(f"streamed: at most {most} bytes held")


async def main() -> None:
    async with asyncio.TaskGroup() as group:
        for kind, (count, least, greatest) in KINDS.items():
            for _ in range(count):
                group.create_task(operation(kind, least, greatest))
    for kind, took in sorted(figures.items()):
        mean = sum(took) / len(took)
        print(
            f"{kind}: {len(took)} calls, total {sum(took):.0f} ms, mean {mean:.0f} ms,"
            f" min {min(took):.0f} ms, max {max(took):.0f} ms"
        )
    await buffered()
    await streamed()


random.seed(0)
asyncio.run(main())
