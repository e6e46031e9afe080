"""Every pair of colours that the components lay on each other, computed as WCAG 2.2 does, in both themes."""

import re
from pathlib import Path

import pytest

TOKENS = (Path(__file__).parents[2] / "site/static/css/tokens.css").read_text(encoding="utf-8")
SHEETS = {
    path.name: path
    for folder in ("site/static/css", "search/static/search")
    for path in sorted((Path(__file__).parents[2] / folder).glob("*.css"))
}
GROUNDS = ("paper", "surface", "sunken")
TEXT = [
    *(
        (text, ground)
        for text in ("ink", "ink-2", "muted", "brand", "brand-hover", "accent", "error")
        for ground in GROUNDS
    ),
    ("done", "surface"),
    ("done", "paper"),
    *(
        (text, ground)
        for text in ("ink", "ink-2")
        for ground in ("brand-tint", "accent-tint", "error-tint", "done-tint")
    ),
    ("brand", "brand-tint"),
    ("brand-hover", "brand-tint"),
    ("muted", "brand-tint"),
    ("accent", "accent-tint"),
    ("error", "error-tint"),
    ("done", "done-tint"),
    ("on-brand", "brand"),
    ("on-brand", "brand-hover"),
    ("paper", "accent"),  # the count beside an entry
]
CONTROLS = [
    *((edge, ground) for edge in ("line-strong", "brand", "focus", "error") for ground in GROUNDS),
    ("accent-mark", "surface"),
    ("accent-mark", "paper"),
    ("done", "surface"),
    ("focus", "brand-tint"),
]


def tokens(theme: str) -> dict[str, str]:
    """{name: #rrggbb} of a theme; dark is light with what the dark block changes."""
    light, dark = TOKENS.split("@media screen and (prefers-color-scheme: dark)", 1)
    found = dict(re.findall(r"--([\w-]+): (#[0-9a-f]{6});", light))
    if theme == "dark":
        found |= dict(re.findall(r"--([\w-]+): (#[0-9a-f]{6});", dark.split("}", 1)[0]))
    return found


def luminance(colour: str) -> float:
    channels = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    red, green, blue = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def test_contrast_of_black_and_white():
    assert round(contrast("#000000", "#ffffff"), 2) == 21.0
    assert round(contrast("#777777", "#ffffff"), 2) == 4.48  # the best known near miss


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_text_is_read(theme):
    colours = tokens(theme)
    assert {pair: round(c, 2) for pair in TEXT if (c := contrast(colours[pair[0]], colours[pair[1]])) < 4.5} == {}


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_edges_of_controls_are_seen(theme):
    colours = tokens(theme)
    assert {pair: round(c, 2) for pair in CONTROLS if (c := contrast(colours[pair[0]], colours[pair[1]])) < 3} == {}


def test_dark_theme_changes_every_colour_of_text_and_ground():
    light, dark = tokens("light"), tokens("dark")
    assert {name for name in light if light[name] == dark[name]} <= {"line-strong"}


@pytest.mark.parametrize("sheet", [name for name in SHEETS if name != "tokens.css"])
def test_colours_come_from_tokens(sheet):
    """No sheet writes a colour of its own; the two back offices and paper for the printer are other worlds."""
    if sheet in {"cms.css", "admin.css"}:
        return
    text = SHEETS[sheet].read_text(encoding="utf-8").split("@media print")[0]
    text = text.replace("background: #000", "")  # behind a camera's picture, in every theme
    assert re.findall(r":[^;{}]*(#[0-9a-fA-F]{3,8}\b|\brgba?\(|\bhsla?\()", text) == []


@pytest.mark.parametrize("sheet", SHEETS)
def test_tokens_that_are_used_exist(sheet):
    text = SHEETS[sheet].read_text(encoding="utf-8")
    known = set(re.findall(r"(--[\w-]+)\s*:", TOKENS + text))
    used = {name for name in re.findall(r"var\((--[\w-]+)", text) if not name.startswith("--w-")}  # Wagtail's own
    assert used - known == set()
