"""Who presses a participant's keys, or speaks for them by script; may be told to rest (igym_chaos.subjects.PlayerControl)."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from igym_harness.bots import KeyDevice


class Player:
    """Of one participant: plays through a keyboard, or by a script of one action for each frame, or not at all."""

    def __init__(self) -> None:
        self._keys: _Keys | None = None
        self._say: Callable[[list[int]], Awaitable[None]] | None = None
        self._actions: list[int] = []

    def at(self, keyboard: KeyDevice) -> KeyDevice:
        """The keyboard, whose keys only go down while the player does not rest."""
        self._keys = _Keys(keyboard)
        return self._keys

    async def script(self, actions: list[int], say: Callable[[list[int]], Awaitable[None]]) -> None:
        """Hands a script over by `say`, which replaces the one before; frames that it does not reach are idle."""
        self._actions, self._say = actions, say
        await say(actions)

    async def rest(self) -> None:
        if self._say is not None:
            await self._say([])
        if self._keys is not None:
            await self._keys.let_go()

    async def play_on(self) -> None:
        if self._say is not None:
            await self._say(self._actions)
        if self._keys is not None:
            self._keys.resting = False


class _Keys:
    """A keyboard that can be let go."""

    def __init__(self, keyboard: KeyDevice) -> None:
        self.resting = False
        self._keyboard = keyboard
        self._held: set[str] = set()

    async def down(self, key: str) -> None:
        if not self.resting:
            self._held.add(key)
            await self._keyboard.down(key)

    async def up(self, key: str) -> None:
        if key in self._held:
            self._held.discard(key)
            await self._keyboard.up(key)

    async def let_go(self) -> None:
        self.resting = True
        for key in sorted(self._held):
            await self.up(key)
