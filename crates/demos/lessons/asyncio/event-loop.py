"""Callbacks called soon, later and at a time, beside a task that sleeps."""

import asyncio

SOON = 3
MOMENTS = 3
TIES = 2
LATER = 0.1
AT = 0.2
SLEEPER = 0.25


async def main() -> None:
    loop = asyncio.get_running_loop()
    start = loop.time()
    pending: dict[str, asyncio.TimerHandle | asyncio.Handle] = {}
    all_called = asyncio.Event()
    itself = asyncio.current_task()

    def say(text: str) -> None:
        print(f"{(loop.time() - start) * 1000:6.0f} ms  {text}")

    def alive() -> None:
        names = [task.get_name() for task in asyncio.all_tasks() - {itself}]
        names += pending
        say(f"alive: {len(names)}: {', '.join(names)}" if names else "alive: nothing")

    def called(name: str) -> None:
        say(f"{name}: called")
        del pending[name]
        if not pending:
            all_called.set()

    def called_at() -> None:
        called("at")
        alive()

    async def sleeper() -> None:
        say("sleeper: sleeps")
        await asyncio.sleep(SLEEPER)
        say("sleeper: is awake")

    sleeping = asyncio.create_task(sleeper(), name="sleeper")
    for number in range(1, SOON + 1):
        name = f"soon {number}"
        pending[name] = loop.call_soon(called, name)
    # The last moment is registered first: the heap puts that right. Between callbacks of the very
    # same time it promises no order.
    for moment in range(MOMENTS, 0, -1):
        for tie in range(1, TIES + 1):
            name = f"later {moment}.{tie}"
            # With call_later there would be no ties: the clock goes on between two calls.
            pending[name] = loop.call_at(start + LATER * moment, called, name)
    pending["at"] = loop.call_at(start + AT, called_at)
    say("main: everything is registered, nothing was called")
    alive()

    await all_called.wait()
    await sleeping
    alive()


asyncio.run(main())
