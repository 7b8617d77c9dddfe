"""A fixed number of workers; each job carries the future that takes its result."""

import asyncio
import random

WORKERS, JOBS, SHORTEST, LONGEST, FAILURE_RATE = 3, 10, 0.25, 1.0, 0.1  # half of the demo's times


class Pool:
    def __init__(self, workers: int) -> None:
        self.jobs: asyncio.Queue = asyncio.Queue()
        self.is_open = True
        self.workers = [asyncio.create_task(self.work(n)) for n in range(1, workers + 1)]

    def submit(self, job) -> asyncio.Future:
        if not self.is_open:
            raise RuntimeError("the pool is shut down")
        result = asyncio.get_running_loop().create_future()
        self.jobs.put_nowait((job, result))
        return result

    async def work(self, number: int) -> None:
        while True:
            job, result = await self.jobs.get()
            try:
                value = await job(number)
            except Exception as error:  # a failure is a result, and does not end the worker
                if not result.cancelled():
                    result.set_exception(error)
            else:
                if not result.cancelled():
                    result.set_result(value)
            finally:
                self.jobs.task_done()

    async def shut_down(self) -> None:
        """Works off the queue, and ends the workers."""
        self.is_open = False
        await self.jobs.join()
        for worker in self.workers:
            worker.cancel()
        await asyncio.gather(*self.workers, return_exceptions=True)
        print("the pool is shut down")


def job(number: int):
    async def run(worker: int) -> int:
        print(f"worker {worker}: begins job {number}")
        await asyncio.sleep(random.uniform(SHORTEST, LONGEST))
        if random.random() < FAILURE_RATE:
            raise RuntimeError("it had no luck")
        print(f"worker {worker}: has done job {number}")
        return number**2

    return run


async def main() -> None:
    pool = Pool(WORKERS)
    submitted = [pool.submit(job(number)) for number in range(1, JOBS + 1)]
    # In the order of the jobs, whichever was done first.
    results = await asyncio.gather(*submitted, return_exceptions=True)
    await pool.shut_down()
    for number, result in enumerate(results, start=1):
        failed = isinstance(result, Exception)
        print(f"job {number} {'failed:' if failed else 'returned'} {result}")


random.seed(0)
asyncio.run(main())
