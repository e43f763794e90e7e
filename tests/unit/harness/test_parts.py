"""Finding the real parts."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from igym_harness.errors import HarnessError, MissingPart
from igym_harness.parts import find_browser, find_toxiproxy, find_turnserver


def program(path: Path) -> Path:
    path.write_text("#!/bin/sh\n", encoding="utf-8")
    path.chmod(0o755)
    return path


def path_with(**programs: Path) -> Callable[[str], str | None]:
    known = {name.replace("_", "-"): str(path) for name, path in programs.items()}
    return known.get


def test_the_option_wins_over_the_environment_and_that_over_path(tmp_path: Path) -> None:
    one, two, three = (program(tmp_path / name) for name in ("one", "two", "three"))
    which, environ = path_with(chromium=three), {"IGYM_BROWSER": str(two)}
    assert find_browser(str(one), own=None, environ=environ, which=which).executable == one
    assert find_browser(None, own=None, environ=environ, which=which).executable == two
    assert find_browser(None, own=None, environ={}, which=which).executable == three


def test_playwrights_own_is_the_last_resort(tmp_path: Path) -> None:
    own = program(tmp_path / "own")
    assert find_browser(None, own=own, environ={}, which=path_with()).executable == own


def test_a_channel_is_a_choice_of_its_own() -> None:
    part = find_browser("msedge", own=None, environ={}, which=path_with())
    assert (part.executable, part.channel) == (None, "msedge")


@pytest.mark.parametrize("option", [None, "/nowhere/chromium"])
def test_a_missing_browser_says_how_to_get_one_in_one_line(option: str | None, tmp_path: Path) -> None:
    with pytest.raises(MissingPart) as caught:
        find_browser(option, own=tmp_path / "absent", environ={}, which=path_with())
    text = str(caught.value)
    assert text.startswith("broken: ")
    assert "install the package chromium" in text
    assert "\n" not in text
    assert isinstance(caught.value, HarnessError)


def test_toxiproxy_is_found_or_missed_in_the_same_way(tmp_path: Path) -> None:
    binary = program(tmp_path / "toxiproxy-server")
    assert find_toxiproxy(None, environ={}, which=path_with(toxiproxy_server=binary)) == binary
    assert find_toxiproxy(None, environ={"IGYM_TOXIPROXY": str(binary)}, which=path_with()) == binary
    with pytest.raises(MissingPart, match="nox -s parts"):
        find_toxiproxy(None, environ={}, which=path_with())
    with pytest.raises(MissingPart, match="no program"):
        find_toxiproxy(str(tmp_path), environ={}, which=path_with())


def test_coturn_is_found_by_its_variable_or_on_path_and_missed_with_the_remedy(tmp_path: Path) -> None:
    one, two = (program(tmp_path / name) for name in ("one", "two"))
    assert find_turnserver(environ={"IGYM_TURNSERVER": str(one)}, which=path_with(turnserver=two)) == one
    assert find_turnserver(environ={}, which=path_with(turnserver=two)) == two
    with pytest.raises(MissingPart, match="install the package coturn"):
        find_turnserver(environ={}, which=path_with())
