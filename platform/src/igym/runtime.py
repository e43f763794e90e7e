"""Everything that a page needs to run the game: Pyodide, archives, wheels, and the environment's entry point."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from igym import archives, inspection, packages
from igym.archives import Archive
from igym.assets import Assets
from igym.errors import ConfigError
from igym.loading import Loaded
from igym.packages import Wheel


@dataclass(frozen=True)
class Runtime:
    """What is told to the pages (`message`), and the files behind it."""

    message: Mapping[str, Any]
    archives: Mapping[str, Archive]
    wheels: Mapping[str, Wheel]
    spec: Mapping[str, Any] | None


def prepare(loaded: Loaded, assets: Assets) -> Runtime:
    """Resolves and checks everything now. Raises ConfigError or PackagesError."""
    game = loaded.experiment.game
    wheels = packages.resolve(
        loaded.experiment.packages,
        pyodide=assets.pyodide,
        pins=packages.pins_of(loaded.file),
        cache=packages.cache_folder(),
    )
    module, _, name = game.environment.rpartition(":")
    packed = [archives.package(assets.igym_env)]
    folder: Path | None = None
    if module.endswith(".py"):
        file = (loaded.folder / module).resolve()
        if not file.is_file():
            raise ConfigError(
                f"Game {game.id!r}: environment names the file {module}, which is not beside {loaded.file.name}"
            )
        folder, module = file.parent, file.stem
        packed.append(archives.modules(folder))
    entry = f"{module}:{name}"
    paths = [*([folder] if folder else []), *(wheel.path for wheel in wheels)]
    spec = inspection.inspect(game, entry=entry, paths=paths)
    message = {
        "pyodide_url": "/static/pyodide/",
        "archives": [{"url": one.url, "sha256": one.sha256} for one in packed],
        "wheels": [{"name": one.name, "url": one.url, "sha256": one.sha256} for one in wheels],
        "entry": entry,
        "kwargs": dict(game.environment_kwargs),
    }
    return Runtime(message, {one.url: one for one in packed}, {one.url: one for one in wheels}, spec)
