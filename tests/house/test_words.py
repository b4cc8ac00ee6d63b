"""Every sentence is marked where it stands and has its English."""

from __future__ import annotations

import unicodedata
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog
from jinja2 import Environment, nodes
from starlette.requests import Request

from app.access.rules import ROLE_WORDS
from app.errors import Invalid
from app.reports import trail_words
from app.savings.rules import PERIOD_WORDS
from app.terms import Act, Period, Role
from app.web import language
from tests.house.syntax import MODULES, ROOT, Module
from tools import words

TEMPLATES = sorted((ROOT / "templates").rglob("*.html"))
PARSER = Environment(extensions=["jinja2.ext.i18n"], autoescape=True)
# The terminal says everything in both languages at once; the demo's people are Vietnamese.
BOTH_AT_ONCE = (
    "cli.py",
    "copies.py",
    "demo/borrowers.py",
    "demo/cast.py",
    "demo/july.py",
    "demo/story.py",
    "demo/years.py",
    "demo/yearly.py",
    "db/embedded.py",
    "db/engine.py",
)
SPOKEN = ("reports/aloud.py",)  # by a Vietnamese voice, in any language of the page
# Amounts in words and the alphabet are Vietnamese in any language; their refusals are not.
ONLY_SENTENCES = ("money.py", "names.py")
KEPT_IN_THE_BOOK = ("Hội Liên hiệp Phụ nữ Việt Nam", "Máy thiết lập")


@pytest.fixture(scope="module")
def sentences() -> Catalog:
    """What the extraction finds."""
    return words.extracted()


def test_the_english_is_whole() -> None:
    """Nothing missing, fuzzy, left over, filled in differently or not compiled."""
    assert words.check() == []


@pytest.mark.parametrize("file", TEMPLATES, ids=lambda file: file.name)
def test_a_page_says_nothing_beside_the_catalogue(file: Path, sentences: Catalog) -> None:
    """No Vietnamese between the tags; in expressions only message ids."""
    tree = PARSER.parse(file.read_text())
    seen = [data.data for data in tree.find_all(nodes.TemplateData)]
    seen += [const.value for const in tree.find_all(nodes.Const) if const.value not in sentences]
    assert [text.strip() for text in seen if vietnamese(text)] == []


@pytest.mark.parametrize(
    "module",
    [m for m in MODULES if m.name not in BOTH_AT_ONCE + SPOKEN],
    ids=lambda module: module.name,
)
def test_every_sentence_in_the_code_is_marked(module: Module, sentences: Catalog) -> None:
    """A Vietnamese text that no marker names would be shown untranslated."""
    unmarked = [
        f"{module.at(node)} {text}"
        for node, text in module.strings()
        if vietnamese(text)
        and text not in sentences
        and text not in KEPT_IN_THE_BOOK
        and (module.name not in ONLY_SENTENCES or text[0].isupper())
    ]
    assert unmarked == []


def vietnamese(text: object) -> bool:
    """Whether a letter bears a mark."""
    return isinstance(text, str) and any(
        c in "đĐ" or (c.isalpha() and unicodedata.decomposition(c)) for c in text
    )


def test_what_counts_lines_has_two_english_forms(sentences: Catalog) -> None:
    """`language.filled` asks for the plural of a sentence with `{lines}`: it is marked NN_."""
    counting = [message for message in sentences if "{lines}" in str(message.id)]
    assert counting and all(message.pluralizable for message in counting)


@pytest.mark.parametrize(("periods", "english"), [(1, "1 week"), (7, "7 weeks")])
def test_a_period_inside_a_sentence_is_english_too(periods: int, english: str) -> None:
    refusal = Invalid(
        "too_little",
        "{amount} chưa đủ cho {periods} {word} (ít nhất {least}). Ghi {enough} {word}?",
        amount="1.000 ₫", periods=periods, word=PERIOD_WORDS[Period.WEEK], least="9.000 ₫",
        enough=0,
    )  # fmt: skip
    assert f" {english} " in language.sentence(refusal, "en")
    assert language.sentence(refusal, "vi") == str(refusal)


@pytest.mark.parametrize("role", Role)
def test_an_office_inside_a_sentence_is_english_too(role: Role) -> None:
    values = {"role": ROLE_WORDS[role], "name": "Sen"}
    english = language.filled("Giao chức vụ {role} cho {name}", values, "en")
    assert english.startswith("Appointed Sen as ") and not vietnamese(english)


@pytest.mark.parametrize(
    ("accepts", "spoken"),
    [("", "vi"), ("en", "en"), ("fr", "vi"), ("fr,en-GB;q=0.5", "en"), ("vi;q=0.4,en;q=0.9", "en"),
     ("en;q=x", "vi")],
)  # fmt: skip
def test_a_page_speaks_what_the_reader_asks_for(accepts: str, spoken: str) -> None:
    request = Request({"type": "http", "headers": [(b"accept-language", accepts.encode())]})
    assert language.of_request(request) == spoken


BROKEN = {
    "missing": ('msgid "Nút"', 'msgid "Không còn"', "not in the .po: Nút"),
    "left over": ('msgid "Nút"', 'msgid "Không còn"', "no longer used: Không còn"),
    "empty": ('msgstr "Buttons"', 'msgstr ""', "not translated: Nút"),
    "fuzzy": ('msgid "Nút"', '#, fuzzy\nmsgid "Nút"', "fuzzy: Nút"),
    "filled otherwise": ('msgstr "no. %(n)s"', 'msgstr "no. %(m)s"', "other places to fill: số %(n)s"),
    "lone sign": ('"The pig is %(n)s %% full"', '"The pig is %(n)s % full"', "other places to fill: Lợn đầy %(n)s %%"),
    "obsolete": ('msgid "Nút"', '#~ msgid "Cũ"\n#~ msgstr "Old"\n\nmsgid "Nút"', "no longer used: Cũ"),
    "not compiled": ('msgstr "Buttons"', 'msgstr "Knobs"', "the .mo is not what"),
}  # fmt: skip


@pytest.mark.parametrize("fault", BROKEN)
def test_the_check_sees_what_is_broken(
    fault: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    right, wrong, finding = BROKEN[fault]
    text = words.PO.read_text()
    assert text.count(right) == 1
    broken = tmp_path / "solon.po"
    broken.write_text(text.replace(right, wrong))
    monkeypatch.setattr(words, "PO", broken)
    assert any(line.startswith(finding) for line in words.check())


def test_every_act_of_the_trail_has_its_words() -> None:
    """Or the page of the trail could not be opened once it was done."""
    assert trail_words.ACTS.keys() == trail_words.SENTENCES.keys() == set(Act)


def test_our_words_inside_a_sentence_are_translated_too() -> None:
    """What a member said of her line, in the journal of an English reader; her own name stays."""
    said = language.filled(
        "Hội viên số {number} nói một dòng của phiếu số {entry_seq} là {verdict}",
        {"number": "5", "entry_seq": "299", "verdict": "đúng", "name": "đúng"},
        "en",
    )
    assert said == "Member no. 5 said a line of slip no. 299 is right"
    assert language.filled("Xin chữ ký thứ hai: {kind}", {"kind": "Chi tiền"}, "en").endswith(
        "Spend"
    )
