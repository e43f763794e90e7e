"""Credentials are short-lived, made for one session, and never the secret itself."""

from __future__ import annotations

import base64
import hashlib
import hmac
from pathlib import Path
from typing import Any

import pytest

from igym.errors import ConfigError
from igym.turn import Reach, read_secret

SECRET = "north"  # noqa: S105
TURN = "turn:127.0.0.1:3478?transport=udp"


def test_without_servers_peers_find_each_other_directly() -> None:
    assert Reach().configuration("s") == {"iceServers": [], "iceTransportPolicy": "all"}


def test_a_relay_gets_credentials_for_one_hour_and_one_session() -> None:
    made = Reach(
        stun=["stun:127.0.0.1:3478"], turn=[TURN], secret=SECRET, relay_only=True, now_s=lambda: 1_700_000_000.9
    )
    configuration = made.configuration("00ff")
    username = "1700003600:00ff"
    expected = base64.b64encode(hmac.new(SECRET.encode(), username.encode(), hashlib.sha1).digest()).decode()
    assert configuration == {
        "iceServers": [
            {"urls": ["stun:127.0.0.1:3478"]},
            {"urls": [TURN], "username": username, "credential": expected},
        ],
        "iceTransportPolicy": "relay",
    }
    assert "north" not in str(configuration)


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"stun": ["http://x"]}, "--stun 'http://x' is no address of that kind: write stun:"),
        ({"turn": ["turn:x?transport=quic"], "secret": "s"}, "--turn 'turn:x[?]transport=quic'"),
        ({"turn": ["turn:1.2.3.4:99999"], "secret": "s"}, "--turn 'turn:1.2.3.4:99999' is no address"),
        ({"turn": ["turn:h.example:abc"], "secret": "s"}, "--turn 'turn:h.example:abc' is no address"),
        ({"stun": ["stun:1.2.3.4:0"]}, "--stun 'stun:1.2.3.4:0' is no address"),
        ({"stun": ["stun:h:1:2"]}, "--stun 'stun:h:1:2' is no address"),
        ({"turn": ["turn:[:::]:1"], "secret": "s"}, "is no address of that kind"),
        ({"stun": ["stun:h!:3478"]}, "--stun 'stun:h!:3478' is no address"),
        ({"secret": "s"}, "--turn-secret-file is of no use without --turn"),
        ({"turn": [TURN]}, "--turn needs --turn-secret-file"),
        ({"relay_only": True}, "--relay-only needs at least one --turn"),
    ],
)
def test_what_cannot_work_is_told_by_its_flag(options: dict[str, Any], said: str) -> None:
    with pytest.raises(ConfigError, match=said):
        Reach(**options)


def test_the_secret_is_the_first_line_of_a_file(tmp_path: Path) -> None:
    file = tmp_path / "secret"
    file.write_text("north\n", encoding="utf-8")
    assert (read_secret(file), read_secret(None)) == ("north", "")
    file.write_text("\n", encoding="utf-8")
    with pytest.raises(ConfigError, match="is empty"):
        read_secret(file)
    file.write_bytes(b"\xff\xfe")
    with pytest.raises(ConfigError, match="is not UTF-8 text"):
        read_secret(file)
    with pytest.raises(ConfigError, match="No such file"):
        read_secret(tmp_path / "absent")
