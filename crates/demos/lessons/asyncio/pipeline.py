"""source, transform and sink: pulled by one task, then as tasks with buffers between them."""

import asyncio
from collections.abc import AsyncIterator

VALUES, BUFFER = 5, 2
SOURCE, TRANSFORM, SINK = 0.1, 0.15, 0.1
END = object()


async def source() -> AsyncIterator[int]:
    """An asynchronous generator: it makes the next value when somebody asks for it."""
    for value in range(VALUES):
        await asyncio.sleep(SOURCE)
        print(f"source: makes {value}")
        yield value


async def transform(values: AsyncIterator[int]) -> AsyncIterator[int]:
    async for value in values:
        await asyncio.sleep(TRANSFORM)
        print(f"transform: {value} becomes {2 * value}")
        yield 2 * value


async def buffered(values: AsyncIterator[int]) -> AsyncIterator[int]:
    """Has a task of its own pull the values into a buffer."""
    buffer: asyncio.Queue = asyncio.Queue(maxsize=BUFFER)

    async def pull() -> None:
        async for value in values:
            await buffer.put(value)  # waits while the buffer is full: backpressure
        await buffer.put(END)

    task = asyncio.create_task(pull())
    while (value := await buffer.get()) is not END:
        yield value
    await task  # tells of an error in the stage


async def sink(values: AsyncIterator[int]) -> None:
    start = asyncio.get_running_loop().time()
    arrived = []
    async for value in values:
        await asyncio.sleep(SINK)
        print(f"sink: {value}")
        arrived.append(str(value))
    took = (asyncio.get_running_loop().time() - start) * 1000
    print(f"{len(arrived)} values: {', '.join(arrived)}; {took:.0f} ms")


async def main() -> None:
    print("-- pulled by one task")
    await sink(transform(source()))
    print("-- a task each")
    # asyncio starts the inner generator when the outer one first asks for a value.
    await sink(buffered(transform(buffered(source()))))


asyncio.run(main())
