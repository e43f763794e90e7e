"""What a fault may touch: a participant's page, player and paths, and the server's process."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from igym_chaos.cdp import NetworkRules
    from igym_chaos.frame_route import FrameRoute
    from igym_chaos.relay import PeerRelay
    from igym_chaos.toxiproxy import ProxiedPath

SERVER = "server"
"""The name of the server where a participant's would stand."""


class PageControl(Protocol):
    """What can be done to a participant's page and its browser. Everything raises InjectorError."""

    @property
    def own_process(self) -> bool:
        """It has a browser process of its own, whose tabs are really hidden behind each other."""

    async def run(self, expression: str) -> Any:
        """The JSON value of an expression in the page."""

    async def run_in_worker(self, expression: str) -> Any:
        """The JSON value of an expression in the game worker."""

    async def send(self, method: str, parameters: dict[str, Any]) -> Any:
        """A command of the DevTools protocol to the page."""

    async def open_another(self) -> None:
        """A second tab of the same participant, at the same address."""

    async def close_another(self) -> None:
        """The end of `open_another`; may be called twice."""

    async def run_in_another(self, expression: str) -> Any:
        """The JSON value of an expression in the second tab."""

    async def tabs(self) -> int:
        """How many tabs at the page's address the browser has."""

    async def cover(self) -> None:
        """Another tab comes to the front."""

    async def uncover(self) -> None:
        """The page comes to the front again."""

    async def reload(self) -> None: ...

    async def close(self) -> None: ...

    async def crash(self) -> None: ...

    async def signal_renderer(self, number: int) -> None:
        """A signal to the process that runs the page and its worker."""

    async def slow_renderer(self, share: float) -> None:
        """From now on that process stands still for this share of the time, in short slices."""

    async def let_renderer_run(self) -> None:
        """The end of `slow_renderer`; may be called twice."""

    async def network_service(self) -> int:
        """The process that carries the network of the page's browser."""

    async def kill_network_service(self) -> None:
        """SIGKILL to it. The browser starts another one."""

    async def kill_browser(self) -> None:
        """SIGKILL to the participant's own browser."""


class PlayerControl(Protocol):
    """Who presses a participant's keys."""

    async def rest(self) -> None:
        """Lets go of every key and presses none until told to go on."""

    async def play_on(self) -> None:
        """The end of `rest`; may be called twice."""


@dataclass(frozen=True)
class ServerIdentity:
    """Which process answers on the server's port. The nonce was given to it at its start and to no other."""

    pid: int
    nonce: str


class ServerControl(Protocol):
    """What can be done to the server's process. Everything that waits raises InjectorError."""

    @property
    def database(self) -> Path:
        """Its database file."""

    def signal(self, number: int) -> None:
        """A signal to the process; nothing if it has ended."""

    async def end(self, number: int) -> int:
        """The process ends by a signal, as planned; its exit code (negative: the signal)."""

    async def start(self) -> None:
        """Another process on the same port, with the same data; nothing while the server was not ended."""

    async def identity(self) -> ServerIdentity | None:
        """Who answers on the port now; None: nobody."""

    async def hinder(self, **wanted: float | bool | list[str]) -> dict[str, float]:
        """Changes what the test profile's hook does (`delay_ms`, `full`, `refuse`, `admit`); how often the store wrote, and could not."""


class Subject(Protocol):
    """What a fault may touch of one participant, or of the server; None where this run does not offer it."""

    @property
    def name(self) -> str: ...

    @property
    def network(self) -> NetworkRules | None: ...

    @property
    def server_path(self) -> ProxiedPath | None: ...

    @property
    def turn_path(self) -> ProxiedPath | None: ...

    @property
    def relay(self) -> PeerRelay | None: ...

    @property
    def frame_route(self) -> FrameRoute | None: ...

    @property
    def control(self) -> PageControl | None: ...

    @property
    def player(self) -> PlayerControl | None: ...

    @property
    def server(self) -> ServerControl | None: ...
