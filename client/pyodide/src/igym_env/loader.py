"""Finds an environment by its name, "module:Class" or "path/to/file.py:Class", and makes an instance that passed the contract."""

from __future__ import annotations

import importlib
import importlib.util
import sys
from pathlib import Path
from typing import Any

from igym_env.contract import ContractError, check


def load(entry: str, kwargs: dict[str, Any] | None = None) -> Any:
    """The environment named by `entry`, made with `kwargs`; ContractError says what is wrong with either."""
    place, separator, name = entry.rpartition(":")
    if not separator or not place or not name:
        raise ContractError(f'environment "{entry}": write "module:Class" or "path/to/file.py:Class"')
    module = _from_file(Path(place), entry) if place.endswith(".py") else _from_name(place, entry)
    factory = getattr(module, name, None)
    if factory is None:
        raise ContractError(f'environment "{entry}": {place} has no {name}')
    try:
        environment = factory(**(kwargs or {}))
    except TypeError as error:
        raise ContractError(f'environment "{entry}": cannot be made with {kwargs or {}}: {error}') from error
    check(environment)
    return environment


def _from_name(module: str, entry: str) -> Any:
    try:
        return importlib.import_module(module)
    except ModuleNotFoundError as error:
        raise ContractError(
            f'environment "{entry}": no module {error.name}; name its package in `packages`, or mend the path'
        ) from error


def _from_file(path: Path, entry: str) -> Any:
    if not path.is_file():
        raise ContractError(f'environment "{entry}": there is no file {path}')
    folder = str(path.resolve().parent)
    if folder not in sys.path:
        sys.path.insert(0, folder)  # its neighbours come before whatever has their names elsewhere, as in the browser
    spec = importlib.util.spec_from_file_location(path.stem, path)
    if spec is None or spec.loader is None:
        raise ContractError(f'environment "{entry}": {path} is not a Python file')
    module = importlib.util.module_from_spec(spec)
    sys.modules[path.stem] = module
    try:
        spec.loader.exec_module(module)
    except ModuleNotFoundError as error:
        raise ContractError(
            f'environment "{entry}": no module {error.name}; name its package in `packages`, or mend the path'
        ) from error
    return module
