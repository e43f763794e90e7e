"""One owner of a page's rules: armed first, never emptied, knobs that do not forget each other."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from igym_chaos.cdp import COMMAND, NEUTRAL, NetworkRules
from igym_chaos.errors import InjectorError, NotArmedError


class Session:
    """A CDP session that remembers, and lets others run before it answers."""

    def __init__(self) -> None:
        self.sent: list[dict[str, Any]] = []

    async def send(self, method: str, parameters: dict[str, Any]) -> None:
        assert method == COMMAND
        for _ in range(3):
            await asyncio.sleep(0)
        self.sent.append(parameters)

    @property
    def last(self) -> dict[str, Any]:
        entry: dict[str, Any] = self.sent[-1]["matchedNetworkConditions"][-1]
        return {key: value for key, value in entry.items() if NEUTRAL.get(key) != value and key != "urlPattern"}


async def armed(spared: tuple[str, ...] = ()) -> tuple[NetworkRules, Session]:
    session = Session()
    rules = NetworkRules(session.send, spared_urls=spared)
    await rules.arm()
    return rules, session


async def test_a_page_that_was_not_armed_is_refused() -> None:
    session = Session()
    with pytest.raises(NotArmedError, match="not armed before its first navigation"):
        await NetworkRules(session.send).set(latency=100)
    assert session.sent == []


async def test_knobs_add_up_and_are_taken_back_one_by_one() -> None:
    rules, session = await armed()
    await rules.set(latency=50)
    await rules.set(packetLoss=15)
    assert session.last == {"latency": 50, "packetLoss": 15}
    await rules.reset("latency")
    assert session.last == {"packetLoss": 15}
    await rules.neutral()
    assert session.last == {}


async def test_two_faults_that_begin_together_both_hold() -> None:
    rules, session = await armed()
    await asyncio.gather(rules.set(latency=50), rules.set(packetLoss=15))
    assert session.last == {"latency": 50, "packetLoss": 15}
    await asyncio.gather(rules.reset("latency"), rules.reset("packetLoss"))
    assert session.last == {}


async def test_the_list_is_never_empty_and_the_server_is_spared() -> None:
    rules, session = await armed(("http://127.0.0.1:1/*",))
    await rules.set(latency=50)
    await rules.neutral()
    for sent in session.sent:
        first, last = sent["matchedNetworkConditions"]
        assert (first["urlPattern"], last["urlPattern"]) == ("http://127.0.0.1:1/*", "")
        assert first["latency"] == 0
        assert sent["offline"] is False


async def test_what_was_not_sent_is_not_in_force() -> None:
    broken = False

    async def send(method: str, parameters: dict[str, Any]) -> None:
        if broken:
            raise ConnectionError("the page is gone")

    rules = NetworkRules(send)
    await rules.arm()
    await rules.set(latency=50)
    broken = True
    with pytest.raises(ConnectionError):
        await rules.set(packetLoss=15)
    assert rules.knobs == {"latency": 50}


NONSENSE: list[tuple[dict[str, float], str]] = [
    ({"lag": 1}, "unknown knob 'lag'"),
    ({"packetLoss": 101}, "0 to 100"),
    ({"latency": -1}, "latency is -1"),
    ({"latency": 60_001}, "0 to 60000"),
    ({"latency": float("nan")}, "latency is nan"),
    ({"uploadThroughput": -2}, "-1 to"),
    ({"packetQueueLength": -1}, "0 to 100000"),
    ({"latency": 5, "packetLoss": 101}, "packetLoss is 101"),
]


@pytest.mark.parametrize(("knobs", "said"), NONSENSE)
async def test_nonsense_is_refused_before_it_is_sent(knobs: dict[str, float], said: str) -> None:
    rules, session = await armed()
    with pytest.raises(InjectorError) as caught:
        await rules.set(**knobs)
    assert said in str(caught.value)
    assert len(session.sent) == 1
