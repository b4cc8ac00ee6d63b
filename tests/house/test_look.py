"""Every pair of the look's colours can be read: contrast AA in light and in dark."""

from __future__ import annotations

import gzip
import re

import pytest

from tests.house.syntax import ROOT

CSS = (ROOT / "static" / "css" / "solon.css").read_text()
LIGHT, DARK = "light", "dark"


def tokens(block: str) -> dict[str, str]:
    return dict(re.findall(r"--([\w-]+):\s*(#[0-9A-Fa-f]{6})\b", block))


def themes() -> dict[str, dict[str, str]]:
    """The custom properties of each colour scheme."""
    light = re.search(r"^:root \{(.*?)^\}", CSS, re.DOTALL | re.MULTILINE)
    dark = re.search(r"prefers-color-scheme: dark\) \{\s*:root \{(.*?)\}", CSS, re.DOTALL)
    assert light and dark
    found = tokens(light[1])
    return {LIGHT: found, DARK: found | tokens(dark[1])}


def luminance(colour: str) -> float:
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    high, low = sorted((luminance(one), luminance(other)), reverse=True)
    return (high + 0.05) / (low + 0.05)


WORDS = ("ink", "faint", "pink", "green", "amber", "red")


def test_the_formula_is_wcags() -> None:
    assert contrast("#000000", "#FFFFFF") == pytest.approx(21)
    assert contrast("#777777", "#FFFFFF") == pytest.approx(4.48, abs=0.01)


@pytest.mark.parametrize("theme", [LIGHT, DARK])
def test_both_schemes_name_the_same_colours(theme: str) -> None:
    own = tokens(CSS) if theme == LIGHT else themes()[DARK]
    missing = {*WORDS, "paper", "card", "line", "soft", "on-pink", "edge"} - own.keys()
    assert not missing
    assert themes()[LIGHT]["paper"] != themes()[DARK]["paper"]


@pytest.mark.parametrize("theme", [LIGHT, DARK])
@pytest.mark.parametrize("ground", ["paper", "card", "soft", "exercise"])
@pytest.mark.parametrize("word", WORDS)
def test_words_can_be_read(theme: str, ground: str, word: str) -> None:
    """AA for text: 4.5 to 1."""
    assert contrast(themes()[theme][word], themes()[theme][ground]) >= 4.5


@pytest.mark.parametrize("theme", [LIGHT, DARK])
def test_the_button_can_be_read(theme: str) -> None:
    found = themes()[theme]
    assert contrast(found["on-pink"], found["pink"]) >= 4.5


@pytest.mark.parametrize("theme", [LIGHT, DARK])
@pytest.mark.parametrize("ground", ["paper", "card", "exercise"])
def test_edges_of_fields_can_be_seen(theme: str, ground: str) -> None:
    """AA for what is not text: 3 to 1."""
    assert contrast(themes()[theme]["edge"], themes()[theme][ground]) >= 3


def test_colours_are_named_once() -> None:
    """Outside the tokens a colour is a token, or black and white for paper."""
    rest = re.sub(r":root \{.*?\}", "", CSS, flags=re.DOTALL)
    loose = set(re.findall(r"#[0-9A-Fa-f]{3,8}\b", rest))
    assert {colour.lower() for colour in loose} <= {"#fff", "#000", "#50321424"}


def test_all_scripts_together_stay_small() -> None:
    """A cheap phone in a valley fetches all of them over a slow line."""
    scripts = [file.read_bytes() for file in (ROOT / "static" / "js").glob("*.js")]
    assert len(scripts) >= 2
    assert sum(len(gzip.compress(script)) for script in scripts) <= 20_000


def test_what_is_printed_has_its_own_sheet() -> None:
    """Fetched for a printer only, so that no phone waits for it; it comes after what it changes."""
    head = (ROOT / "templates" / "base.html").read_text().partition("<body")[0]
    assert head.index("css/solon.css") < head.index("css/print.css")
    assert re.search(r"<link [^>]*css/print\.css[^>]* media=\"print\">", head)
    assert "@media print" not in CSS
