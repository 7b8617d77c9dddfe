"""Requests a few at a time, each under a limit of its own. urllib blocks, so it runs on threads."""

import asyncio
import json
import urllib.error
import urllib.request

PATHS = "/delay/300 /delay/600 /json /status/404 /invalid-json /drop /delay/1200".split()
AT_ONCE, TIMEOUT = 3, 1.0


async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """A small server, so that the program needs no other: its answers are late, bad or broken."""
    head = await reader.readuntil(b"\r\n\r\n")
    kind, _, figure = head.split()[1].decode()[1:].partition("/")
    await asyncio.sleep(int(figure) / 1000 if kind == "delay" else 0)
    body = b'{"cut off' if kind == "invalid-json" else b'{"ok": true}'
    status = int(figure) if kind == "status" else 200
    length = len(body) * 2 if kind == "drop" else len(body)
    writer.write(b"HTTP/1.1 %d x\r\nContent-Length: %d\r\n" % (status, length))
    writer.write(b"Connection: close\r\n\r\n" + body)
    writer.close()


def get(url: str) -> bytes:
    """Blocks its thread. The limit holds for each step on the socket."""
    with urllib.request.urlopen(url, timeout=TIMEOUT) as response:
        return response.read()


async def fetch(server: str, path: str, permits: asyncio.Semaphore) -> bool:
    loop = asyncio.get_running_loop()
    async with permits:
        start = loop.time()
        good = False
        try:
            async with asyncio.timeout(TIMEOUT):
                body = await asyncio.to_thread(get, server + path)
            json.loads(body)
            result, good = f"{len(body)} bytes", True
        except TimeoutError:  # the thread goes on until urllib gives up as well
            result = "out of time"
        except urllib.error.HTTPError as error:
            result = f"status {error.code}"
        except json.JSONDecodeError as error:
            result = f"no JSON: {error.msg}"
        except OSError as error:
            result = f"network: {error}"
        except Exception as error:  # such as http.client.IncompleteRead
            result = repr(error)
        print(f"{path}: {result}, after {(loop.time() - start) * 1000:.0f} ms")
        return good


async def main() -> None:
    loop = asyncio.get_running_loop()
    async with await asyncio.start_server(answer, "127.0.0.1", 0) as listener:
        host, port = listener.sockets[0].getsockname()
        print(f"{len(PATHS)} requests to http://{host}:{port}")
        start, permits = loop.time(), asyncio.Semaphore(AT_ONCE)
        tasks = (fetch(f"http://{host}:{port}", path, permits) for path in PATHS)
        good = sum(await asyncio.gather(*tasks))
        took = (loop.time() - start) * 1000
        print(f"after {took:.0f} ms: {good} good, {len(PATHS) - good} failed")
        await asyncio.gather(*asyncio.all_tasks() - {asyncio.current_task()})  # the server's ends


asyncio.run(main())
