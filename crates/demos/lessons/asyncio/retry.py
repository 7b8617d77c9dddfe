"""An unreliable operation, retried with growing pauses, jitter and a circuit breaker."""

import asyncio
import random
import time

CALLERS, ATTEMPTS = 6, 5
OPERATION, FAILURE_RATE = 0.1, 0.85
BASE, FACTOR, CAP, JITTER = 0.5, 2.0, 10.0, 0.2
BREAKER_FAILURES, BREAKER_OPEN = 3, 2.0
SEED = 6
SCALE = 0.2  # All lengths are shortened by this factor.


class Failed(Exception):
    pass


class Breaker:
    """Keeps callers away from an operation that only fails."""

    failures = 0
    open_until = 0.0

    async def guard(self, operation) -> None:
        is_trial = self.failures >= BREAKER_FAILURES
        if is_trial:
            if time.monotonic() < self.open_until:
                raise Failed("not even tried, the breaker is open")
            print("breaker: one may try")
            self.open_until = time.monotonic() + BREAKER_OPEN * SCALE  # For all others.
        try:
            await operation()
        except Failed:
            self.failures += 1
            if is_trial or self.failures == BREAKER_FAILURES:
                print(f"breaker: opens for {BREAKER_OPEN * 1000:.0f} ms")
                self.open_until = time.monotonic() + BREAKER_OPEN * SCALE
            raise
        self.failures = 0


async def call(number: int, breaker: Breaker) -> bool:
    chance = random.Random(f"{SEED}, caller {number}")

    async def operation() -> None:
        await asyncio.sleep(OPERATION * SCALE)
        if chance.random() < FAILURE_RATE:
            raise Failed("failed")

    for attempt in range(1, ATTEMPTS + 1):
        try:
            await breaker.guard(operation)
            print(f"caller {number}: attempt {attempt} succeeded")
            return True
        except Failed as failure:
            print(f"caller {number}: attempt {attempt}: {failure}")
        if attempt < ATTEMPTS:
            pause = BASE * FACTOR ** (attempt - 1) * chance.uniform(1 - JITTER, 1 + JITTER)
            await asyncio.sleep(min(pause, CAP) * SCALE)
    return False


async def main() -> None:
    breaker = Breaker()
    outcomes = await asyncio.gather(*(call(n, breaker) for n in range(1, CALLERS + 1)))
    print(f"{sum(outcomes)} succeeded, {outcomes.count(False)} gave up")


asyncio.run(main())
