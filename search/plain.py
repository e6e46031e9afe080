"""Values → JSON text with characters as they are, without setting an encoder up anew for each, as `json` does."""

import json
from json import encoder
from typing import Any


def _refuse(value: Any) -> Any:
    raise TypeError(f"search: {type(value).__name__} has no place in an index")


_slow = json.JSONEncoder(ensure_ascii=False).encode
_fast = getattr(encoder, "c_make_encoder", None)  # not every interpreter has it
_parts = _fast(None, _refuse, encoder.encode_basestring, None, ": ", ", ", False, False, True) if _fast else None


def text(value: dict | list | tuple) -> str:
    return "".join(_parts(value, 0)) if _parts else _slow(value)
