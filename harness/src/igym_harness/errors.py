"""How a run can go wrong: each error names its verdict at the start of its text (chaos.md 8)."""

from __future__ import annotations


class HarnessError(Exception):
    """The harness could not do its work: verdict `broken`."""

    def __init__(self, message: str) -> None:
        super().__init__(f"broken: {message}")
        self.reason = message


class MissingPart(HarnessError):  # noqa: N818 - the name that reports show
    """A real part (browser, Toxiproxy, ...) is not on this machine; one line says how to get it."""

    def __init__(self, part: str, remedy: str) -> None:
        super().__init__(f"{part} is missing: {remedy}")
        self.part = part
        self.remedy = remedy


class DeadlineError(HarnessError):
    """A published state did not appear in time."""


class FaultNotInEffect(Exception):  # noqa: N818 - the name that reports show
    """A fault was requested and not measured: verdict `unknown`."""

    def __init__(self, message: str) -> None:
        super().__init__(f"unknown: {message}")


class InvariantViolated(AssertionError):  # noqa: N818 - the name that reports show
    """A checker found a violation of the product's promises: verdict `fail`."""


class UsageError(Exception):
    """The command line or a file named on it is wrong: exit 4."""
