"""Producers and consumers with a bounded queue between them, ended by sentinels."""

import asyncio
import random

PRODUCERS, CONSUMERS, ITEMS, CAPACITY = 3, 2, 3, 4
STOP = None


async def produce(number: int, queue: asyncio.Queue) -> None:
    for turn in range(ITEMS):
        item = turn * PRODUCERS + number - 1
        await asyncio.sleep(random.uniform(0.2, 0.8))
        await queue.put(item)  # waits while the queue is full
        print(f"producer {number}: item {item} is in the queue")


async def consume(number: int, queue: asyncio.Queue, reports: asyncio.Queue) -> None:
    while True:
        item = await queue.get()  # waits while the queue is empty
        try:
            if item is STOP:
                break
            await asyncio.sleep(random.uniform(0.2, 0.6))
            is_good = random.random() >= 0.1
            print(f"consumer {number}: item {item} is {'consumed' if is_good else 'bad'}")
            await reports.put((item, is_good))
        finally:
            queue.task_done()  # also when the work fails, or join() never returns
    print(f"consumer {number}: goes home")


async def watch(queue: asyncio.Queue) -> None:
    while True:
        print(f"monitor: {queue.qsize()} in the queue")
        await asyncio.sleep(1.0)


async def main() -> None:
    queue: asyncio.Queue = asyncio.Queue(maxsize=CAPACITY)
    reports: asyncio.Queue = asyncio.Queue()
    monitor = asyncio.create_task(watch(queue))
    consumers = [
        asyncio.create_task(consume(number, queue, reports))
        for number in range(1, CONSUMERS + 1)
    ]
    await asyncio.gather(*(produce(number, queue) for number in range(1, PRODUCERS + 1)))
    print(f"main: every producer is done, {queue.qsize()} items wait")

    for _ in consumers:  # one sentinel for each
        await queue.put(STOP)
    await asyncio.gather(*consumers)
    monitor.cancel()
    await asyncio.gather(monitor, return_exceptions=True)

    good = [is_good for _, is_good in (reports.get_nowait() for _ in range(reports.qsize()))]
    print(f"main: consumed {good.count(True)}, bad {good.count(False)}")


random.seed(0)
asyncio.run(main())
