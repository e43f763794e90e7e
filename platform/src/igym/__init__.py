"""What a researcher imports: an experiment is scenes in a list, one of them a game.

import igym

experiment = igym.Experiment(id="kitchen", title="A small kitchen", scenes=[igym.Page(...), igym.Game(...), igym.ThankYou(...)])
"""

from igym.errors import ConfigError, IgymError
from igym.experiment import Experiment, Game, Page, ThankYou

__all__ = ["ConfigError", "Experiment", "Game", "IgymError", "Page", "ThankYou"]
