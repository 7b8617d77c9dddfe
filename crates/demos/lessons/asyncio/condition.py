"""A bounded buffer on one lock and two conditions: there is space, there are items."""

import asyncio
from collections import deque

PRODUCERS, CONSUMERS, ITEMS, BOUND = 2, 3, 5, 3
PRODUCE, CONSUME = 0.3, 0.5


class Buffer:
    def __init__(self) -> None:
        self.items: deque[int] = deque()
        self.producers = PRODUCERS
        # Two questions, two conditions; they share the lock of what they are about.
        lock = asyncio.Lock()
        self.has_space = asyncio.Condition(lock)
        self.has_items = asyncio.Condition(lock)

    async def put(self, item: int) -> int:
        async with self.has_space:
            # Releases the lock while it waits, and looks again after each notification.
            await self.has_space.wait_for(lambda: len(self.items) < BOUND)
            self.items.append(item)
            self.has_items.notify()
            return len(self.items)

    async def take(self) -> int | None:
        """The next item; None when there will be no more."""
        async with self.has_items:
            await self.has_items.wait_for(lambda: self.items or self.producers == 0)
            if not self.items:
                return None
            self.has_space.notify()
            return self.items.popleft()

    async def producer_is_done(self) -> None:
        async with self.has_items:
            self.producers -= 1
            if self.producers == 0:
                self.has_items.notify_all()  # No item will come: those who wait must know.


async def produce(number: int, buffer: Buffer) -> None:
    for turn in range(ITEMS):
        await asyncio.sleep(PRODUCE)
        item = turn * PRODUCERS + number - 1
        inside = await buffer.put(item)
        print(f"producer {number}: item {item}, {inside} inside")
    await buffer.producer_is_done()


async def consume(number: int, buffer: Buffer) -> int:
    consumed = 0
    while (item := await buffer.take()) is not None:
        print(f"consumer {number}: takes item {item}")
        consumed += 1
        await asyncio.sleep(CONSUME)
    return consumed


async def main() -> None:
    buffer = Buffer()
    consumers = [asyncio.create_task(consume(n, buffer)) for n in range(1, CONSUMERS + 1)]
    await asyncio.gather(*(produce(n, buffer) for n in range(1, PRODUCERS + 1)))
    consumed = sum(await asyncio.gather(*consumers))
    print(f"{consumed} consumed, {len(buffer.items)} left")


asyncio.run(main())
