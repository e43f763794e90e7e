"""Oracles of the documents that a page shows one after the other, shared by the faults that make it show another one."""

from __future__ import annotations

from collections.abc import Sequence

from igym_chaos.samples import MeterSample, Telemetry, Window


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
