"""Items served by priority; of equal ones, whoever came first is first."""

import asyncio
import random
from collections import defaultdict
from dataclasses import dataclass, field

ITEMS, LEVELS, URGENT_RATE = 9, 3, 0.2
ARRIVE, SERVE = 0.1, 0.25


@dataclass(order=True)
class Item:
    priority: int
    number: int  # the order of arrival decides between equals
    arrived: float = field(compare=False)


async def serve(number: int, queue: asyncio.PriorityQueue, waits: dict[int, float]) -> None:
    loop = asyncio.get_running_loop()
    while True:
        item = await queue.get()
        waited = loop.time() - item.arrived
        print(
            f"server {number}: takes item {item.number} of priority {item.priority}"
            f" after {waited * 1000:.0f} ms"
        )
        waits[item.priority] = max(waits[item.priority], waited)
        await asyncio.sleep(SERVE)
        queue.task_done()


async def main() -> None:
    loop = asyncio.get_running_loop()
    queue: asyncio.PriorityQueue = asyncio.PriorityQueue()
    waits: dict[int, float] = defaultdict(float)
    server = asyncio.create_task(serve(1, queue, waits))

    for number in range(1, ITEMS + 1):
        await asyncio.sleep(ARRIVE)
        turn = (LEVELS + number - 2) % LEVELS + 1  # the levels take turns
        priority = 1 if random.random() < URGENT_RATE else turn
        print(f"main: item {number} comes, of priority {priority}")
        queue.put_nowait(Item(priority, number, loop.time()))

    await queue.join()
    server.cancel()
    for priority, wait in sorted(waits.items()):
        print(f"priority {priority} waited up to {wait * 1000:.0f} ms")


random.seed(0)
asyncio.run(main())
