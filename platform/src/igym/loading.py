"""Finds an experiment: a Python file, or the name of a shipped example."""

from __future__ import annotations

import importlib.util
import sys
from dataclasses import dataclass
from pathlib import Path

from igym.errors import ConfigError
from igym.experiment import Experiment, nearest


@dataclass(frozen=True)
class Loaded:
    """An experiment and the folder that its paths are relative to."""

    experiment: Experiment
    file: Path

    @property
    def folder(self) -> Path:
        return self.file.parent


def load(name: str, examples: Path) -> Loaded:
    """Raises ConfigError for a file that is missing, does not run, or defines no experiment."""
    file = _find(name, examples)
    spec = importlib.util.spec_from_file_location(f"igym_experiment_{file.stem}", file)
    if spec is None or spec.loader is None:
        raise ConfigError(f"{file} is not a Python file")
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    try:
        spec.loader.exec_module(module)
    except ConfigError as error:
        raise ConfigError(f"{file.name}: {error}") from error
    except Exception as error:
        raise ConfigError(f"{file.name} cannot be run: {type(error).__name__}: {error}") from error
    experiment = getattr(module, "experiment", None)
    if not isinstance(experiment, Experiment):
        raise ConfigError(f"{file.name} defines no experiment: assign `experiment = igym.Experiment(...)`")
    return Loaded(experiment, file)


def _find(name: str, examples: Path) -> Path:
    if name.endswith(".py"):
        file = Path(name)
        if not file.is_file():
            raise ConfigError(f"there is no file {name}")
        return file.resolve()
    shipped = sorted(path.stem for path in examples.glob("*.py"))
    if name not in shipped:
        raise ConfigError(
            f"no experiment {name!r}: give a Python file or one of the examples; {nearest(name, shipped)}"
        )
    return examples / f"{name}.py"
