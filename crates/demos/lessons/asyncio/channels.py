"""A queue and a future are what asyncio has for channels; a broadcast is built from queues."""

import asyncio

MESSAGES, CAPACITY, SEND, RECEIVE = 4, 3, 0.1, 0.3
END = object()


async def receive(name: str, queue: asyncio.Queue, busy: float) -> None:
    while (message := await queue.get()) is not END:
        print(f"{name}: takes message {message}, {queue.qsize()} more inside")
        await asyncio.sleep(busy)


async def bounded() -> None:
    """Sending waits while the queue is full. With maxsize=0 it would never wait."""
    queue: asyncio.Queue = asyncio.Queue(maxsize=1)
    receiver = asyncio.create_task(receive("receiver", queue, RECEIVE))
    loop = asyncio.get_running_loop()
    for number in range(1, MESSAGES + 1):
        await asyncio.sleep(SEND)
        made = loop.time()
        await queue.put(number)
        waited = (loop.time() - made) * 1000
        print(f"sender: rid of message {number} after {waited:.0f} ms")
    await queue.put(END)
    await receiver


async def oneshot() -> None:
    """A future carries a single answer."""
    loop = asyncio.get_running_loop()
    answer: asyncio.Future[int] = loop.create_future()
    loop.call_later(RECEIVE, answer.set_result, 49)
    print("main: asks question 7")
    print(f"main: the answer is {await answer}")


async def broadcast() -> None:
    """A queue for each receiver; whoever is too slow loses the oldest message."""
    queues: list[asyncio.Queue] = [asyncio.Queue(maxsize=CAPACITY) for _ in range(2)]
    receivers = [
        asyncio.create_task(receive(f"receiver {number}", queue, busy))
        for number, (queue, busy) in enumerate(zip(queues, (0.05, 0.3)), start=1)
    ]
    for message in [*range(1, 9), END]:
        await asyncio.sleep(0.05)
        for number, queue in enumerate(queues, start=1):
            if queue.full():
                print(f"receiver {number}: misses message {queue.get_nowait()}")
            queue.put_nowait(message)
    await asyncio.gather(*receivers)


async def main() -> None:
    for kind in (bounded, oneshot, broadcast):
        print(f"-- {kind.__name__}")
        await kind()


asyncio.run(main())
