"""A sensor's readings through a ring buffer, in batches, to a subscriber and an alarm."""

import asyncio
import math
import random
from collections import deque

RATE, LENGTH, RING, BATCH, EVERY, THRESHOLD = 0.05, 2.0, 50, 10, 0.12, 24.0


async def sense(ring: deque, arrived: asyncio.Event, lost: list[int]) -> None:
    """Never waits for its readers: when the ring is full, the oldest reading goes."""
    loop = asyncio.get_running_loop()
    start = loop.time()
    for number in range(int(LENGTH / RATE)):
        # Counted from the start, so that delays do not add up.
        await asyncio.sleep(start + (number + 1) * RATE - loop.time())
        if len(ring) == ring.maxlen:
            lost.append(ring[0][0])
        ring.append((number, 20 + 5 * math.sin(number / 5) + random.gauss(0, 0.5)))
        arrived.set()


async def process(ring: deque, arrived: asyncio.Event, subscribers, figures: dict) -> None:
    while True:
        await arrived.wait()
        await asyncio.sleep(EVERY)  # lets more of them come
        batch = [ring.popleft() for _ in range(min(BATCH, len(ring)))]
        if not ring:
            arrived.clear()
        figures["processed"] += len(batch)
        figures["largest batch"] = max(figures["largest batch"], len(batch))
        for queue in subscribers:
            queue.put_nowait(batch)


async def show(queue: asyncio.Queue) -> None:
    while True:
        batch = await queue.get()
        mean = sum(value for _, value in batch) / len(batch)
        print(f"subscriber: {len(batch)} readings, {mean:.1f} on average")


async def alarm(queue: asyncio.Queue, figures: dict) -> None:
    is_high = False
    while True:
        for number, value in await queue.get():
            if value > THRESHOLD and not is_high:  # once for each time that it rises above
                figures["alerts"] += 1
                print(f"alert: reading {number} is {value:.1f}")
            is_high = value > THRESHOLD


async def main() -> None:
    ring: deque = deque(maxlen=RING)
    arrived, lost = asyncio.Event(), []
    figures = {"processed": 0, "largest batch": 0, "alerts": 0}
    subscribers = [asyncio.Queue(), asyncio.Queue()]
    work = [process(ring, arrived, subscribers, figures), show(subscribers[0])]
    tasks = [asyncio.create_task(each) for each in [*work, alarm(subscribers[1], figures)]]
    await sense(ring, arrived, lost)
    await asyncio.sleep(2 * EVERY)  # what is in the ring is still worked off
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
    print(f"{figures}, {len(lost)} lost")


random.seed(0)
asyncio.run(main())
