"""JSON messages with their length in front, over TCP: replies find their requests by id."""

import asyncio
import json

CLIENTS, LONGEST = 3, 10_000  # bytes in a frame
members: dict[int, asyncio.StreamWriter] = {}


async def read_message(reader: asyncio.StreamReader) -> dict:
    """TCP carries bytes, not messages: `readexactly` waits until all of a frame is here."""
    length = int.from_bytes(await reader.readexactly(4), "big")
    if length > LONGEST:
        raise ValueError("too long")  # before memory is taken for it
    return json.loads(await reader.readexactly(length))


async def write_message(writer: asyncio.StreamWriter, message: dict) -> None:
    body = json.dumps(message).encode()
    writer.write(len(body).to_bytes(4, "big") + body)  # in one go: frames do not mix
    await writer.drain()


async def reply(me: int, message: dict) -> dict:
    match message:
        case {"type": "ping"}:
            return {"type": "pong"}
        case {"type": "echo", "data": data}:
            return {"type": "echo", "data": data}
        case {"type": "list"}:
            return {"type": "list", "clients": sorted(members)}
        case {"type": "broadcast", "data": data}:
            notice = {"type": "message", "from": me, "data": data}
            others = [write_message(members[other], notice) for other in members if other != me]
            return {"type": "sent", "to": len(await asyncio.gather(*others))}
    return {"type": "error", "error": "unknown type"}


async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    members[me := max(members, default=0) + 1] = writer
    try:
        while message := await read_message(reader):
            await write_message(writer, {"id": message["id"]} | await reply(me, message))
    except (asyncio.IncompleteReadError, OSError, LookupError, ValueError):
        pass  # it hung up, perhaps within a frame, or sends nonsense
    finally:
        del members[me]
        writer.close()


async def client(number: int, address, barrier: asyncio.Barrier) -> None:
    reader, writer = await asyncio.open_connection(*address)
    await write_message(writer, {"id": 0, "type": "ping"})
    print(f"client {number}: ping {await read_message(reader)}")
    await barrier.wait()  # everybody is a member now
    kinds = dict(enumerate(("echo", "list", "broadcast", "dance"), start=1))
    for id, kind in kinds.items():  # all of them are under way at once
        await write_message(writer, {"id": id, "type": kind, "data": f"hello from {number}"})
    for _ in range(len(kinds) + CLIENTS - 1):  # replies, and what the others say
        message = await read_message(reader)
        print(f"client {number}: {kinds.get(message.pop('id', None), 'hears')} {message}")
    writer.close()


async def main() -> None:
    async with await asyncio.start_server(serve, "127.0.0.1", 0) as server:
        shared = server.sockets[0].getsockname(), asyncio.Barrier(CLIENTS)
        await asyncio.gather(*(client(number, *shared) for number in range(1, CLIENTS + 1)))
        await asyncio.gather(*asyncio.all_tasks() - {asyncio.current_task()})  # the server's ends


asyncio.run(main())
