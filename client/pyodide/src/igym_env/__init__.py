"""Python that runs in the worker and in CPython: the environment contract, canonical encoding, the host of a world.

Standard library only. An environment imports from here what must be equal everywhere: `Generator`, `state_hash`.
"""

from igym_env.contract import ContractError, check
from igym_env.encoding import EncodingError, encode, state_hash
from igym_env.rng import Generator
from igym_env.seeds import episode_seed

__all__ = ["ContractError", "EncodingError", "Generator", "check", "encode", "episode_seed", "state_hash"]
