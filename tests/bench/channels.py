"""Measures, in a real Chromium, which reliability of a data channel is best for the inputs of a game.

    python tests/bench/channels.py --runs 5 --seconds 10 --loss 20 --out channels-20.json

Two blank pages send each other 60 inputs a second through emulated latency and loss. Each shape gets connections of its own,
as channels of one connection share SCTP's congestion control; within a run the shapes follow one another, in rotated order.

A page's rule acts on what it sends and on what it receives: two pages at q lose 1 - (1 - q)^2 one way, and add their latencies.
Loss counts datagrams of the transport, both directions together; where it misses the one asked for, the run is `unknown`.
Nothing else is judged: the table has the aims beside the medians, and the exit code is 0.
"""

from __future__ import annotations

import argparse
import asyncio
import dataclasses
import json
import math
import os
import sys
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from statistics import median
from typing import Any

from playwright.async_api import Browser, CDPSession, Page, async_playwright
from playwright.async_api import Error as PlaywrightError

SCRIPT = Path(__file__).with_suffix(".js")
FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
PAGE_LATENCY_MS = 25
ONE_WAY_MS = 2 * PAGE_LATENCY_MS
# Aim of p99 beyond the one-way latency, by loss in percent.
AIM_MS = {10: 60, 20: 100, 35: 150}
LOSS_BAND_POINTS = 3.0
CLOCK_BAND_MS = 3.0
INPUTS_PER_S = 60
DRAIN_MS = 5000
OPEN_MS = 20_000
DIRECTIONS = ("a->b", "b->a")


@dataclasses.dataclass(frozen=True)
class Shape:
    """Reliability of a channel, and how many of the newest inputs a packet has (None: all that are not acknowledged)."""

    init: dict[str, Any]
    last: int | None = None


SHAPES = {
    "lifetime-100": Shape({"ordered": False, "maxPacketLifeTime": 100}),
    "predecessor": Shape({"ordered": False, "maxRetransmits": 0}, last=10),
    "unacked-0": Shape({"ordered": False, "maxRetransmits": 0}),
    "lifetime-50": Shape({"ordered": False, "maxPacketLifeTime": 50}),
    "lifetime-200": Shape({"ordered": False, "maxPacketLifeTime": 200}),
    "retransmits-2": Shape({"ordered": False, "maxRetransmits": 2}),
    "reliable": Shape({"ordered": False}),
}


def per_page_percent(one_way_percent: float) -> float:
    """The packetLoss of both pages' rules that compounds to this one-way loss."""
    return 100 * (1 - math.sqrt(1 - one_way_percent / 100))


async def impair(sessions: Sequence[CDPSession], *, loss_percent: float) -> None:
    """Latency and loss of both pages; armed before the connection exists, later calls act on the live one."""
    conditions = {"urlPattern": "", "latency": PAGE_LATENCY_MS, "downloadThroughput": -1, "uploadThroughput": -1}
    rule = {**conditions, "packetLoss": per_page_percent(loss_percent)}
    for session in sessions:
        await session.send(
            "Network.emulateNetworkConditionsByRule", {"offline": False, "matchedNetworkConditions": [rule]}
        )


async def call(page: Page, method: str, argument: Any = None) -> Any:
    """One method of the page's `bench`."""
    return await page.evaluate("([method, argument]) => bench[method](argument)", [method, argument])


@asynccontextmanager
async def pair(browser: Browser, shape: Shape) -> AsyncIterator[tuple[list[Page], list[CDPSession]]]:
    """Two pages in contexts of their own, joined by an open channel with latency and still without loss."""
    contexts = [await browser.new_context() for _ in DIRECTIONS]
    try:
        pages = [await context.new_page() for context in contexts]
        sessions = [await page.context.new_cdp_session(page) for page in pages]
        for session in sessions:
            await session.send("Network.enable")
        await impair(sessions, loss_percent=0)
        for page, init in zip(pages, (shape.init, None), strict=True):
            await page.add_script_tag(path=SCRIPT)
            await page.evaluate("(init) => { globalThis.bench = new Bench(init); }", init)
        answer = await call(pages[1], "describe", await call(pages[0], "describe"))
        await call(pages[0], "accept", answer)
        for page in pages:
            await page.wait_for_function("() => bench.isOpen", timeout=OPEN_MS)
        yield pages, sessions
    finally:
        for context in contexts:
            await context.close()


async def both(pages: Sequence[Page], method: str, argument: Any = None) -> list[Any]:
    """The same method on both pages at the same time."""
    return await asyncio.gather(*(call(page, method, argument) for page in pages))


async def measure(browser: Browser, shape: Shape, *, seconds: float, loss_percent: float) -> dict[str, Any]:
    """One shape on a fresh connection: pings without loss (they also warm it up), then inputs both ways with it."""
    plan = {"inputs": round(seconds * INPUTS_PER_S), "drainMs": DRAIN_MS, "last": shape.last}
    async with pair(browser, shape) as (pages, sessions):
        pings = await call(pages[0], "ping", 20)
        await impair(sessions, loss_percent=loss_percent)
        await asyncio.sleep(0.5)  # nothing is on its way when the counters are read, here and at the end
        before = await both(pages, "transport")
        middle = await both(pages, "play", plan)
        await asyncio.sleep(0.5)
        after = await both(pages, "transport")
        history = await both(pages, "history")
    receivers = []
    for name, sender, receiver in zip(DIRECTIONS, (0, 1), (1, 0), strict=True):
        facts = arrivals(history[sender]["created"], history[receiver])
        facts |= traffic(before[sender], middle[sender], history[sender])
        facts["datagrams"] = after[sender]["packetsSent"] - before[sender]["packetsSent"]
        facts["datagrams_lost"] = facts["datagrams"] - (
            after[receiver]["packetsReceived"] - before[receiver]["packetsReceived"]
        )
        receivers.append({"direction": name, **facts})
    return {**clocks(pings), **judged_loss(receivers, loss_percent), "receivers": receivers}


def arrivals(created: list[float], receiver: dict[str, Any]) -> dict[str, Any]:
    """What became of one sender's inputs at the receiver; an input that was never known in order counts as infinitely late."""
    own, ordered = receiver["arrived"], receiver["inOrder"]
    late = [ordered[i] - at if i < len(ordered) else math.inf for i, at in enumerate(created)]
    came = [own[i] is not None if i < len(own) else False for i in range(len(created))]
    return {
        "inputs": len(created),
        **{f"p{share}_ms": percentile(late, share) for share in (50, 95, 99)},
        "max_ms": max(late),
        "never_arrived": came.count(False),
        "packets_received": receiver["received"],
        "wrong_values": receiver["wrong"],
    }


def traffic(before: dict[str, Any], middle: dict[str, Any], sender: dict[str, Any]) -> dict[str, Any]:
    """What one sender put on the wire while it made inputs (rates), and what its channel took or refused up to the end."""
    seconds = middle["spanMs"] / 1000
    return {
        "packets_sent": sender["sent"],
        "packets_skipped": sender["skipped"],
        "packets_on_closed": sender["closed"],
        "bytes_per_packet": sender["sentBytes"] / max(1, sender["sent"]),
        "wire_packets_per_s": (middle["packetsSent"] - before["packetsSent"]) / seconds,
        "wire_bytes_per_s": (middle["bytesSent"] - before["bytesSent"]) / seconds,
        "max_tick_gap_ms": sender["maxTickGapMs"],
    }


def clocks(pings: list[dict[str, float]]) -> dict[str, float]:
    """Round trip without loss, and how far the two pages' clocks are apart by the quickest of the pings."""
    return {
        "rtt_ms": median(ping["rttMs"] for ping in pings),
        "clock_offset_ms": min(pings, key=lambda ping: ping["rttMs"])["offsetMs"],
    }


def judged_loss(receivers: list[dict[str, Any]], asked_percent: float) -> dict[str, Any]:
    """The one-way loss of each direction and of both together; the latter decides whether the figures count."""
    for facts in receivers:
        facts["loss_percent"] = 100 * facts["datagrams_lost"] / max(1, facts["datagrams"])
    lost, sent = (sum(facts[key] for facts in receivers) for key in ("datagrams_lost", "datagrams"))
    loss = 100 * lost / max(1, sent)
    return {"loss_percent": loss, "outcome": "measured" if abs(loss - asked_percent) <= LOSS_BAND_POINTS else "unknown"}


def percentile(values: Sequence[float], share: float) -> float:
    """Nearest rank: a value that occurred, also when some are infinite."""
    return sorted(values)[max(0, math.ceil(len(values) * share / 100) - 1)]


async def series(browser: Browser, options: argparse.Namespace) -> list[dict[str, Any]]:
    """Every loss, run and shape that was asked for; a page that failed leaves an `unknown` with its error."""
    rows = []
    for loss_percent in options.loss:
        for run in range(options.runs):
            turn = run % len(options.shapes)
            for name in options.shapes[turn:] + options.shapes[:turn]:
                row: dict[str, Any] = {"loss_asked_percent": loss_percent, "run": run, "shape": name}
                try:
                    row |= await measure(browser, SHAPES[name], seconds=options.seconds, loss_percent=loss_percent)
                    if abs(row["clock_offset_ms"]) > CLOCK_BAND_MS:
                        row["outcome"] = "unknown"
                except PlaywrightError as error:
                    row |= {"outcome": "unknown", "error": str(error), "receivers": []}
                rows.append(row)
                sys.stderr.write(f"loss {loss_percent} run {run} {name}: {row['outcome']}\n")
    return rows


HEAD = (
    "loss asked",
    "shape",
    "runs (unknown)",
    "loss measured",
    "p50 ms",
    "p95 ms",
    "p99 ms",
    "worst p99",
    "aim p99",
    "never arrived (aim 0)",
    "skipped",
    "bytes/packet",
    "wire packets/s",
    "wire kB/s",
)


def table(rows: list[dict[str, Any]]) -> str:
    """Markdown: medians over both receivers of all measured runs; inputs that never arrived are summed, the worst p99 is kept."""
    keys = dict.fromkeys((row["loss_asked_percent"], row["shape"]) for row in rows)
    lines = [HEAD, ("---",) * len(HEAD)]
    lines += [line([row for row in rows if (row["loss_asked_percent"], row["shape"]) == key]) for key in keys]
    return "".join(f"| {' | '.join(cells)} |\n" for cells in lines)


def line(rows: list[dict[str, Any]]) -> tuple[str, ...]:
    """The cells of one shape at one loss."""
    loss, shape = rows[0]["loss_asked_percent"], rows[0]["shape"]
    counted = [row for row in rows if row["outcome"] == "measured"]
    facts = [receiver for row in counted for receiver in row["receivers"]]
    start = (f"{loss} %", shape, f"{len(rows)} ({len(rows) - len(counted)})")
    if not facts:
        return (*start, *("unknown",) * (len(HEAD) - len(start)))

    def middle(key: str) -> float:
        return float(median(receiver[key] for receiver in facts))

    return (
        *start,
        f"{median(row['loss_percent'] for row in counted):.1f} %",
        *(f"{middle(f'p{share}_ms'):.0f}" for share in (50, 95, 99)),
        f"{max(receiver['p99_ms'] for receiver in facts):.0f}",
        f"{ONE_WAY_MS + AIM_MS[loss]}",
        f"{sum(receiver['never_arrived'] for receiver in facts)} of {sum(receiver['inputs'] for receiver in facts)}",
        f"{sum(receiver['packets_skipped'] for receiver in facts)}",
        f"{middle('bytes_per_packet'):.0f}",
        f"{middle('wire_packets_per_s'):.0f}",
        f"{middle('wire_bytes_per_s') / 1000:.1f}",
    )


def finite(value: Any) -> Any:
    """JSON has no infinity: null stands for "never"."""
    if isinstance(value, dict):
        return {key: finite(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [finite(inner) for inner in value]
    return None if value == math.inf else value


def parse(arguments: Sequence[str] | None = None) -> argparse.Namespace:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--seconds", type=float, default=20, help="of inputs, per shape and run")
    parser.add_argument("--loss", type=int, nargs="+", choices=AIM_MS, default=list(AIM_MS), help="one-way, in percent")
    parser.add_argument("--shapes", nargs="+", choices=SHAPES, default=["lifetime-100", "predecessor"])
    parser.add_argument("--all", dest="shapes", action="store_const", const=list(SHAPES), help="every shape")
    parser.add_argument("--out", type=Path, required=True, metavar="FILE.json")
    return parser.parse_args(arguments)


async def main(options: argparse.Namespace) -> None:
    """Starts one browser, measures, writes the file and the table."""
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(
            executable_path=os.environ.get("IGYM_BROWSER", "/usr/bin/chromium"), args=list(FLAGS)
        )
        rows = await series(browser, options)
        asked = {"runs": options.runs, "seconds": options.seconds, "one_way_ms": ONE_WAY_MS, "aim_ms": AIM_MS}
        result = {"browser": browser.version, "load": os.getloadavg(), "asked": asked, "runs": finite(rows)}
        await browser.close()
    options.out.write_text(json.dumps(result, indent=1, allow_nan=False) + "\n", encoding="utf-8")
    sys.stdout.write(table(rows))


if __name__ == "__main__":
    asyncio.run(main(parse()))
