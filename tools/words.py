"""The sentences and their English: `python tools/words.py update`, `python tools/words.py check`.

Vietnamese sentences are the message ids, marked where they stand: `_()` and `ngettext()` in
templates, `N_()`, `NN_()`, `say()` and the second argument of every Refusal in code. `update`
gathers them into the .po (sentences that are gone are dropped and named) and compiles it; then
translate what is empty and run `update` once more. `check` says what is missing.
"""

from __future__ import annotations

import io
import re
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import DEFAULT_KEYWORDS, extract_from_dir
from babel.messages.frontend import parse_mapping_cfg
from babel.messages.mofile import read_mo, write_mo
from babel.messages.pofile import read_po, write_po

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from app.errors import Refusal  # noqa: E402

PO = ROOT / "app" / "locale" / "en" / "LC_MESSAGES" / "solon.po"
MO = PO.with_suffix(".mo")
HEADER = "# The English of Sổ Lợn: what happened to the money, then what to do."
STARTED = datetime(2026, 11, 24, tzinfo=UTC)  # a fixed date: an update changes only words
# A sign that is filled in. A lone % is one too: in a template it would break the page.
PLACE = re.compile(r"\{\w*\}|%\(\w+\)s|%%|%")


def family(kind: type[Refusal]) -> Iterator[str]:
    """The names of a refusal and all its kinds: their second argument is a sentence."""
    yield kind.__name__
    for narrower in kind.__subclasses__():
        yield from family(narrower)


KEYWORDS = {
    **DEFAULT_KEYWORDS,
    "NN_": (1, 1),  # a counted word: one Vietnamese form, two English ones
    "say": None,
    "filled": None,
    **dict.fromkeys(family(Refusal), (2,)),
}


def extracted() -> Catalog:
    """Every sentence that stands in the code and the templates."""
    catalog = new()
    with (ROOT / "babel.cfg").open() as file:
        methods, options = parse_mapping_cfg(file)  # type: ignore[no-untyped-call]
    found = extract_from_dir(ROOT, methods, options, KEYWORDS, directory_filter=_ours)
    for name, line, ids, _, context in found:
        catalog.add(ids, None, [(name, line)], context=context)
    return catalog


def _ours(folder: str) -> bool:
    path = Path(folder).relative_to(ROOT)
    return not path.parts or path.parts[0] == "app"


def new() -> Catalog:
    """An empty English catalogue."""
    return Catalog(
        "en",
        project="Sổ Lợn",
        version="1",
        header_comment=HEADER,
        last_translator="Sổ Lợn",
        language_team="Sổ Lợn",
        msgid_bugs_address="",
        creation_date=STARTED,
        revision_date=STARTED,
        fuzzy=False,
    )


def translated() -> Catalog:
    """The .po as it is."""
    with PO.open("rb") as file:
        return read_po(file, locale="en", abort_invalid=True)


def compiled(catalog: Catalog) -> bytes:
    """What the .mo should hold."""
    out = io.BytesIO()
    write_mo(out, catalog)
    return out.getvalue()


def update() -> list[str]:
    """Gather, merge and compile. Says what was dropped and what waits for its English."""
    catalog = translated() if PO.exists() else new()
    catalog.update(extracted(), no_fuzzy_matching=True)
    dropped = [f"dropped: {_name(message)}" for message in catalog.obsolete.values()]
    PO.parent.mkdir(parents=True, exist_ok=True)
    with PO.open("wb") as file:
        write_po(file, catalog, width=100, sort_by_file=True, include_lineno=False,
                 ignore_obsolete=True)  # fmt: skip
    catalog = translated()
    MO.write_bytes(compiled(catalog))
    return dropped + [f"to translate: {_name(m)}" for m in catalog if m.id and not _whole(m)]


def check() -> list[str]:
    """What is wrong with the English, a line each."""
    catalog, wanted = translated(), extracted()
    ours = {_key(m): m for m in catalog if m.id}
    used = {_key(m): m for m in wanted if m.id}
    faults = [f"not in the .po: {_name(m)}" for key, m in used.items() if key not in ours]
    faults += [f"no longer used: {_name(m)}" for key, m in ours.items() if key not in used]
    faults += [f"no longer used: {_name(m)}" for m in catalog.obsolete.values()]
    faults += [f"fuzzy: {_name(m)}" for m in ours.values() if m.fuzzy]
    faults += [f"not translated: {_name(m)}" for m in ours.values() if not _whole(m)]
    faults += [f"other places to fill: {_name(m)}" for m in ours.values() if _strays(m)]
    if not MO.exists() or _words(MO.read_bytes()) != _words(compiled(catalog)):
        faults.append("the .mo is not what the .po compiles to: python tools/words.py update")
    return faults


def _key(message: Message) -> object:
    return message.context, *_forms(message.id)


def _name(message: Message) -> str:
    return _forms(message.id)[0]


def _forms(text: object) -> list[str]:
    return [str(form) for form in text] if isinstance(text, (tuple, list)) else [str(text)]


def _whole(message: Message) -> bool:
    return all(_forms(message.string)) and len(_forms(message.string)) == len(_forms(message.id))


def _strays(message: Message) -> bool:
    """Whether a form fills in something else than the Vietnamese does."""
    places = set(PLACE.findall(_name(message)))
    return any(set(PLACE.findall(form)) != places for form in _forms(message.string) if form)


def _words(mo: bytes) -> list[object]:
    """A .mo without its header, which also names the tool that wrote it."""
    catalog = read_mo(io.BytesIO(mo))
    return [catalog.plural_expr, {_key(m): m.string for m in catalog if m.id}]


def main(do: str = "check") -> int:
    """Run one of the two; only what `check` finds is a failure."""
    lines = {"update": update, "check": check}[do]()
    sys.stdout.writelines(f"{line}\n" for line in lines)
    return 1 if do == "check" and lines else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:2]))
