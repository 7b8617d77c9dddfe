"""Readers share a table, writers have it alone; asyncio has no such lock, so here is one."""

import asyncio
import random
from contextlib import asynccontextmanager

READERS, WRITERS, ROUNDS = 4, 2, 3
READ, WRITE, PAUSE = 0.4, 0.3, (0.05, 0.5)
SCALE = 0.4  # All lengths are shortened by this factor.


class RwLock:
    """One line for all, first come, first served: a writer who waits holds up later readers."""

    readers = 0

    def __init__(self) -> None:
        self.line, self.nobody_reads = asyncio.Lock(), asyncio.Event()
        self.nobody_reads.set()

    @asynccontextmanager
    async def read(self):
        async with self.line:
            self.readers += 1
            self.nobody_reads.clear()
        try:
            yield
        finally:
            self.readers -= 1
            if self.readers == 0:
                self.nobody_reads.set()

    @asynccontextmanager
    async def write(self):
        # Stays at the head of the line until it has written.
        async with self.line:
            await self.nobody_reads.wait()
            yield


async def read(number: int, table: RwLock, versions: list[int]) -> None:
    chance = random.Random(f"reader {number}")
    for _ in range(ROUNDS):
        await asyncio.sleep(chance.uniform(*PAUSE) * SCALE)
        async with table.read():
            print(f"reader {number}: reads version {len(versions)}, {table.readers} at it")
            await asyncio.sleep(READ * SCALE)


async def write(number: int, table: RwLock, versions: list[int]) -> None:
    chance = random.Random(f"writer {number}")
    for _ in range(ROUNDS):
        await asyncio.sleep(chance.uniform(*PAUSE) * SCALE)
        async with table.write():
            await asyncio.sleep(WRITE * SCALE)
            versions.append(number)
            print(f"writer {number}: wrote version {len(versions)}")


async def main() -> None:
    table, versions = RwLock(), []
    readers = (read(number, table, versions) for number in range(1, READERS + 1))
    writers = (write(number, table, versions) for number in range(1, WRITERS + 1))
    await asyncio.gather(*readers, *writers)


asyncio.run(main())
