"""A few connections for many callers, with a check before one is given out again."""

import asyncio
import random
from contextlib import asynccontextmanager

SIZE, CALLERS, QUERIES = 3, 6, 2
OPEN, CHECK, QUERY, JITTER, INVALID_RATE, PATIENCE = 0.3, 0.02, 0.2, 0.2, 0.1, 5.0


class Pool:
    def __init__(self) -> None:
        self.permits = asyncio.Semaphore(SIZE)
        self.idle: list[int] = []
        self.opened = self.in_use = self.most_in_use = 0

    @asynccontextmanager
    async def connection(self):
        async with asyncio.timeout(PATIENCE):
            await self.permits.acquire()
        self.in_use += 1
        self.most_in_use = max(self.most_in_use, self.in_use)
        try:
            connection = await self.find()
            yield connection
            self.idle.append(connection)  # after an error it is not used again
        finally:
            self.in_use -= 1
            self.permits.release()

    async def find(self) -> int:
        if self.idle:
            connection = self.idle.pop()
            await asyncio.sleep(CHECK)
            if random.random() >= INVALID_RATE:
                return connection
            print(f"pool: connection {connection} is broken")
        self.opened += 1
        connection = self.opened
        await asyncio.sleep(OPEN)
        print(f"pool: connection {connection} is open")
        return connection


async def call(number: int, pool: Pool) -> int:
    loop = asyncio.get_running_loop()
    answered = 0
    for _ in range(QUERIES):
        asked = loop.time()
        try:
            async with pool.connection() as connection:
                print(f"caller {number}: has {connection} after {loop.time() - asked:.3f} s")
                await asyncio.sleep(QUERY + random.uniform(0, JITTER))
                answered += 1
        except TimeoutError:
            print(f"caller {number}: no connection, gives up")
    return answered


async def main() -> None:
    pool = Pool()
    answers = await asyncio.gather(*(call(n, pool) for n in range(1, CALLERS + 1)))
    print(
        f"{sum(answers)} of {CALLERS * QUERIES} queries answered,"
        f" {pool.opened} connections opened, at most {pool.most_in_use} in use"
    )


random.seed(0)
asyncio.run(main())
