"""One task for each fate: completed, failed, cancelled, never run."""

import asyncio
import time

STAGE = 0.5
CANCEL_AFTER = 0.75

start = time.monotonic()


def say(text: str) -> None:
    print(f"{(time.monotonic() - start) * 1000:6.0f} ms  {text}")


async def live(name: str, fails: bool = False) -> int:
    # Unlike a Rust future, a coroutine that never began has nothing to clean up: its body,
    # and with it this `try`, was not entered.
    try:
        say(f"{name}: first stage")
        await asyncio.sleep(STAGE)
        if fails:
            raise RuntimeError("the first stage came to nothing")
        say(f"{name}: second stage")
        await asyncio.sleep(STAGE)
        return 2
    finally:
        say(f"{name}: cleanup")


async def main() -> None:
    tasks = {
        "completing": asyncio.create_task(live("completing")),
        "failing": asyncio.create_task(live("failing", fails=True)),
        "cancelled": asyncio.create_task(live("cancelled")),
        "never run": asyncio.create_task(live("never run")),
    }
    tasks["never run"].cancel()
    await asyncio.sleep(CANCEL_AFTER)
    tasks["cancelled"].cancel()

    outcomes = await asyncio.gather(*tasks.values(), return_exceptions=True)
    for name, outcome in zip(tasks, outcomes):
        match outcome:
            case asyncio.CancelledError():
                say(f"{name}: cancelled")
            case Exception():
                say(f"{name}: failed: {outcome}")
            case stages:
                say(f"{name}: completed, {stages} stages")


asyncio.run(main())
