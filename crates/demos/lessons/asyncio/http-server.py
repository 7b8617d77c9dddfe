"""An HTTP/1.1 server on asyncio's streams, with routes and keep-alive, and a client for it."""

import asyncio
import json
from urllib.parse import parse_qs, urlsplit

LONGEST_BODY, IDLE, records = 10_000, 1.0, []


def route(method: str, target: str, body: bytes):
    url = urlsplit(target)
    match url.path, method:
        case "/page", "GET":
            return 200, {"hello": parse_qs(url.query).get("name", ["world"])[0]}
        case "/data", "GET":
            return 200, records
        case "/data", "POST":
            try:
                records.append(json.loads(body))
            except ValueError:
                return 400, {"error": "the body is no JSON"}
            return 201, records[-1]
        case "/page" | "/data", _:
            return 405, {"error": f"not by {method}"}
    return 404, {"error": f"there is no {url.path}"}


async def read(reader: asyncio.StreamReader) -> tuple[list[str], bytes]:
    """The first line of a request or response, in words, and the body."""
    head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
    line, *fields = head.lower().strip().split("\r\n")
    headers = dict(field.split(":", 1) for field in fields)
    length = int(headers.get("content-length", 0))
    if not 0 <= length <= LONGEST_BODY:
        raise ValueError(f"a body of {length} bytes")
    return head.split("\r\n")[0].split(), await reader.readexactly(length)


async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    try:
        while True:  # keep-alive: one request after the other on the same connection
            async with asyncio.timeout(IDLE):
                (method, target, _), body = await read(reader)
            status, result = route(method, target, body)
            answer = json.dumps(result).encode()
            head = b"HTTP/1.1 %d \r\nContent-Length: %d\r\n\r\n%b"
            writer.write(head % (status, len(answer), answer))
            await writer.drain()  # waits while the client does not read
    except (asyncio.IncompleteReadError, asyncio.LimitOverrunError, OSError, ValueError):
        pass  # gone, idle for too long, or not HTTP
    finally:
        writer.close()


async def main() -> None:
    async with await asyncio.start_server(serve, "127.0.0.1", 0) as server:
        reader, writer = await asyncio.open_connection(*server.sockets[0].getsockname())
        requests = [("GET", "/page?name=Ada", b""), ("GET", "/data", b"")]
        requests += [("POST", "/data", b'{"value": 7}'), ("POST", "/data", b"{oh")]
        requests += [("GET", "/nowhere", b""), ("DELETE", "/data", b"")]
        for method, target, body in requests:
            head = f"{method} {target} HTTP/1.1\r\nHost: x\r\nContent-Length: {len(body)}\r\n\r\n"
            writer.write(head.encode() + body)
            (_, status, *_), answer = await read(reader)
            print(f"client: {method} {target} -> {status} {answer.decode()}")
        writer.close()
        await asyncio.gather(*asyncio.all_tasks() - {asyncio.current_task()})  # the server's end


asyncio.run(main())
