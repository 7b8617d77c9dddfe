"""A server that hangs up after a few messages, and clients that come back with longer pauses.

The standard library has no WebSocket. A line of text over TCP stands for a message here; what
matters is the same: connecting, losing the connection, backing off, and waiting for the network.
"""

import asyncio
import random

CLIENTS, MESSAGES, DROP_AFTER, INTERVAL = 2, 6, 3, 0.1
ATTEMPTS, BACKOFF, LONGEST_BACKOFF, PATIENCE = 6, 0.1, 0.8, 2.0


async def drop(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Returns so many messages, then closes the connection without a word."""
    for _ in range(DROP_AFTER):
        line = await reader.readline()
        if not line:
            break
        writer.write(line)
        await writer.drain()
    writer.close()


async def talk(number: int, reader, writer, received: list[str]) -> None:
    """Goes on where the last connection ended; what came back is not sent again."""
    while len(received) < MESSAGES:
        text = f"client {number}, message {len(received) + 1}"
        writer.write(text.encode() + b"\n")
        await writer.drain()  # backpressure: waits while the network takes no more
        async with asyncio.timeout(PATIENCE):
            line = await reader.readline()
        if not line:
            raise ConnectionError("the server hung up")
        received.append(line.decode().rstrip())
        print(f"client {number}: {received[-1]!r} is back")
        await asyncio.sleep(INTERVAL)


async def client(number: int, address) -> int:
    received: list[str] = []
    pause = BACKOFF
    for _ in range(ATTEMPTS):
        try:
            reader, writer = await asyncio.open_connection(*address)
            print(f"client {number}: connected")
            try:
                await talk(number, reader, writer, received)
                return len(received)
            finally:
                writer.close()
        except (OSError, TimeoutError) as trouble:
            # The random part keeps clients that were lost together from returning together.
            wait = pause * random.uniform(0.5, 1.0)
            print(f"client {number}: {trouble!r}, tries again in {wait * 1000:.0f} ms")
            await asyncio.sleep(wait)
            pause = min(2 * pause, LONGEST_BACKOFF)
    return len(received)


async def main() -> None:
    async with await asyncio.start_server(drop, "127.0.0.1", 0) as server:
        address = server.sockets[0].getsockname()
        received = await asyncio.gather(*(client(n, address) for n in range(1, CLIENTS + 1)))
    print(f"{sum(received)} messages came back")


asyncio.run(main())
