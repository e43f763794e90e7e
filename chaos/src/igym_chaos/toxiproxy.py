"""A real Toxiproxy server of this run, and the proxies in it, driven with toxiproxy-python.

What that client leaves open is closed here: calls run in a thread with a deadline, values are checked before they are sent, and each
change is read back and compared, because an error of the server is silent there (handbook 2.2).
"""

from __future__ import annotations

import asyncio
import contextlib
import socket
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import IO, Any, TypeVar

import requests
from toxiproxy import Toxiproxy
from toxiproxy.api import APIConsumer
from toxiproxy.exceptions import InvalidToxic, NotFound, ProxyExists
from toxiproxy.proxy import Proxy

from igym_chaos.errors import InjectorError
from igym_chaos.toxics import check_toxic

VERSION = "2.12.0"
CALL_S = 5.0
START_S = 10.0
STOP_S = 5.0
PORT_TRIES = 5
POLL_S = 0.02

Answer = TypeVar("Answer")


class ToxiproxyServer:
    """One process on a free loopback port. The client keeps the address in its class: one server at a time in this process."""

    _running: ToxiproxyServer | None = None

    def __init__(self, *, binary: Path, log: Path) -> None:
        self._binary = binary
        self._log_path = log
        self._log: IO[bytes] | None = None
        self._process: asyncio.subprocess.Process | None = None
        self.port = 0

    async def start(self) -> None:
        """Returns when the API answers with the version this package was measured with. Raises InjectorError."""
        if ToxiproxyServer._running is not None:
            raise InjectorError(
                "a Toxiproxy server of this process is running: toxiproxy-python knows one address only; stop it first"
            )
        self._log = self._log_path.open("ab")
        for attempt in range(PORT_TRIES):
            self.port = _free_port()
            arguments = (str(self._binary), "-host", "127.0.0.1", "-port", str(self.port))
            try:
                self._process = await asyncio.create_subprocess_exec(*arguments, stdout=self._log, stderr=self._log)
            except OSError as error:
                await self.stop()
                raise InjectorError(
                    f"{self._binary} cannot be started: {error.strerror}: unset IGYM_TOXIPROXY, nox builds one"
                ) from error
            # The port was free a moment ago; another process may have taken it: then the server exits, and the next port is tried.
            if await self._answers() or attempt == PORT_TRIES - 1:
                break
            await self._end()
        ToxiproxyServer._running = self
        Toxiproxy().update_api_consumer("127.0.0.1", self.port)
        await self._check_version()

    async def stop(self) -> None:
        """Ends the process by its id; what is left after the deadline is killed."""
        if ToxiproxyServer._running is self:
            ToxiproxyServer._running = None
        await self._end()
        if self._log is not None:
            self._log.close()

    async def _end(self) -> None:
        if self._process is not None and self._process.returncode is None:
            self._process.terminate()
            try:
                await asyncio.wait_for(self._process.wait(), STOP_S)
            except TimeoutError:
                self._process.kill()
                await self._process.wait()

    async def proxy(self, name: str, *, upstream: str) -> ProxiedPath:
        """A proxy on a free port in front of `upstream` (host:port)."""
        made = await call(f"create proxy {name}", lambda: Toxiproxy().create(upstream=upstream, name=name))
        path = ProxiedPath(made)
        await path.compare(enabled=True, toxics={})
        return path

    async def _answers(self) -> bool:
        assert self._process is not None
        deadline = asyncio.get_running_loop().time() + START_S
        while asyncio.get_running_loop().time() < deadline and self._process.returncode is None:
            with contextlib.suppress(OSError):
                _, writer = await asyncio.open_connection("127.0.0.1", self.port)
                writer.close()
                await writer.wait_closed()
                return True
            await asyncio.sleep(POLL_S)
        return False

    async def _check_version(self) -> None:
        try:
            version = await call(
                "version",
                lambda: requests.get(f"http://127.0.0.1:{self.port}/version", timeout=CALL_S).json()["version"],
            )
        except InjectorError as error:
            await self.stop()
            raise InjectorError(f"{self._binary} did not start: see {self._log_path}") from error
        if version != VERSION:
            await self.stop()
            raise InjectorError(
                f"{self._binary} is Toxiproxy {version}; {VERSION} is needed: unset IGYM_TOXIPROXY, nox builds it"
            )


class ProxiedPath:
    """One participant's proxy, in front of the server or of the relay.

    Changes take turns: a read back between another change and its note would find a toxic that nobody asked for.
    """

    def __init__(self, proxy: Proxy) -> None:
        self._turn = asyncio.Lock()
        self._proxy = proxy
        self._toxics: dict[str, dict[str, Any]] = {}
        self._enabled = True

    @property
    def name(self) -> str:
        return str(self._proxy.name)

    @property
    def port(self) -> int:
        """Where the participant connects to."""
        return int(self._proxy.listen.rsplit(":", 1)[1])

    @property
    def upstream_port(self) -> int:
        """What it stands in front of."""
        return int(self._proxy.upstream.rsplit(":", 1)[1])

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    async def add(
        self, name: str, kind: str, *, stream: str, attributes: Mapping[str, int], toxicity: float = 1.0
    ) -> None:
        """Adds a toxic and reads it back. Raises InjectorError: wrong value, refused, or not there afterwards."""
        check_toxic(kind, stream=stream, attributes=attributes, toxicity=toxicity)
        body = {"name": name, "type": kind, "stream": stream, "toxicity": toxicity, "attributes": dict(attributes)}
        async with self._turn:
            await call(f"add {name} to {self.name}", lambda: self._proxy.add_toxic(**body))
            self._toxics[name] = body
            await self.compare(enabled=self._enabled, toxics=self._toxics)

    async def update(self, name: str, **attributes: int) -> None:
        """Changes attributes in place; removing and adding would release what is held."""
        async with self._turn:
            await self._update(name, attributes)

    async def _update(self, name: str, attributes: Mapping[str, int]) -> None:
        body = self._toxics.get(name)
        if body is None:
            raise InjectorError(f"{self.name} has no toxic {name!r}; it has: {', '.join(self._toxics) or 'none'}")
        changed = {**body, "attributes": {**body["attributes"], **attributes}}
        check_toxic(body["type"], stream=body["stream"], attributes=changed["attributes"], toxicity=body["toxicity"])
        address = f"http://{APIConsumer.host}:{APIConsumer.port}/proxies/{self.name}/toxics/{name}"
        await call(
            f"update {name} of {self.name}",
            lambda: requests.patch(address, json={"attributes": attributes}, timeout=CALL_S),
        )
        self._toxics[name] = changed
        await self.compare(enabled=self._enabled, toxics=self._toxics)

    async def remove(self, name: str) -> None:
        """Removes a toxic; one that is not there is no error. The server is asked: it may have one whose `add` failed."""
        async with self._turn:
            if name in {toxic["name"] for toxic in (await self._read())["toxics"]}:
                await call(f"remove {name} from {self.name}", lambda: self._proxy.destroy_toxic(name))
            self._toxics.pop(name, None)
            await self.compare(enabled=self._enabled, toxics=self._toxics)

    async def down(self) -> None:
        """Closes the listener and every connection."""
        await self._switch(on=False)

    async def up(self) -> None:
        """Opens the same port again. Raises InjectorError, also when another process took it meanwhile."""
        await self._switch(on=True)

    async def _switch(self, *, on: bool) -> None:
        async with self._turn:
            if on != self._enabled:
                what = f"{'enable' if on else 'disable'} {self.name} on port {self.port}"
                await call(what, self._proxy.enable if on else self._proxy.disable)
                self._enabled = on
            await self.compare(enabled=on, toxics=self._toxics)

    async def compare(self, *, enabled: bool, toxics: Mapping[str, Mapping[str, Any]]) -> None:
        """Reads the proxy back. Raises InjectorError naming what is not as it was asked."""
        found = await self._read()
        if found.get("enabled") is not enabled:
            raise InjectorError(f"{self.name}: enabled is {found.get('enabled')!r}, asked {enabled!r}")
        there = {toxic["name"]: toxic for toxic in found["toxics"]}
        if sorted(there) != sorted(toxics):
            raise InjectorError(f"{self.name}: toxics are {sorted(there)}, asked {sorted(toxics)}")
        for name, asked in toxics.items():
            wrong = {
                key: there[name].get(key)
                for key in ("type", "stream", "toxicity", "attributes")
                if there[name].get(key) != asked[key]
            }
            if wrong:
                raise InjectorError(f"{self.name}: toxic {name} came back with {wrong}, asked {dict(asked)}")

    async def _read(self) -> dict[str, Any]:
        found: dict[str, Any] = await call(
            f"read {self.name}", lambda: requests.get(self._address(), timeout=CALL_S).json()
        )
        return found

    def _address(self) -> str:
        return f"http://{APIConsumer.host}:{APIConsumer.port}/proxies/{self.name}"


async def call(what: str, function: Callable[[], Answer]) -> Answer:
    """Runs a blocking call of the client in a thread, with a deadline. Raises InjectorError that says what was tried."""
    try:
        return await asyncio.wait_for(asyncio.to_thread(function), CALL_S)
    except TimeoutError as error:
        raise InjectorError(f"Toxiproxy: {what}: no answer within {CALL_S:g} s") from error
    except (InvalidToxic, NotFound, ProxyExists) as error:
        raise InjectorError(f"Toxiproxy: {what}: refused: {error}") from error
    except (requests.RequestException, KeyError, ValueError) as error:
        raise InjectorError(f"Toxiproxy: {what}: {type(error).__name__}: {error}") from error


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
