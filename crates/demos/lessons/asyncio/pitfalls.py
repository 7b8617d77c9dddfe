"""Mistakes that everybody makes once, each beside the program that does it right."""

import asyncio
import warnings

TIMES = 5
STEP = 0.1


async def forgotten_await() -> None:
    saved = []

    async def save() -> None:
        await asyncio.sleep(STEP)
        saved.append(True)

    with warnings.catch_warnings():
        warnings.simplefilter("ignore", RuntimeWarning)  # "coroutine … was never awaited".
        [save() for _ in range(TIMES)]
    print(f"forgotten await, wrong: {len(saved)} of {TIMES} saved")
    for _ in range(TIMES):
        await save()
    print(f"forgotten await, right: {len(saved)} of {TIMES} saved")


async def lock_across_await() -> None:
    lock, loop = asyncio.Lock(), asyncio.get_running_loop()

    async def holds() -> None:
        async with lock:
            await asyncio.sleep(STEP)

    async def waits_first() -> None:
        await asyncio.sleep(STEP)
        async with lock:
            pass

    for word, work in (("wrong", holds), ("right", waits_first)):
        start = loop.time()
        await asyncio.gather(*(work() for _ in range(TIMES)))
        print(f"lock across await, {word}: {TIMES} in {(loop.time() - start) * 1000:.0f} ms")


async def lost_notification() -> None:
    news, condition = asyncio.Event(), asyncio.Condition()

    async def tell() -> None:
        await asyncio.sleep(STEP / 2)
        async with condition:
            condition.notify_all()
        news.set()

    telling = asyncio.create_task(tell())
    await asyncio.sleep(STEP)  # Meanwhile the notification comes, and nobody waits.
    try:
        async with asyncio.timeout(STEP * TIMES), condition:
            await condition.wait()
    except TimeoutError:
        print("lost notification, wrong: nobody told the waiter")
    await news.wait()
    print("lost notification, right: the waiter knows at once")
    await telling


async def main() -> None:
    for pitfall in (forgotten_await, lock_across_await, lost_notification):
        await pitfall()


asyncio.run(main())
