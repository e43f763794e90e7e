"""An altered upload is well formed, and names what was altered; a held arming comes with the first later rule."""

from __future__ import annotations

import hashlib
import json
from typing import Any

import pytest

from igym_harness.sabotage import RULE_COMMAND, Alteration, HeldArming, UploadAlterer


def row(frame: int) -> str:
    value = {"frame": frame, "rewards": [0, 1.0], "infos": [{}, {"x": float("nan")}], "actions": [1, 2]}
    return json.dumps(value, sort_keys=True, separators=(",", ":"))


def chunk(seq: int, *, seat: int = 1, episode: int = 0) -> dict[str, Any]:
    rows = [row(6), row(7)]
    return {
        "session_id": "s",
        "episode": episode,
        "seat": seat,
        "kind": "rows",
        "seq": seq,
        "first_frame": 6,
        "last_frame": 7,
        "rows": rows,
        "sha256": hashlib.sha256("\n".join(rows).encode()).hexdigest(),
    }


def frame_text(payload: dict[str, Any], head: str = "4217") -> str:
    return head + json.dumps(["data_chunk", payload])


def test_one_reward_of_one_row_is_changed_and_the_digest_fits() -> None:
    alterer = UploadAlterer()
    text = alterer.message(frame_text(chunk(1)))
    assert text.startswith('4217["data_chunk",')
    _, payload = json.loads(text.removeprefix("4217"))
    assert alterer.done == Alteration(episode=0, seat=1, frame=6, column="rewards.1", was=1.0, now=2.0)
    assert payload["rows"][0] == row(6).replace('"rewards":[0,1.0]', '"rewards":[0,2.0]')
    assert payload["rows"][1] == row(7)
    assert payload["sha256"] == hashlib.sha256("\n".join(payload["rows"]).encode()).hexdigest()
    untouched = {key: value for key, value in chunk(1).items() if key not in ("rows", "sha256")}
    assert {key: payload[key] for key in untouched} == untouched


def test_a_repeated_sending_is_changed_alike() -> None:
    alterer = UploadAlterer()
    assert alterer.message(frame_text(chunk(1))) == alterer.message(frame_text(chunk(1)))


def test_an_integer_reward_stays_an_integer() -> None:
    alterer = UploadAlterer()
    alterer.message(frame_text(chunk(1, seat=0)))
    assert alterer.done is not None
    assert (alterer.done.was, alterer.done.now) == (0, 1)
    assert isinstance(alterer.done.now, int)


@pytest.mark.parametrize(
    "text",
    [
        "2",
        "40",
        '42["page_ping",{"seq":1}]',
        '4317[{"ok":true}]',
        frame_text(chunk(1, episode=1)),
        frame_text({**chunk(1), "rows": []}),
        frame_text({**chunk(1), "kind": "local"}),
        frame_text({**chunk(0), "first_frame": 0}),
    ],
)
def test_everything_else_passes_untouched(text: str) -> None:
    alterer = UploadAlterer()
    assert alterer.message(text) == text
    assert alterer.done is None


def test_a_namespace_is_kept() -> None:
    assert UploadAlterer().message(frame_text(chunk(1), head="42/game,3")).startswith('42/game,3["data_chunk",')


async def test_the_arming_rule_is_delivered_only_with_the_first_later_rule() -> None:
    sent: list[tuple[str, dict[str, Any]]] = []

    async def send(method: str, params: dict[str, Any]) -> dict[str, Any]:
        sent.append((method, params))
        return {}

    held = HeldArming(send)
    await held("Network.enable", {})
    await held(RULE_COMMAND, {"neutral": True})
    assert sent == [("Network.enable", {})]
    await held(RULE_COMMAND, {"latency": 100})
    await held(RULE_COMMAND, {"neutral": True})
    assert [params for _, params in sent[1:]] == [{"neutral": True}, {"latency": 100}, {"neutral": True}]


async def test_an_arming_that_never_comes_is_swallowed_for_good() -> None:
    """SAB-02: the later rule comes alone."""
    sent: list[dict[str, Any]] = []

    async def send(method: str, params: dict[str, Any]) -> dict[str, Any]:
        sent.append(params)
        return {}

    held = HeldArming(send, late=False)
    await held(RULE_COMMAND, {"neutral": True})
    await held(RULE_COMMAND, {"latency": 100})
    assert sent == [{"latency": 100}]
