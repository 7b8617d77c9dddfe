"""A breadth-first crawl with a limited depth, a limited number of pages, and good manners."""

import asyncio
from html.parser import HTMLParser
from urllib.parse import urldefrag, urljoin
from urllib.robotparser import RobotFileParser

DEPTH, PAGES, CONCURRENCY, DELAY = 3, 12, 3, 0.1
SITE = "http://site.example"
ROBOTS = ["User-agent: *", "Disallow: /page/7"]


async def fetch(url: str) -> str:
    """A site of its own: page n links to 2n, 2n + 1 and home, and page 5 is missing."""
    await asyncio.sleep(0.15)
    number = int(url.rpartition("/")[2] or 1)
    if number == 5:
        raise OSError("404")
    links = "".join(f'<a href="/page/{n}#top">{n}</a>' for n in (2 * number, 2 * number + 1))
    return f'<title>Page {number}</title>{links}<a href="/">home</a>'


class Page(HTMLParser):
    def __init__(self, url: str, html: str) -> None:
        super().__init__()
        self.url, self.links = url, []
        self.feed(html)

    def handle_starttag(self, tag: str, attributes) -> None:
        if tag == "a" and (target := dict(attributes).get("href")):
            # Without the fragment: it is the same page.
            self.links.append(urldefrag(urljoin(self.url, target)).url)


async def visit(url: str, permits: asyncio.Semaphore, turn: asyncio.Lock) -> Page | None:
    async with permits:
        async with turn:  # politeness: between two requests, whoever makes them
            await asyncio.sleep(DELAY)
        try:
            return Page(url, await fetch(url))
        except OSError as error:
            print(f"{url}: {error}")
            return None


async def main() -> None:
    robots = RobotFileParser()
    robots.parse(ROBOTS)
    permits, turn = asyncio.Semaphore(CONCURRENCY), asyncio.Lock()
    level, seen, pages = [f"{SITE}/"], {f"{SITE}/"}, 0
    for depth in range(DEPTH + 1):
        found = await asyncio.gather(*(visit(url, permits, turn) for url in level))
        pages += len(level)
        links = [link for page in found if page for link in page.links]
        print(f"depth {depth}: {len(level)} pages, {len(links)} links")
        # Seen when it is queued, not when it is fetched: no page is queued twice.
        fresh = [url for url in dict.fromkeys(links) if url not in seen]
        level = [url for url in fresh if robots.can_fetch("*", url)][: PAGES - pages]
        seen.update(level)
        if not level:
            break
    print(f"{pages} pages asked for, {len(seen)} addresses seen")


asyncio.run(main())
