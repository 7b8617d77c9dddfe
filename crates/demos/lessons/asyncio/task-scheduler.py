"""Jobs with priorities, dependencies, delays, limits and retries, and a scheduler for them."""

import asyncio
from dataclasses import dataclass
from graphlib import TopologicalSorter

CONCURRENCY, RETRIES, PAUSE = 3, 2, 0.5


@dataclass
class Job:
    name: str
    length: float
    priority: int = 0
    at: float = 0.0  # it does not start before
    after: tuple[str, ...] = ()
    limit: float | None = None
    fails: bool = False
    attempts: int = 0
    state: str = "waiting"

    async def attempt(self) -> None:
        async with asyncio.timeout(self.limit):
            await asyncio.sleep(self.length)
        if self.fails:
            raise RuntimeError("it had no luck")


JOBS = [
    Job("A", 1.0), Job("B", 0.5, priority=1), Job("C", 0.5, priority=2, at=2.0),
    Job("D", 0.3, after=("A", "B")), Job("E", 0.0, fails=True), Job("F", 1.0, limit=5.0),
]  # fmt: skip


async def main() -> None:
    loop = asyncio.get_running_loop()
    start = loop.time()
    TopologicalSorter({job.name: job.after for job in JOBS}).prepare()  # refuses cycles
    needs = {job.name: [other for other in JOBS if other.name in job.after] for job in JOBS}
    running: dict[asyncio.Task, Job] = {}

    while True:
        now = loop.time() - start
        for job in JOBS:  # what needs a lost job is lost, too
            if any(need.state in ("failed", "skipped") for need in needs[job.name]):
                job.state = "skipped"
        waiting = [job for job in JOBS if job.state == "waiting"]
        lacks = {name: [n for n in jobs if n.state != "completed"] for name, jobs in needs.items()}
        ready = [job for job in waiting if job.at <= now and not lacks[job.name]]
        ready.sort(key=lambda job: -job.priority)  # stable: equals in the order of the list
        for job in ready[: CONCURRENCY - len(running)]:
            job.state, job.attempts = "running", job.attempts + 1
            running[asyncio.create_task(job.attempt())] = job
            print(f"{job.name} {job.attempts}: begins at {now * 1000:.0f} ms")
        if not running and not waiting:
            break
        moments = [job.at - now for job in waiting if job.at > now]
        timer = asyncio.create_task(asyncio.sleep(min(moments, default=3600)))
        done, _ = await asyncio.wait([*running, timer], return_when=asyncio.FIRST_COMPLETED)
        timer.cancel()
        for task in done - {timer}:
            job, error = running.pop(task), task.exception()
            job.state = "completed" if error is None else "failed"
            if error and job.attempts <= RETRIES:  # it pauses without a place
                job.state, job.at = "waiting", loop.time() - start + PAUSE
    for job in JOBS:
        print(f"{job.name}: {job.state}, attempts: {job.attempts}")


asyncio.run(main())
