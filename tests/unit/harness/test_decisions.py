"""What the relay decided is kept by packet index, and compared by a digest that packets' times and sizes do not change."""

from __future__ import annotations

from igym_chaos.impairment import Policy, plan
from igym_chaos.relay import Passed
from igym_harness.decisions import DIGESTED, digest_lines, packet_lines

LOSSY = Policy(loss=0.2, jitter_ms=5.0, delay_ms=5.0)


def passed(
    count: int, *, seed: int = 7, t_ms: float = 0.0, size: int = 60, way: tuple[str, str] = ("a", "b")
) -> list[Passed]:
    sender, receiver = way
    fates = plan(LOSSY, count, seed=seed, sender=sender, receiver=receiver)
    return [
        Passed(t_ms + at, sender, receiver, size, 5000, None if fate.dropped else t_ms, 1, (("p2p.loss/7", fate),))
        for at, fate in enumerate(fates)
    ]


def test_one_seed_has_one_digest_whenever_and_however_long_the_packets_are() -> None:
    first, second = digest_lines(passed(2_500)), digest_lines(passed(2_100, t_ms=9_000.0, size=1_200))
    assert first == second
    assert (first[0]["way"], first[0]["n"]) == ("a>b", DIGESTED)


def test_another_seed_has_another_digest() -> None:
    assert digest_lines(passed(2_000))[0]["sha256"] != digest_lines(passed(2_000, seed=8))[0]["sha256"]


def test_a_run_with_fewer_packets_says_how_many() -> None:
    assert digest_lines(passed(321))[0]["n"] == 321


def test_directions_are_digested_apart() -> None:
    lines = digest_lines([*passed(10), *passed(20, way=("b", "a"))])
    assert [(line["way"], line["n"]) for line in lines] == [("a>b", 10), ("b>a", 20)]
    assert lines[0]["sha256"] != lines[1]["sha256"]


def test_every_decision_is_kept_with_its_index() -> None:
    packets = passed(50)
    lines = packet_lines(packets)
    assert [line["index"] for line in lines] == list(range(50))
    assert [line["dropped"] for line in lines] == [packet.dropped for packet in packets]


def test_a_packet_that_no_fault_decided_leaves_no_line() -> None:
    clean = [Passed(1.0, "a", "b", 60, 5000, 1.0, 1, ())]
    assert packet_lines(clean) == digest_lines(clean) == []
