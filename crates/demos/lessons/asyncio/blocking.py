"""Heavy work beside a heartbeat: holding the loop, in chunks, and in other processes."""

import asyncio
import time
from concurrent.futures import ProcessPoolExecutor

JOBS = [0.2, 0.1, 0.3]  # Seconds of work; a tenth of the demo's.
CHUNK = 0.015
HEARTBEAT = 0.02


def compute(seconds: float) -> None:
    """Holds the thread that calls it."""
    end = time.perf_counter() + seconds
    while time.perf_counter() < end:
        pass


async def blocking(seconds: float) -> None:
    compute(seconds)


async def chunks(seconds: float) -> None:
    while seconds > 0:
        compute(min(CHUNK, seconds))
        seconds -= CHUNK
        await asyncio.sleep(0)  # Others go on; timers that are due fire.


async def elsewhere(pool: ProcessPoolExecutor, seconds: float) -> None:
    # Not a thread: the interpreter lock would let only one of them compute.
    await asyncio.get_running_loop().run_in_executor(pool, compute, seconds)


async def beat(lateness: list[float]) -> None:
    loop = asyncio.get_running_loop()
    due = loop.time() + HEARTBEAT
    while True:
        await asyncio.sleep(due - loop.time())
        lateness.append(loop.time() - due)
        due = max(due + HEARTBEAT, loop.time())


async def measure(name: str, *jobs) -> None:
    lateness: list[float] = []
    start = time.perf_counter()
    heart = asyncio.create_task(beat(lateness))
    await asyncio.gather(*jobs)
    heart.cancel()
    took = (time.perf_counter() - start) * 1000
    worst = max(lateness, default=0) * 1000
    print(f"{name}: {len(lateness)} heartbeats, at most {worst:.0f} ms late, done after {took:.0f} ms")


async def main() -> None:
    await measure("blocking", *map(blocking, JOBS))
    await measure("chunks", *map(chunks, JOBS))
    with ProcessPoolExecutor(max_workers=3) as pool:
        await asyncio.gather(*(elsewhere(pool, 0) for _ in JOBS))  # Starts the processes.
        await measure("elsewhere", *(elsewhere(pool, seconds) for seconds in JOBS))


if __name__ == "__main__":
    asyncio.run(main())
