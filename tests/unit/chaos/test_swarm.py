"""A swarm is a real scenario, the same for the same seed, and different for others."""

from __future__ import annotations

from collections import Counter

from igym_chaos import swarm
from igym_chaos.draft import checked, text
from igym_chaos.faults import KINDS, fault_class

SEEDS = range(60)


def test_every_seed_gives_a_scenario_that_can_be_run() -> None:
    for seed in SEEDS:
        scenario = checked(swarm.draw(seed))
        assert 2 <= len(scenario.faults) <= 5
        assert set(scenario.expect.outcomes.values()) == {"completed"}


def test_a_seed_is_its_text() -> None:
    texts = {text(swarm.draw(seed)) for seed in SEEDS}
    assert len(texts) == len(SEEDS)
    assert all(text(swarm.draw(seed)) in texts for seed in SEEDS)


def test_every_kind_that_a_swarm_may_use_comes_up() -> None:
    seen = Counter(fault.do for seed in SEEDS for fault in checked(swarm.draw(seed)).faults)
    wanted = {one.do for one in (*swarm.CDP, *swarm.RELAY, *swarm.PAGES, *swarm.SERVER)}
    assert set(seen) == wanted


def test_what_a_swarm_may_use_exists_and_takes_the_ends_of_its_ranges() -> None:
    for one in (*swarm.CDP, *swarm.RELAY, *swarm.PAGES, *swarm.SERVER):
        assert one.do in KINDS
        for end in (0, 1):
            fault_class(one.do, one.via)(**{name: limits[end] for name, limits in one.ranges.items()})


def test_faults_of_one_lane_do_not_overlap() -> None:
    for seed in SEEDS:
        spans: dict[bool, list[tuple[float, float]]] = {True: [], False: []}
        for fault in checked(swarm.draw(seed)).faults:
            start_s = float(str(fault.at).removeprefix("play+").removesuffix("ms").removesuffix("s"))
            start_s = start_s / 1000 if str(fault.at).endswith("ms") else start_s
            assert fault.for_s is not None
            spans[fault.do.startswith("signal.")].append((start_s, start_s + fault.for_s))
        for lane in spans.values():
            for (_, end_s), (start_s, _) in zip(sorted(lane), sorted(lane)[1:], strict=False):
                assert start_s >= end_s + swarm.SETTLE_S + 1.0, (
                    "the next fault is not in the recovery window of the one before"
                )
