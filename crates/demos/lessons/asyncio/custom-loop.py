"""A loop on a thread of its own, which takes work from outside and gives back results."""

import asyncio
import concurrent.futures
import threading
import time

FIRST, SECOND, PATIENCE = 0.5, 1.0, 0.75  # half of the demo's times


class Executor:
    """The thread that belongs to the loop. Nothing else may touch the loop directly."""

    def __init__(self) -> None:
        self.loop = asyncio.new_event_loop()
        self.thread = threading.Thread(target=self.loop.run_forever)
        self.thread.start()

    def submit(self, work) -> concurrent.futures.Future:
        """May be called from any thread."""
        return asyncio.run_coroutine_threadsafe(work, self.loop)

    def close(self) -> None:
        self.submit(self.finish()).result()
        self.loop.call_soon_threadsafe(self.loop.stop)
        self.thread.join()
        self.loop.close()

    async def finish(self) -> None:
        others = asyncio.all_tasks() - {asyncio.current_task()}
        print(f"executor: nothing more will come, {len(others)} running")
        await asyncio.gather(*others, return_exceptions=True)


async def run(number: int) -> int:
    try:
        await asyncio.sleep(FIRST if number % 2 else SECOND)
    except asyncio.CancelledError:
        print(f"executor: {number} is not wanted any more")
        raise
    print(f"executor: {number} is done")
    return number * 10


def main() -> None:
    start = time.monotonic()
    executor = Executor()
    for number in (1, 2):
        print(f"page: submits {number}")
        result = executor.submit(run(number)).result()  # blocks this thread, not the loop
        print(f"page: {number} gave {result}")

    print("page: submits 4")
    future = executor.submit(run(4))
    try:
        future.result(timeout=PATIENCE)
    except concurrent.futures.TimeoutError:
        print("page: does not want 4 any more")
        future.cancel()  # cancels the task in the loop
    executor.close()
    print(f"page: all over after {(time.monotonic() - start) * 1000:.0f} ms")


main()
