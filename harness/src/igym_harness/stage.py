"""Everything around the pages: server, proxies, browser. Built in order, taken down in reverse, audited."""

from __future__ import annotations

import asyncio
import secrets
import shutil
import tempfile
from dataclasses import replace
from pathlib import Path

from playwright.async_api import Browser, Playwright, async_playwright

from igym_chaos.relay import PeerRelay
from igym_chaos.toxiproxy import ProxiedPath, ToxiproxyServer
from igym_harness import priority
from igym_harness.audit import Audit
from igym_harness.browser import launch, own_executable
from igym_harness.checkers.path import RELAYED
from igym_harness.deadline import until
from igym_harness.errors import DeadlineError, HarnessError
from igym_harness.evidence import StoreRecord
from igym_harness.options import Options
from igym_harness.own_browser import OwnBrowser
from igym_harness.parts import BrowserPart, find_browser, find_toxiproxy, find_turnserver
from igym_harness.run_folder import RunFolder
from igym_harness.server_process import Serve, ServerProcess, command, environ_of
from igym_harness.turn_server import TurnServer

CLOSE_S = 20.0
LINGER_S = 3.0


class Stage:
    """The surroundings of one run. `open` may fail half way; `close` always takes down what is there."""

    def __init__(
        self,
        options: Options,
        *,
        proxied: tuple[str, ...],
        turn_proxied: tuple[str, ...] = (),
        topology: str = "mesh",
        own: tuple[str, ...] = (),
        behind_relay: tuple[str, ...] = (),
    ) -> None:
        """`proxied`: participants that get a Toxiproxy proxy of their own in front of the server; `turn_proxied`: in front of coturn.

        `own`: those with a browser process of their own. `behind_relay`: those whose peer path goes through the UDP relay.
        """
        self._options = options
        self._proxied = proxied
        self._turn_proxied = turn_proxied
        self._transport = RELAYED.get(topology)
        self._own_names = own
        self._behind_relay = behind_relay
        self.own: dict[str, OwnBrowser] = {}
        self.relay: PeerRelay | None = None
        self._turn: TurnServer | None = None
        self._turn_binary: Path | None = None
        self._playwright: Playwright | None = None
        self._drivers: set[int] = set()
        self._scratch: Path | None = None
        self._toxiproxy: ToxiproxyServer | None = None
        self._toxiproxy_binary: Path | None = None
        self._browser_part: BrowserPart | None = None
        self.browser: Browser | None = None
        self.server: ServerProcess | None = None
        self._serve: Serve | None = None
        self._down_planned = False
        self.stores: list[StoreRecord] = []
        """What the server's database held each time that its process had ended."""
        self.paths: dict[str, ProxiedPath] = {}
        self.turn_paths: dict[str, ProxiedPath] = {}
        self.audit = Audit()
        self.problems: list[str] = []

    async def find_parts(self) -> None:
        """Raises MissingPart before anything of the run exists."""
        if self._proxied or self._turn_proxied:
            self._toxiproxy_binary = find_toxiproxy(self._options.toxiproxy)
        if self._transport is not None:
            self._turn_binary = find_turnserver()
        before = priority.children()
        self._playwright = await async_playwright().start()
        self._drivers = priority.children() - before
        self._browser_part = find_browser(self._options.browser, own=own_executable(self._playwright))

    async def open(self, folder: RunFolder, *, experiment: str, seed: int, settings: dict[str, str | int]) -> None:
        """Server, then proxies, then browser. Raises HarnessError."""
        assert self._playwright is not None
        assert self._browser_part is not None
        self._scratch = Path(tempfile.mkdtemp(prefix="igym-run-"))
        self.audit.folders.append(self._scratch)
        relay = await self._open_relay(self._scratch, folder.relay_log)
        ready_file = self._scratch / "ready.json"
        self._serve = Serve(experiment, folder.data, ready_file, secrets.token_hex(8), seed, settings, relay=relay)
        self.server = self._process(self._serve, folder.server_log)
        await self.server.start()
        self.audit.ports["server"] = self.server.port
        if self._toxiproxy_binary is not None:
            await self._open_proxies(self._toxiproxy_binary, folder.proxy_log, self.server.port)
        options = self._options
        self.browser = await launch(
            self._playwright,
            self._browser_part,
            scratch=self._scratch,
            headed=options.headed,
            slow_mo_ms=options.slow_mo_ms,
        )
        executable = self._browser_part.executable
        for name in self._own_names:
            if executable is None:
                raise HarnessError(
                    f"participant {name} needs a browser of its own: name its executable with --browser or IGYM_BROWSER"
                )
            self.own[name] = OwnBrowser(executable, self._scratch / f"profile-{name}", headed=options.headed)
            await self.own[name].start(self._playwright)
        if self._behind_relay:
            self.relay = PeerRelay()
            await self.relay.start(self._behind_relay)
        for pid in (0, *self._drivers):
            priority.first(pid)
        self.audit.look()

    @property
    def server_died(self) -> bool:
        """The server has ended although nobody planned it."""
        ended = self.server is not None and self.server.exit_code is not None
        return ended and not self._down_planned

    async def end_server(self, number: int) -> int:
        """The server ends by a signal, as planned; its exit code. Raises HarnessError."""
        assert self.server is not None
        self._down_planned = True
        return await self.server.end(number)

    async def start_server(self) -> None:
        """After `end_server`: another one on the same port and data, with a nonce of its own. Raises HarnessError."""
        if not self._down_planned:
            return
        assert self.server is not None
        assert self._serve is not None
        nonce = secrets.token_hex(8)
        ready_file = self._serve.ready_file.with_name(f"ready-{nonce}.json")
        self._serve = replace(self._serve, nonce=nonce, ready_file=ready_file, port=self.server.port)
        self.server = self._process(self._serve, self.server.log)
        await self.server.start()
        self._down_planned = False
        self.audit.look()

    def _process(self, serve: Serve, log: Path) -> ServerProcess:
        return ServerProcess(
            command(serve),
            nonce=serve.nonce,
            ready_file=serve.ready_file,
            log=log,
            environ=environ_of(self._options.source),
        )

    @property
    def versions(self) -> dict[str, str]:
        """What env.json says about the binaries."""
        part = self._browser_part
        return {
            "browser": self.browser.version if self.browser else "not started",
            "browser_found": f"{part.executable or part.channel} ({part.found})" if part else "not found",
            "toxiproxy": str(self._toxiproxy_binary or "not used"),
            "server_build": self.server.build_id if self.server else "not started",
        }

    async def close(self) -> tuple[str, ...]:
        """Takes everything down, whatever fails, and returns what did not close and what is left on the machine."""
        self.audit.look()
        priority.ordinary(0)
        for what, step in (
            ("a participant's own browser", self._close_own),
            ("the browser", self._close_browser),
            ("the UDP relay", self._close_udp_relay),
            ("Playwright", self._close_playwright),
            ("Toxiproxy", self._close_proxies),
            ("the server", self._close_server),
            ("coturn", self._close_relay),
        ):
            try:
                await asyncio.wait_for(step(), CLOSE_S)
            except Exception as error:  # noqa: BLE001 - one part that does not close must not keep the others open
                self.problems.append(f"{what} did not close: {type(error).__name__}: {error}".splitlines()[0])
        if self._scratch is not None:
            shutil.rmtree(self._scratch, ignore_errors=True)
        try:  # processes of a closed browser need a moment to end
            await until(lambda: not self.audit.leftovers(), timeout_s=LINGER_S, reason="a clean machine", every_s=0.2)
        except DeadlineError:
            return (*self.problems, *self.audit.leftovers())
        return tuple(self.problems)

    # ---- helpers ----

    async def _open_relay(self, scratch: Path, log: Path) -> tuple[str, Path] | None:
        if self._turn_binary is None or self._transport is None:
            return None
        self._turn = TurnServer(self._turn_binary, scratch=scratch, log=log)
        await self._turn.start()
        self.audit.ports["coturn"] = self._turn.port
        return self._turn.url(self._transport), self._turn.secret_file

    async def _close_relay(self) -> None:
        if self._turn is not None:
            await self._turn.stop()

    async def _open_proxies(self, binary: Path, log: Path, port: int) -> None:
        self._toxiproxy = ToxiproxyServer(binary=binary, log=log)
        await self._toxiproxy.start()
        self.audit.ports["toxiproxy"] = self._toxiproxy.port
        for name in self._proxied:
            self.paths[name] = await self._toxiproxy.proxy(f"run-{name}-server", upstream=f"127.0.0.1:{port}")
            self.audit.ports[f"proxy of {name}"] = self.paths[name].port
        for name in self._turn_proxied:
            assert self._turn is not None
            self.turn_paths[name] = await self._toxiproxy.proxy(
                f"run-{name}-turn", upstream=f"127.0.0.1:{self._turn.port}"
            )
            self.audit.ports[f"relay proxy of {name}"] = self.turn_paths[name].port

    async def _close_own(self) -> None:
        for one in self.own.values():
            await one.stop()

    async def _close_udp_relay(self) -> None:
        if self.relay is not None:
            await self.relay.stop()

    async def _close_browser(self) -> None:
        if self.browser is not None:
            await self.browser.close()

    async def _close_playwright(self) -> None:
        if self._playwright is not None:
            await self._playwright.stop()

    async def _close_proxies(self) -> None:
        if self._toxiproxy is not None:
            await self._toxiproxy.stop()

    async def _close_server(self) -> None:
        if self.server is not None and (await self.server.stop()).killed:
            self.problems.append("the server did not stop on SIGTERM and was killed")
