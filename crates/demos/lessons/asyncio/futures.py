"""A future that somebody completes by hand, and those who wait for it."""

import asyncio

WAITERS = 3
CALLBACKS = 2
DELAY = 1.0
LOOK = 0.5


async def wait(number: int, answer: asyncio.Future[int]) -> int:
    print(f"waiter {number}: waits")
    # Awaited directly, a future is cancelled together with the task that waits for it. It is
    # shared here, so each waiter shields it.
    given = await asyncio.shield(answer)
    task = asyncio.current_task()
    assert task is not None
    task.set_name(f"waiter {number}, told")
    print(f"waiter {number}: was told {given}")
    return given


async def resolve(answer: asyncio.Future[int]) -> None:
    await asyncio.sleep(DELAY)
    print("resolver: gives 42")
    if not answer.done():
        answer.set_result(42)


def look(answer: asyncio.Future[int]) -> None:
    print(f"main: the answer is {f'there: {answer.result()}' if answer.done() else 'not there'}")
    for task in sorted(asyncio.all_tasks(), key=asyncio.Task.get_name):
        print(f"main: {task.get_name()} is {'done' if task.done() else 'pending'}")


async def main() -> None:
    answer: asyncio.Future[int] = asyncio.get_running_loop().create_future()
    waiters = [
        asyncio.create_task(wait(number, answer), name=f"waiter {number}")
        for number in range(1, WAITERS + 1)
    ]
    for number in range(1, CALLBACKS + 1):
        answer.add_done_callback(
            lambda answer, number=number: print(f"callback {number}: called with {answer.result()}")
        )
    resolver = asyncio.create_task(resolve(answer), name="resolver")

    await asyncio.sleep(LOOK)
    look(answer)

    for number, waiter in enumerate(waiters, 1):
        print(f"waiter {number} returned {await waiter}")
    await resolver
    # Whoever comes late does not wait: the answer stays.
    print(f"main: asks late, and gets {await answer} at once")


asyncio.run(main())
