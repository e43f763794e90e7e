"""What can go wrong before a fault is even in force; never a fault's own effect."""

from __future__ import annotations


class ChaosError(Exception):
    """Base of everything this package raises; the message names the thing and the fix."""


class InjectorError(ChaosError):
    """An injector refused, or did not do what it said: the run is `broken`."""


class NotArmedError(InjectorError):
    """A network rule was asked of a page that was never armed: a late rule has no effect, or a changing one."""
