"""Values → JSON text with characters as they are, without setting an encoder up anew for each, as `json` does."""

import json
from json import encoder
from typing import Any


def _refuse(value: Any) -> Any:
    raise TypeError(f"search: {type(value).__name__} has no place in an index")


if encoder.c_make_encoder is None:  # an interpreter without the fast one
    text = json.JSONEncoder(ensure_ascii=False).encode
else:
    _parts = encoder.c_make_encoder(None, _refuse, encoder.encode_basestring, None, ": ", ", ", False, False, True)

    def text(value: dict | list | tuple) -> str:
        return "".join(_parts(value, 0))
