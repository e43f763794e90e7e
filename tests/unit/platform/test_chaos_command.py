"""`igym chaos` is the harness's own command; without the harness it says how to get it."""

from __future__ import annotations

from typing import Any

import pytest

from igym import chaos_command
from igym.__main__ import main


class Entry:
    def __init__(self, answer: Any) -> None:
        self.answer = answer

    def load(self) -> Any:
        if isinstance(self.answer, Exception):
            raise self.answer
        return self.answer


def test_words_and_exit_code_are_the_harness_s_own(monkeypatch: pytest.MonkeyPatch) -> None:
    heard: list[list[str]] = []

    def command(arguments: list[str]) -> int:
        heard.append(arguments)
        return 2

    monkeypatch.setattr(chaos_command, "entry_points", lambda **_: [Entry(command)])
    assert main(["chaos", "p2p-loss-15", "--seed", "41"]) == 2
    assert heard == [["p2p-loss-15", "--seed", "41"]]


def test_a_mistake_is_a_usage_error_of_the_harness(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["chaos", "no-such-scenario"]) == 4
    assert 'no scenario "no-such-scenario"' in capsys.readouterr().err


@pytest.mark.parametrize("found", [[], [Entry(ModuleNotFoundError("no", name="playwright"))]])
def test_without_the_harness_it_says_how_to_get_it(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], found: list[Entry]
) -> None:
    monkeypatch.setattr(chaos_command, "entry_points", lambda **_: found)
    assert main(["chaos", "--list"]) == 3
    assert "pip install 'interactive-gym[chaos]'" in capsys.readouterr().err
