"""Services that start in order, and drain and stop in the reverse order on a signal."""

import asyncio
from dataclasses import dataclass

SERVICES, START, QUEUED, ARRIVE, ITEM = 3, 0.2, 5, 0.25, 0.1
SIGNAL, DRAIN = 1.0, 1.0


@dataclass
class Service:
    number: int
    queue: asyncio.Queue
    worker: asyncio.Task
    clients: asyncio.Task


async def serve(number: int, queue: asyncio.Queue) -> None:
    while True:
        item = await queue.get()
        await asyncio.sleep(ITEM)
        print(f"service {number}: item {item} is done")
        queue.task_done()


async def feed(queue: asyncio.Queue, shutdown: asyncio.Event) -> None:
    item = QUEUED
    while not shutdown.is_set():
        await asyncio.sleep(ARRIVE)
        if not shutdown.is_set():  # nothing new is let in after the signal
            item += 1
            queue.put_nowait(item)


async def start(number: int, shutdown: asyncio.Event) -> Service:
    await asyncio.sleep(START)
    queue: asyncio.Queue = asyncio.Queue()
    for item in range(1, QUEUED + 1):
        queue.put_nowait(item)
    worker = asyncio.create_task(serve(number, queue))
    clients = asyncio.create_task(feed(queue, shutdown))
    print(f"service {number}: has started")
    return Service(number, queue, worker, clients)


async def main() -> None:
    loop = asyncio.get_running_loop()
    shutdown = asyncio.Event()
    running = [await start(number, shutdown) for number in range(1, SERVICES + 1)]
    # In a real service: loop.add_signal_handler(signal.SIGTERM, shutdown.set)
    loop.call_later(SIGNAL, shutdown.set)

    await shutdown.wait()
    print("main: shuts down")
    until = loop.time() + DRAIN  # for all of them together
    for service in reversed(running):
        try:
            async with asyncio.timeout_at(until):
                await service.queue.join()
        except TimeoutError:
            print(f"service {service.number}: out of time, {service.queue.qsize()} items wait")
        service.worker.cancel()
        await asyncio.gather(service.worker, service.clients, return_exceptions=True)
        print(f"service {service.number}: has stopped")


asyncio.run(main())
