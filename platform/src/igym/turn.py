"""How browsers may reach each other: STUN, and TURN with credentials that live for an hour (WEBRTC-03). Pure but for its clock.

The credentials are those of "A REST API For Access To TURN Services" (draft-uberti-behave-turn-rest), which coturn knows as
`use-auth-secret`: no long-lived secret reaches a page.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import ipaddress
import re
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from igym.errors import ConfigError

VALID_S = 3600
HOST_AND_PORT = r"(?:\[(?P<v6>[0-9A-Fa-f:.]+)\]|[\w.-]+)(?::(?P<port>\d+))?"
STUN_URL = re.compile(rf"stuns?:{HOST_AND_PORT}")
TURN_URL = re.compile(rf"turns?:{HOST_AND_PORT}(\?transport=(udp|tcp))?")
PORTS = range(1, 65_536)


@dataclass(frozen=True)
class Reach:
    """`turn` needs a `secret`; `relay_only`: peers never learn each other's address. `now_s`: Unix time, s."""

    stun: Sequence[str] = ()
    turn: Sequence[str] = ()
    secret: str = ""
    relay_only: bool = False
    now_s: Callable[[], float] = time.time

    def __post_init__(self) -> None:
        for name, urls, form, example in (
            ("--stun", self.stun, STUN_URL, "stun:stun.example.org:3478"),
            ("--turn", self.turn, TURN_URL, "turn:turn.example.org:3478?transport=udp"),
        ):
            if wrong := [url for url in urls if not _is_address(url, form)]:
                raise ConfigError(f"{name} {wrong[0]!r} is no address of that kind: write {example}")
        if self.secret and not self.turn:
            raise ConfigError(
                "--turn-secret-file is of no use without --turn URL: name the relay whose secret it holds"
            )
        if self.turn and not self.secret:
            raise ConfigError("--turn needs --turn-secret-file FILE: the file holds coturn's static-auth-secret")
        if self.relay_only and not self.turn:
            raise ConfigError("--relay-only needs at least one --turn")

    def configuration(self, session_id: str) -> dict[str, Any]:
        """An RTCConfiguration for the members of a session."""
        servers: list[dict[str, Any]] = [{"urls": list(self.stun)}] if self.stun else []
        if self.turn:
            username = f"{int(self.now_s()) + VALID_S}:{session_id}"
            digest = hmac.new(self.secret.encode(), username.encode(), hashlib.sha1).digest()
            credential = base64.b64encode(digest).decode()
            servers.append({"urls": list(self.turn), "username": username, "credential": credential})
        return {"iceServers": servers, "iceTransportPolicy": "relay" if self.relay_only else "all"}


def _is_address(url: str, form: re.Pattern[str]) -> bool:
    """A browser refuses the whole configuration for one wrong port."""
    match = form.fullmatch(url)
    if match is None or (match["port"] is not None and int(match["port"]) not in PORTS):
        return False
    try:
        ipaddress.IPv6Address(match["v6"] or "::1")
    except ValueError:
        return False
    return True


def read_secret(file: Path | None) -> str:
    """The first line of the file; nothing if there is none to read. Raises ConfigError."""
    if file is None:
        return ""
    try:
        lines = file.read_text(encoding="utf-8").splitlines()
    except OSError as error:
        raise ConfigError(f"--turn-secret-file {file}: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise ConfigError(f"--turn-secret-file {file} is not UTF-8 text: {error.reason}") from error
    if not lines or not lines[0].strip():
        raise ConfigError(f"--turn-secret-file {file} is empty: put coturn's static-auth-secret into its first line")
    return lines[0].strip()
