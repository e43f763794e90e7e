"""Canonical bytes back to leaves, and where two of them first differ: the field path of a desync report (DETECT-05)."""

from __future__ import annotations

from collections.abc import Iterator

Leaf = tuple[str, str]
"""A path such as value['cooks'][0]['x'], and the canonical text of what is there: i5; is an integer, f5.0; a float."""


def differences(a: bytes, b: bytes, limit: int = 20) -> list[dict[str, str | None]]:
    """[{"path", "a", "b"}] of at most `limit` leaves that differ; None: only the other side has this path. ValueError: no canonical bytes."""
    left, right = dict(leaves(a)), dict(leaves(b))
    paths = [*left, *(path for path in right if path not in left)]
    differing = [path for path in paths if left.get(path) != right.get(path)]
    return [{"path": path, "a": left.get(path), "b": right.get(path)} for path in differing[:limit]]


def leaves(data: bytes) -> list[Leaf]:
    """Every leaf, and every empty container, in the order of the bytes."""
    reader = _Reader(data)
    found = list(reader.value("value"))
    if reader.at != len(data):
        raise ValueError(f"{len(data) - reader.at} bytes follow the value")
    return found


class _Reader:
    def __init__(self, data: bytes) -> None:
        self._data = data
        self.at = 0

    def value(self, path: str) -> Iterator[Leaf]:
        tag = self._take(1)
        if tag in (b"N", b"T", b"F"):
            yield path, tag.decode()
        elif tag in (b"i", b"f"):
            yield path, f"{tag.decode()}{self._until(b';')};"
        elif tag in (b"s", b"b"):
            yield path, f"{tag.decode()}{self._take(int(self._until(b':')))!r}"
        elif tag in (b"l", b"t", b"d", b"e"):
            yield from self._container(tag.decode(), path)
        elif tag == b"a":
            yield f"{path}.shape", self._until(b";")
            yield from self.value(path)
        else:
            raise ValueError(f"no value begins with {tag!r} (byte {self.at - 1})")

    def _container(self, tag: str, path: str) -> Iterator[Leaf]:
        count = int(self._until(b":"))
        if count == 0:
            yield path, f"{tag}0"
        for index in range(count):
            if tag == "d":
                start = self.at
                key = list(self.value("key"))
                name = key[0][1] if len(key) == 1 else repr(self._data[start : self.at])
                yield from self.value(f"{path}[{_shown(name)}]")
            else:
                yield from self.value(f"{path}[{index}]")

    def _until(self, mark: bytes) -> str:
        end = self._data.find(mark, self.at)
        if end == -1:
            raise ValueError(f"the bytes end before {mark!r}")
        text = self._data[self.at : end].decode()
        self.at = end + 1
        return text

    def _take(self, count: int) -> bytes:
        if self.at + count > len(self._data):
            raise ValueError("the bytes end within a value")
        self.at += count
        return self._data[self.at - count : self.at]


def _shown(canonical: str) -> str:
    """A dict's key as one would write it: sb'x' is 'x', i5; is 5."""
    if canonical.startswith("sb"):
        return canonical[2:]
    return canonical[1:-1] if canonical.startswith(("i", "f")) else canonical
