"""What a relay without any fault adds to a packet on loopback.

    python tests/bench/relay.py [--packets 2000] [--out relay.json]

Two sockets of one process send numbered packets to each other, in turns directly and through the relay; ms from `sendto` to the
receiver's callback. Median and p95 of each, and the median of the differences within a turn. Nothing is judged: the aim stands beside it.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import statistics
import sys
import time
from pathlib import Path
from typing import Any

from igym_chaos.relay import HOST, PeerRelay

AIM_MS = 1.0
GAP_S = 0.001


class Page(asyncio.DatagramProtocol):
    """A socket that tells when its next packet came."""

    def __init__(self) -> None:
        self.came: asyncio.Future[float] = asyncio.get_running_loop().create_future()

    def connection_made(self, transport: Any) -> None:
        self.transport = transport
        self.port = int(transport.get_extra_info("sockname")[1])

    def datagram_received(self, data: bytes, addr: Any) -> None:
        if not self.came.done():
            self.came.set_result(time.perf_counter())


async def trip_ms(sender: Page, receiver: Page, port: int) -> float:
    """One packet, one way."""
    receiver.came = asyncio.get_running_loop().create_future()
    sent_s = time.perf_counter()
    sender.transport.sendto(b"x" * 80, (HOST, port))
    async with asyncio.timeout(1.0):
        return (await receiver.came - sent_s) * 1000.0


async def measure(packets: int) -> dict[str, float]:
    """Medians and p95, ms."""
    relay = PeerRelay()
    await relay.start(["a", "b"])
    loop = asyncio.get_running_loop()
    pages = [(await loop.create_datagram_endpoint(Page, local_addr=(HOST, 0)))[1] for _ in "ab"]
    try:
        ports = {}
        for name, peer in (("a", "b"), ("b", "a")):
            await relay.tell_owner(f"ice-{peer}", peer)
            ports[name] = await relay.port(name, f"ice-{peer}")
        pages[1].transport.sendto(b"here", (HOST, ports["b"]))  # the relay learns where b is
        async with asyncio.timeout(1.0):
            while not relay.passed:  # noqa: ASYNC110 - the relay lives in another thread
                await asyncio.sleep(GAP_S)
        direct, relayed = [], []
        for _ in range(packets):
            direct.append(await trip_ms(pages[0], pages[1], pages[1].port))
            relayed.append(await trip_ms(pages[0], pages[1], ports["a"]))
            await asyncio.sleep(GAP_S)
    finally:
        for page in pages:
            page.transport.close()
        await relay.stop()
    added = [through - straight for through, straight in zip(relayed, direct, strict=True)]
    return {
        "direct_p50_ms": statistics.median(direct),
        "relayed_p50_ms": statistics.median(relayed),
        "relayed_p95_ms": statistics.quantiles(relayed, n=20)[-1],
        "added_p50_ms": statistics.median(added),
        "aim_added_p50_ms": AIM_MS,
    }


def main() -> int:
    parser = argparse.ArgumentParser(description="What a relay without any fault adds to a packet on loopback.")
    parser.add_argument("--packets", type=int, default=2000)
    parser.add_argument("--out", type=Path)
    options = parser.parse_args()
    found = asyncio.run(measure(options.packets))
    for name, ms in found.items():
        sys.stdout.write(f"{name:<18} {ms:.3f}\n")
    if options.out:
        options.out.write_text(json.dumps(found, indent=2) + "\n", encoding="utf-8")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
