"""A seeded UDP relay on loopback: the pages talk to it instead of to each other, and it sees their real packets, below DTLS.

    page a ─▶ socket "b for a" ══ fates ══▶ socket "a for b" ─▶ page b        one pair of sockets for each pair of pages

A page script (relay_page) offers each page only the relay's ports. The relay learns where a page is from the first packet it sends. It
runs in a thread with an event loop of its own: a busy harness must not delay packets.
"""

from __future__ import annotations

import asyncio
import itertools
import threading
import time
from collections.abc import Coroutine, Iterable, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar, cast

from igym_chaos.errors import InjectorError
from igym_chaos.impairment import Decider, Fate, Policy

HOST = "127.0.0.1"
SILENT_S = 1.0
"""A page that speaks from another port has moved there when the known one was silent for so long (a reload, an ICE restart)."""
KNOWN_S = 5.0
COPY_AFTER_MS = 2.0
FLIPPED_BIT = 0x01

Answer = TypeVar("Answer")
Way = tuple[str, str]
"""(sender, receiver)"""


@dataclass(frozen=True)
class Passed:
    """One packet that came by. `left_ms` None: not sent on. Times on the harness clock."""

    t_ms: float
    sender: str
    receiver: str
    size: int
    port: int
    """Where the sender sent it: the relay's port for the receiver."""
    left_ms: float | None
    copies: int
    fates: tuple[tuple[str, Fate], ...]
    """What each fault in force decided, by its key."""

    @property
    def dropped(self) -> bool:
        return self.left_ms is None


@dataclass
class _Line:
    """One fault on one direction."""

    key: str
    decider: Decider


class _Socket(asyncio.DatagramProtocol):
    """What `owner` believes to be `peer`."""

    def __init__(self, relay: PeerRelay, owner: str, peer: str) -> None:
        self._relay = relay
        self.owner = owner
        self.peer = peer
        self.page: tuple[str, int] | None = None
        self.heard_s = 0.0

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = cast("asyncio.DatagramTransport", transport)
        self.port = int(transport.get_extra_info("sockname")[1])

    def datagram_received(self, data: bytes, addr: tuple[str | Any, int]) -> None:
        now_s = time.monotonic()
        if self.page is None or (addr != self.page and now_s - self.heard_s > SILENT_S):
            self.page = (str(addr[0]), int(addr[1]))
        if addr == self.page:
            self.heard_s = now_s
        self._relay._pass_on(self, data)

    def send(self, data: bytes) -> None:
        """To the page that owns this socket."""
        if self.page is not None and not self.transport.is_closing():
            self.transport.sendto(data, self.page)


class PeerRelay:
    """The relay of one run. Its methods are called from the harness's event loop."""

    def __init__(self) -> None:
        self.passed: list[Passed] = []
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="udp-relay", daemon=True)
        self._sockets: dict[Way, _Socket] = {}
        """(owner, peer) -> the newest socket."""
        self._old: list[_Socket] = []
        self._lines: dict[Way, list[_Line]] = {}
        self._owners: dict[str, str] = {}
        self._known = asyncio.Event()

    # ---- from the harness ----

    async def start(self, participants: Sequence[str]) -> None:
        """Opens a socket for each ordered pair."""
        self._thread.start()
        await self._there(self._open_all(participants))

    async def stop(self) -> None:
        """Closes every socket and ends the thread; may be called twice."""
        if self._thread.is_alive():
            await self._there(self._close_all())
            self._loop.call_soon_threadsafe(self._loop.stop)
            await asyncio.to_thread(self._thread.join)
            self._loop.close()

    @property
    def participants(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(owner for owner, _ in self._sockets))

    def ways_of(self, names: Iterable[str]) -> list[Way]:
        """Every direction that begins or ends at one of these."""
        wanted = set(names)
        return [way for way in self._sockets if wanted & set(way)]

    async def tell_owner(self, ufrag: str, owner: str) -> None:
        """A page's own ICE name; `port` waits for it."""
        self._owners[ufrag] = owner
        known, self._known = self._known, asyncio.Event()
        known.set()

    async def port(self, owner: str, ufrag: str) -> int:
        """Where `owner` finds whoever has this ICE name. Raises InjectorError if nobody told it in time."""
        try:
            async with asyncio.timeout(KNOWN_S):
                while ufrag not in self._owners:
                    await self._known.wait()
        except TimeoutError as error:
            raise InjectorError(f"UDP relay: nobody told the ICE name {ufrag!r} that {owner} wants to reach") from error
        return self._sockets[owner, self._owners[ufrag]].port

    async def apply(self, key: str, ways: Iterable[Way], policy: Policy, *, seed: int) -> None:
        """From now on each packet of these directions has its fate decided by this policy too."""
        await self._there(self._apply(key, list(ways), policy, seed))

    async def lift(self, key: str) -> None:
        """Takes a policy away; one that is not there is no error."""
        await self._there(self._lift(key))

    async def rebind(self, name: str) -> dict[str, int]:
        """Everyone sees `name` at another port, as behind a router that forgot it. -> new port by who sees it there."""
        return await self._there(self._rebind(name))

    # ---- in the thread ----

    async def _there(self, work: Coroutine[Any, Any, Answer]) -> Answer:
        return await asyncio.wrap_future(asyncio.run_coroutine_threadsafe(work, self._loop))

    async def _open_all(self, participants: Sequence[str]) -> None:
        for owner, peer in itertools.permutations(participants, 2):
            self._sockets[owner, peer] = await self._open(owner, peer)

    async def _open(self, owner: str, peer: str) -> _Socket:
        _, made = await self._loop.create_datagram_endpoint(lambda: _Socket(self, owner, peer), local_addr=(HOST, 0))
        return made

    async def _close_all(self) -> None:
        for one in (*self._sockets.values(), *self._old):
            one.transport.close()

    async def _apply(self, key: str, ways: list[Way], policy: Policy, seed: int) -> None:
        for way in ways:
            if way not in self._sockets:
                raise InjectorError(f"UDP relay: no direction {way[0]}>{way[1]}")
            decider = Decider(policy, seed=seed, sender=way[0], receiver=way[1])
            self._lines.setdefault(way, []).append(_Line(key, decider))

    async def _lift(self, key: str) -> None:
        for way, lines in self._lines.items():
            self._lines[way] = [line for line in lines if line.key != key]

    async def _rebind(self, name: str) -> dict[str, int]:
        seen: dict[str, int] = {}
        for (owner, peer), old in list(self._sockets.items()):
            if peer == name:
                new = await self._open(owner, peer)
                new.page, new.heard_s = old.page, old.heard_s
                self._sockets[owner, peer] = new
                self._old.append(old)
                seen[owner] = new.port
        return seen

    def _pass_on(self, came_by: _Socket, data: bytes) -> None:
        """A packet of `came_by.owner` for `came_by.peer`."""
        sender, receiver = came_by.owner, came_by.peer
        out = self._sockets[receiver, sender]
        fates = tuple((line.key, line.decider.decide()) for line in self._lines.get((sender, receiver), ()))
        now_ms = time.monotonic() * 1000.0
        lost = out.page is None or any(fate.dropped for _, fate in fates)
        delay_ms = sum(fate.delay_ms for _, fate in fates)
        copies = 2 if any(fate.copies > 1 for _, fate in fates) else 1
        left_ms = None if lost else now_ms + delay_ms
        self.passed.append(Passed(now_ms, sender, receiver, len(data), came_by.port, left_ms, copies, fates))
        if lost:
            return
        if any(fate.corrupted for _, fate in fates):
            data = data[:-1] + bytes([data[-1] ^ FLIPPED_BIT])
        if delay_ms > 0:
            self._loop.call_later(delay_ms / 1000.0, out.send, data)
        else:
            out.send(data)
        if copies > 1:
            self._loop.call_later((delay_ms + COPY_AFTER_MS) / 1000.0, out.send, data)
