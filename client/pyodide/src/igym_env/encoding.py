"""Canonical bytes of plain data, and the one hash function of the product (HASH-02, HASH-03).

Every value starts with a type tag; containers and texts carry their length; keys are sorted by their encoded bytes.

    N none · T true · F false · i integer · f float · s text · b bytes · l list · t tuple · d dict · e set

Floats are rounded to 10 decimals (half to even), so that -0 is 0; NaN is one value whatever its bits; infinities have their own texts.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from functools import lru_cache
from hashlib import sha256
from operator import itemgetter
from typing import Any

from igym_env.forms import Place, compiled, merged, seen

DECIMALS = 10


class EncodingError(TypeError):
    """A value that has no canonical form; the message names its path."""


def encode(value: Any) -> bytes:
    """Canonical bytes of None, bool, int, float, str, bytes, list, tuple, dict, set, frozenset, and NumPy scalars and arrays.

    Raises EncodingError naming the path of anything else.
    """
    try:
        return _encoded(value)
    except _NoFormError:
        _find(value, "value")
        raise


def state_hash(value: Any) -> str:
    """First 8 bytes of SHA-256 of the canonical bytes, as 16 hex characters."""
    return sha256(encode(value)).hexdigest()[:16]


def short_hash(data: bytes) -> str:
    """The same of bytes that are encoded already."""
    return sha256(data).hexdigest()[:16]


class _NoFormError(TypeError):
    """Somewhere in there; where is looked for afterwards, so that encoding need not carry a path along."""


KEY_SETS_KEPT = 1024
COMPILED_AFTER = 30
"""Dicts of one shape."""
INTEGERS = frozenset({int})


def _encoded(value: Any) -> bytes:
    writer = _WRITERS.get(type(value))
    return writer(value) if writer is not None else _other(value)


def _none(_value: None) -> bytes:
    return b"N"


def _bool(value: bool) -> bytes:
    return b"T" if value else b"F"


def _int(value: int) -> bytes:
    return b"i%d;" % value


def _float(value: float) -> bytes:
    if math.isfinite(value):
        return b"f%s;" % repr(round(value, DECIMALS) + 0.0).encode()
    return b"fnan;" if value != value else b"f+inf;" if value > 0 else b"f-inf;"


def _str(value: str) -> bytes:
    data = value.encode("utf-8", "surrogatepass")
    return b"s%d:%b" % (len(data), data)


def _bytes(value: bytes | bytearray) -> bytes:
    return b"b%d:%b" % (len(value), bytes(value))


def _list(value: list[Any]) -> bytes:
    if not value:
        return b"l0:"
    if INTEGERS.issuperset(map(type, value)):
        return _integers(b"l", len(value)) % tuple(value)
    return b"l%d:%b" % (len(value), b"".join([_WRITERS.get(type(item), _other)(item) for item in value]))


def _tuple(value: tuple[Any, ...]) -> bytes:
    if not value:
        return b"t0:"
    if INTEGERS.issuperset(map(type, value)):
        return _integers(b"t", len(value)) % value
    return b"t%d:%b" % (len(value), b"".join([_WRITERS.get(type(item), _other)(item) for item in value]))


@lru_cache(maxsize=KEY_SETS_KEPT)
def _integers(tag: bytes, count: int) -> bytes:
    """A form for a run of integers, which states mostly are: formatted in one go."""
    return b"%b%d:" % (tag, count) + b"i%d;" * count


def _dict(value: dict[Any, Any]) -> bytes:
    form = _form(tuple(value))
    if form.compiled is not None and (data := form.compiled(value)) is not None:
        return data
    return form.write(value)


class _Form:
    """How dicts with these keys are written: one that comes again and again is compiled with all that is in it, see `forms`."""

    __slots__ = ("_patience", "_tree", "_uses", "compiled")

    def __init__(self) -> None:
        self._uses = 0
        self._patience = COMPILED_AFTER
        self._tree: Place | None = None
        self.compiled: Callable[[dict[Any, Any]], bytes | None] | None = None

    def write(self, value: dict[Any, Any]) -> bytes:
        """What is compiled does not fit, or nothing is."""
        keys, types = tuple(value), tuple(map(type, value.values()))
        if not all(isinstance(key, str) for key in keys):
            # 1, 1.0 and True are one key of a cache, and not one of ours.
            return _Shape(keys, types).write(value)
        self._uses += 1
        if self._uses == self._patience:
            self._learn(value)
        return _shape(keys, types).write(value)

    def _learn(self, value: dict[str, Any]) -> None:
        """The next time comes twice as late: to compile a form costs as much as to write forty values."""
        self._uses, self._patience = 0, 2 * self._patience
        self._tree = seen(value) if self._tree is None else merged(self._tree, seen(value))
        self.compiled = None if self._tree.within is None else compiled(self._tree, _writer, _str)


class _Shape:
    """How a dict with these keys, whose values have these types, is written: one text with a place for each value."""

    __slots__ = ("_form", "_keys", "_writers")

    def __init__(self, keys: tuple[Any, ...], types: tuple[type, ...]) -> None:
        encoded = [_str(key) if isinstance(key, str) else _encoded(key) for key in keys]
        parts = sorted(zip(encoded, keys, types, strict=True), key=itemgetter(0))
        places = (key.replace(b"%", b"%%") + (b"i%d;" if kind is int else b"%b") for key, _, kind in parts)
        self._form = b"d%d:" % len(keys) + b"".join(places)
        self._keys = [key for _, key, _ in parts]
        self._writers = [int if kind is int else _WRITERS.get(kind, _other) for _, _, kind in parts]

    def write(self, value: dict[Any, Any]) -> bytes:
        return self._form % tuple([write(value[key]) for write, key in zip(self._writers, self._keys, strict=True)])


def _writer(kind: type | None) -> Callable[[Any], bytes]:
    return _encoded if kind is None else _WRITERS.get(kind, _other)


@lru_cache(maxsize=KEY_SETS_KEPT)
def _form(_keys: tuple[Any, ...]) -> _Form:
    return _Form()


@lru_cache(maxsize=KEY_SETS_KEPT)
def _shape(keys: tuple[Any, ...], types: tuple[type, ...]) -> _Shape:
    return _Shape(keys, types)


def _set(value: set[Any] | frozenset[Any]) -> bytes:
    return b"e%d:%b" % (len(value), b"".join(sorted(map(_encoded, value))))


_WRITERS: dict[type, Callable[[Any], bytes]] = {
    type(None): _none,
    bool: _bool,
    int: _int,
    float: _float,
    str: _str,
    bytes: _bytes,
    bytearray: _bytes,
    list: _list,
    tuple: _tuple,
    dict: _dict,
    set: _set,
    frozenset: _set,
}


def _other(value: Any) -> bytes:
    """NumPy's scalars and arrays, known by their dtype; NumPy itself is never imported."""
    if not _is_array(value):
        raise _NoFormError(type(value).__name__)
    plain = value.tolist()
    if type(plain) not in _WRITERS:
        raise _NoFormError(type(plain).__name__)
    return _encoded(plain) if value.shape == () else b"a%s;%b" % (str(tuple(value.shape)).encode(), _encoded(plain))


def _is_array(value: Any) -> bool:
    return hasattr(value, "dtype") and hasattr(value, "tolist") and hasattr(value, "shape")


def _find(value: Any, path: str) -> None:
    """Raises EncodingError with the path of the first value that has no canonical form."""
    kind = type(value)
    if kind is dict:
        for key, item in value.items():
            _find(key, f"{path} key {key!r}")
            _find(item, f"{path}[{key!r}]")
    elif kind in (list, tuple):
        for index, item in enumerate(value):
            _find(item, f"{path}[{index}]")
    elif kind in (set, frozenset):
        for item in value:
            _find(item, f"{path} member {item!r}")
    elif kind in _WRITERS:
        return
    elif _is_array(value):
        if type(value.tolist()) not in _WRITERS:
            raise EncodingError(f"{path}: an array of {value.dtype} has no canonical form; give numbers, text or bytes")
        _find(value.tolist(), path)
    else:
        raise EncodingError(
            f"{path}: {kind.__name__} has no canonical form; give None, bool, int, float, str, bytes, list, tuple, dict or set"
        )
