"""A cache with a lifetime and a size; each key is loaded once for all who want it at once."""

import asyncio
import random
from collections import Counter, OrderedDict

SIZE, TTL, KEYS, LOAD = 3, 2.0, 5, 0.5
CLIENTS, REQUESTS, BURST, PAUSE = 4, 6, 2, 0.7


class Cache:
    def __init__(self) -> None:
        # The entry that was not used for longest comes first.
        self.entries: OrderedDict[int, tuple[int, float]] = OrderedDict()
        self.flights: dict[int, asyncio.Task[int]] = {}
        self.tally: Counter[str] = Counter()

    async def value(self, key: int) -> int:
        value, expires = self.entries.get(key, (0, 0.0))
        if asyncio.get_running_loop().time() < expires:
            self.entries.move_to_end(key)
            self.tally["hits"] += 1
            return value
        self.tally["misses"] += 1
        if self.entries.pop(key, None):
            print(f"cache: key {key} has expired")
        if key not in self.flights:
            self.flights[key] = asyncio.create_task(self.load(key))
        # The shield lets the load go on for the others if this caller is cancelled.
        return await asyncio.shield(self.flights[key])

    async def load(self, key: int) -> int:
        self.tally["loads"] += 1
        print(f"cache: loads key {key}, {len(self.flights)} loads under way")
        try:
            await asyncio.sleep(LOAD)
            self.entries[key] = key * 100, asyncio.get_running_loop().time() + TTL
            if len(self.entries) > SIZE:
                oldest, _ = self.entries.popitem(last=False)
                print(f"cache: key {oldest} has to go")
            return key * 100
        finally:
            del self.flights[key]


async def ask(number: int, cache: Cache) -> None:
    loop = asyncio.get_running_loop()
    for request in range(REQUESTS):
        if request % BURST == 0:
            await asyncio.sleep(PAUSE if request else 0)
            key = random.randint(1, KEYS)
        asked = loop.time()
        value = await cache.value(key)
        took = (loop.time() - asked) * 1000
        print(f"client {number}: key {key} is {value}, after {took:.0f} ms")


async def main() -> None:
    cache = Cache()
    await asyncio.gather(*(ask(number, cache) for number in range(1, CLIENTS + 1)))
    print(", ".join(f"{count} {what}" for what, count in cache.tally.items()))


random.seed(0)
asyncio.run(main())
