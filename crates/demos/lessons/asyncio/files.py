"""Many files at once, a large one in pieces, JSON, and lines; each access runs on a thread."""

import asyncio
import json
import tempfile
import zlib
from pathlib import Path

FILES, SIZE, CONCURRENCY = 6, 40_000, 3
LARGE, CHUNK, RECORDS = 200_000, 16_000, 12


async def write_and_read(number: int, folder: Path, may_open: asyncio.Semaphore) -> bool:
    path = folder / f"file {number}.bin"
    async with may_open:
        await asyncio.to_thread(path.write_bytes, bytes([number]) * SIZE)
        read = await asyncio.to_thread(path.read_bytes)
    print(f"file {number}: holds its {len(read)} bytes")
    return read == bytes([number]) * SIZE


async def many(folder: Path) -> None:
    may_open = asyncio.Semaphore(CONCURRENCY)
    tasks = (write_and_read(number, folder, may_open) for number in range(1, FILES + 1))
    whole = await asyncio.gather(*tasks)
    print(f"{sum(whole)} of {FILES} files hold what was written")


async def large(path: Path) -> None:
    """One piece is in memory at a time."""
    written = read = pieces = 0
    with await asyncio.to_thread(path.open, "w+b") as file:
        for offset in range(0, LARGE, CHUNK):
            piece = bytes(place % 251 for place in range(offset, min(offset + CHUNK, LARGE)))
            written = zlib.crc32(piece, written)
            await asyncio.to_thread(file.write, piece)
            pieces += 1
        print(f"large file: {LARGE} bytes written in {pieces} pieces")
        await asyncio.to_thread(file.seek, 0)
        while piece := await asyncio.to_thread(file.read, CHUNK):
            read = zlib.crc32(piece, read)
    print(f"large file: read, and the bytes {'are the same' if read == written else 'differ'}")


async def records(path: Path) -> None:
    written = [{"id": number, "name": f"record {number}"} for number in range(1, RECORDS + 1)]
    await asyncio.to_thread(path.write_text, json.dumps(written))
    read = json.loads(await asyncio.to_thread(path.read_text))
    print(f"JSON: {len(read)} records, {'the same as before' if read == written else 'changed'}")


async def lines(path: Path) -> None:
    text = "".join(f"{n}: {'error' if n % 4 == 0 else 'all well'}\n" for n in range(1, RECORDS + 1))
    await asyncio.to_thread(path.write_text, text)
    with await asyncio.to_thread(path.open) as file:
        while line := await asyncio.to_thread(file.readline):
            if "error" in line:
                print(f"line {line.rstrip()}")


async def main() -> None:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        await many(folder)
        await large(folder / "large.bin")
        await records(folder / "records.json")
        await lines(folder / "diary.txt")


asyncio.run(main())
