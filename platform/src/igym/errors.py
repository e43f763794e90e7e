"""Errors that name the field and the fix. Everything else is a bug and keeps its traceback."""

from __future__ import annotations


class IgymError(Exception):
    """Base: the command line prints its text and no traceback."""


class ConfigError(IgymError):
    """An experiment, an option or a command line that cannot be served."""


class PartsError(IgymError):
    """A part that should lie on this machine does not: what, and how to get it."""


class PackagesError(IgymError):
    """A package of the environment could not be resolved or is not what was pinned."""
