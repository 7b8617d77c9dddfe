"""Downloads of different sizes, handled as they arrive or in the order of their start."""

import asyncio

SIZES = [1_500_000, 1_200_000, 800_000, 2_000_000, 23_523, 135_602]
BANDWIDTH = 1_000_000  # Bytes a second, for each file.
HANDLE = 0.1
SCALE = 0.4  # All lengths are shortened by this factor.


async def download(number: int, size: int) -> int:
    length = size / BANDWIDTH
    await asyncio.sleep(length * SCALE)
    print(f"file {number}: {size} bytes are here after {length * 1000:.0f} ms")
    return number


async def handle(number: int) -> None:
    print(f"main: handles file {number}")
    await asyncio.sleep(HANDLE * SCALE)


def start() -> list[asyncio.Task[int]]:
    return [asyncio.create_task(download(*file)) for file in enumerate(SIZES, 1)]


async def in_order_of_completion() -> None:
    # What comes out is not the task that was put in, so each result says whose it is.
    for arrived in asyncio.as_completed(start()):
        await handle(await arrived)


async def in_order_of_start() -> None:
    for download in start():
        await handle(await download)


async def main() -> None:
    loop = asyncio.get_running_loop()
    for way in (in_order_of_completion, in_order_of_start):
        begun = loop.time()
        await way()
        took = (loop.time() - begun) / SCALE * 1000
        print(f"{len(SIZES)} files handled {way.__name__.replace('_', ' ')}: {took:.0f} ms")


asyncio.run(main())
