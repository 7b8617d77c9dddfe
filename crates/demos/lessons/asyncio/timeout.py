"""Fast, medium and slow operations under one limit."""

import asyncio
import time

# The medium operation and its limit are equally long. The limit is set first, and so on the
# machine's clock it is over first, by microseconds: the operation is not in time.
OPERATIONS = {"fast": 1.0, "medium": 3.0, "slow": 5.0}
LIMIT = 3.0
SCALE = 0.1  # All lengths are shortened by this factor.


async def waits(seconds: float) -> None:
    await asyncio.sleep(seconds)


async def blocks(seconds: float) -> None:
    time.sleep(seconds)  # Holds the thread: no limit can interrupt this.


async def attempt(name: str, operation, length: float) -> bool:
    begun = time.monotonic()

    def took() -> float:
        return (time.monotonic() - begun) / SCALE

    try:
        async with asyncio.timeout(LIMIT * SCALE):
            await operation(length * SCALE)
    except TimeoutError:
        print(f"{name}: timed out after {took() * 1000:.0f} ms")
        return False
    if took() > LIMIT * 1.2:
        print(f"{name}: answered, but late, after {took() * 1000:.0f} ms")
        return False
    print(f"{name}: answered in time, after {took() * 1000:.0f} ms")
    return True


async def main() -> None:
    print("one after the other:")
    in_time = [await attempt(name, waits, length) for name, length in OPERATIONS.items()]
    print(f"{sum(in_time)} of {len(in_time)} in time")

    print("at once:")
    attempts = (attempt(name, waits, length) for name, length in OPERATIONS.items())
    in_time = await asyncio.gather(*attempts)
    print(f"{sum(in_time)} of {len(in_time)} in time")

    print("holding the thread:")
    await attempt("slow", blocks, OPERATIONS["slow"])


asyncio.run(main())
