"""A failing scenario becomes as small as it can be while it fails; what passes is never taken."""

from __future__ import annotations

from igym_chaos import scenario as scenarios
from igym_chaos import schedule, swarm
from igym_chaos.draft import Draft, checked, of_lock, text
from igym_chaos.shrinking import shrink, smaller


def always() -> bool:
    return True


def four() -> Draft:
    scenario = scenarios.find("p2p-four-loss-5")
    return of_lock(scenario, schedule.plan(scenario, seed=72))


async def test_only_the_fault_that_matters_is_left_and_only_two_people() -> None:
    async def fails(draft: Draft) -> bool:
        return any(fault["do"] == "p2p.loss" for fault in draft.get("fault", ()))

    found = await shrink(four(), fails, time_left=always)
    assert [fault["do"] for fault in found.draft["fault"]] == ["p2p.loss"]
    assert list(found.draft["participants"]) == ["a", "b"]
    assert found.draft["fault"][0]["with"]["percent"] < 1
    checked(found.draft)


async def test_a_failure_that_needs_everything_stays_whole() -> None:
    whole = four()

    async def fails(draft: Draft) -> bool:
        return text(draft) == text(whole)

    found = await shrink(whole, fails, time_left=always)
    assert found.draft == whole
    assert found.tried
    assert not any(still for _, still in found.tried)


async def test_a_failure_without_any_fault_has_none_left() -> None:
    async def fails(_: Draft) -> bool:
        return True

    found = await shrink(swarm.draw(5), fails, time_left=always)
    assert "fault" not in found.draft
    assert len(found.draft["participants"]) == 2


async def test_when_the_time_is_over_it_says_so() -> None:
    async def fails(_: Draft) -> bool:
        return True

    found = await shrink(four(), fails, time_left=lambda: False)
    assert found.out_of_time
    assert found.draft == four()


def test_every_step_can_be_run_and_is_another_scenario() -> None:
    whole = swarm.draw(11)
    steps = list(smaller(whole))
    assert len({text(one.draft) for one in steps}) == len(steps)
    for one in steps:
        checked(one.draft)
        assert text(one.draft) != text(whole)


async def test_lengths_and_times_become_short_and_round() -> None:
    async def fails(draft: Draft) -> bool:
        return len(draft.get("fault", ())) >= 1 and draft["fault"][0]["do"] == "p2p.blackout"

    scenario = scenarios.find("p2p-blackout-2s")
    found = await shrink(of_lock(scenario, schedule.plan(scenario, seed=1)), fails, time_left=always)
    assert found.draft["fault"][0]["for"] == "1s"
