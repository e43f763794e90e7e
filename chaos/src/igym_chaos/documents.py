"""Oracles of the documents that a page shows one after the other, shared by the faults that make it show another one."""

from __future__ import annotations

from collections.abc import Sequence

from igym_chaos.fault import MeterSample, Telemetry, Window

CLOSED_MS = 1_000.0
"""A page that is loaded again closes its connections at once: peers see it within 0.2 s (chaos handbook B43), a second at most."""


def newcomers(telemetry: Telemetry, name: str, window: Window, baseline: Window) -> list[MeterSample]:
    """The first look at each document of the window that was not there in the baseline, oldest first."""
    before = {sample.document for sample in telemetry.meters(name, baseline)}
    first: dict[float, MeterSample] = {}
    for sample in telemetry.meters(name, window):
        if sample.document not in before:
            first.setdefault(sample.document, sample)
    return list(first.values())


def others_renewed(telemetry: Telemetry, others: Sequence[str], window: Window, baseline: Window) -> list[str]:
    """Others whose page is another document than before, or was hidden."""
    return [
        name
        for name in others
        if newcomers(telemetry, name, window, baseline) or any(one.hidden for one in telemetry.meters(name, window))
    ]
