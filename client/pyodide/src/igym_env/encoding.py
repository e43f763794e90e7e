"""Canonical bytes of plain data, and the one hash function of the product (HASH-02, HASH-03).

Every value starts with a type tag; containers and texts carry their length; keys are sorted by their encoded bytes.

    N none · T true · F false · i integer · f float · s text · b bytes · l list · t tuple · d dict · e set

Floats are rounded to 10 decimals (half to even), so that -0 is 0; NaN is one value whatever its bits; infinities have their own texts.
"""

from __future__ import annotations

import hashlib
import math
from collections.abc import Callable
from typing import Any

DECIMALS = 10


class EncodingError(TypeError):
    """A value that has no canonical form; the message names its path."""


def encode(value: Any) -> bytes:
    """Canonical bytes of None, bool, int, float, str, bytes, list, tuple, dict, set, frozenset, and NumPy scalars and arrays.

    Raises EncodingError naming the path of anything else.
    """
    chunks: list[bytes] = []
    _encode(value, chunks.append, "value")
    return b"".join(chunks)


def state_hash(value: Any) -> str:
    """First 8 bytes of SHA-256 of the canonical bytes, as 16 hex characters."""
    return short_hash(encode(value))


def short_hash(data: bytes) -> str:
    """The same of bytes that are encoded already."""
    return hashlib.sha256(data).hexdigest()[:16]


Put = Callable[[bytes], None]


def _encode(value: Any, put: Put, path: str) -> None:
    writer = _WRITERS.get(type(value))
    if writer is not None:
        writer(value, put, path)
    else:
        _encode_other(value, put, path)


def _none(_value: None, put: Put, _path: str) -> None:
    put(b"N")


def _bool(value: bool, put: Put, _path: str) -> None:
    put(b"T" if value else b"F")


def _int(value: int, put: Put, _path: str) -> None:
    put(b"i%d;" % value)


def _float(value: float, put: Put, _path: str) -> None:
    if math.isfinite(value):
        put(b"f%s;" % repr(round(value, DECIMALS) + 0.0).encode())
    else:
        put(b"fnan;" if value != value else b"f+inf;" if value > 0 else b"f-inf;")


def _str(value: str, put: Put, _path: str) -> None:
    data = value.encode("utf-8", "surrogatepass")
    put(b"s%d:" % len(data))
    put(data)


def _bytes(value: bytes, put: Put, _path: str) -> None:
    put(b"b%d:" % len(value))
    put(bytes(value))


def _list(value: list[Any], put: Put, path: str) -> None:
    put(b"l%d:" % len(value))
    for index, item in enumerate(value):
        _encode(item, put, f"{path}[{index}]")


def _tuple(value: tuple[Any, ...], put: Put, path: str) -> None:
    put(b"t%d:" % len(value))
    for index, item in enumerate(value):
        _encode(item, put, f"{path}[{index}]")


def _dict(value: dict[Any, Any], put: Put, path: str) -> None:
    pairs = []
    for key, item in value.items():
        chunks: list[bytes] = []
        _encode(key, chunks.append, f"{path} key {key!r}")
        pairs.append((b"".join(chunks), key, item))
    pairs.sort(key=_first)
    put(b"d%d:" % len(pairs))
    for encoded, key, item in pairs:
        put(encoded)
        _encode(item, put, f"{path}[{key!r}]")


def _first(pair: tuple[bytes, Any, Any]) -> bytes:
    return pair[0]


def _set(value: set[Any] | frozenset[Any], put: Put, path: str) -> None:
    items = []
    for item in value:
        chunks: list[bytes] = []
        _encode(item, chunks.append, f"{path} member {item!r}")
        items.append(b"".join(chunks))
    put(b"e%d:" % len(items))
    for encoded in sorted(items):
        put(encoded)


_WRITERS: dict[type, Callable[[Any, Put, str], None]] = {
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


def _encode_other(value: Any, put: Put, path: str) -> None:
    """NumPy's scalars and arrays, known by their dtype; NumPy itself is never imported."""
    if hasattr(value, "dtype") and hasattr(value, "tolist") and hasattr(value, "shape"):
        plain = value.tolist()
        if type(plain) not in _WRITERS:
            raise EncodingError(f"{path}: an array of {value.dtype} has no canonical form; give numbers, text or bytes")
        if value.shape != ():
            put(b"a%s;" % str(tuple(value.shape)).encode())
        _encode(plain, put, path)
        return
    raise EncodingError(
        f"{path}: {type(value).__name__} has no canonical form; give None, bool, int, float, str, bytes, list, tuple, dict or set"
    )
