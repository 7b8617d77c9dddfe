"""Dining philosophers: with ordered forks all eat, with the left fork first nobody does."""

import asyncio

PHILOSOPHERS = 5
MEALS = 3
REACH = 0.1
EAT = 0.4
SCALE = 0.15  # All lengths are shortened by this factor.
PATIENCE = 3.0


async def dine(number: int, forks: list[asyncio.Lock], ordered: bool) -> None:
    left, right = number, (number + 1) % PHILOSOPHERS
    # One order for all locks leaves no circle: the last philosopher takes the right fork first.
    first, second = sorted((left, right)) if ordered else (left, right)
    for meal in range(1, MEALS + 1):
        async with forks[first]:
            print(f"philosopher {number + 1}: has fork {first + 1}, reaches for {second + 1}")
            await asyncio.sleep(REACH * SCALE)
            async with forks[second]:
                print(f"philosopher {number + 1}: eats meal {meal}")
                await asyncio.sleep(EAT * SCALE)


async def dinner(ordered: bool) -> None:
    forks = [asyncio.Lock() for _ in range(PHILOSOPHERS)]
    guests = [
        asyncio.create_task(dine(number, forks, ordered), name=f"philosopher {number + 1}")
        for number in range(PHILOSOPHERS)
    ]
    # asyncio does not notice that nobody can go on: the loop would wait for ever.
    _, hungry = await asyncio.wait(guests, timeout=PATIENCE * SCALE * MEALS)
    for guest in hungry:
        print(f"{guest.get_name()} waits for ever")
        guest.cancel()
    await asyncio.gather(*guests, return_exceptions=True)
    print(f"{'ordered' if ordered else 'left first'}: {len(guests) - len(hungry)} have eaten")


async def main() -> None:
    await dinner(ordered=True)
    await dinner(ordered=False)


asyncio.run(main())
