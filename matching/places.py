"""GB/T 2260 codes of places: province 330000, city 330900, county 330902. Imports no Django."""


def level(code: str) -> int:
    """1 province, 2 city, 3 county."""
    return 1 if code.endswith("0000") else 2 if code.endswith("00") else 3


def covers(code: str, place: str) -> bool:
    """Whether `code` is or contains `place`: 330000 contains 330902, 330900 too. 331000 does not contain 331123."""
    digits = 2 * level(code)
    return place[:digits] == code[:digits]
