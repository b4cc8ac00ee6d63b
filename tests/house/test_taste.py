"""Taste, checked over the syntax tree: what reviewers would keep repeating (docs/ARCHITECTURE.md)."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from statistics import median

import pytest

from tests.house.syntax import MODULES, Function, Module, calls, named

# Who commits, who writes


def test_only_the_database_room_commits() -> None:
    """Return commits, raise rolls back: nobody else ends or begins a transaction."""
    words = re.compile(r"\s*(COMMIT|ROLLBACK|BEGIN|SAVEPOINT|RELEASE)\b")
    found = [
        module.at(node)
        for module in MODULES
        if not module.name.startswith("db/")
        for node in (
            *(string for string, text in module.strings() if words.match(text)),
            *(call for call, name in module.calls() if name in ("commit", "rollback")),
        )
    ]
    assert found == []


# Table → its only pen.
PENS = {
    **dict.fromkeys(("account", "entry", "movement", "day_total", "month_total"), "ledger/journal.py"),
    **dict.fromkeys(("trail", "trail_text", "book"), "audit/trail.py"),
    **dict.fromkeys(("loan", "loan_open", "loan_fact", "loan_visit"), "loans/pen.py"),
    **dict.fromkeys(("breaking", "breaking_step"), "breaking/pen.py"),
    "stored_reply": "ledger/once.py",
}  # fmt: skip
ROWS = {
    "AccountRow": "account", "EntryRow": "entry", "Movement": "movement", "DayTotal": "day_total",
    "MonthTotal": "month_total", "TrailRow": "trail", "TrailText": "trail_text", "Book": "book",
    "StoredReply": "stored_reply", "LoanRow": "loan", "LoanFactRow": "loan_fact",
    "LoanVisit": "loan_visit", "LoanOpen": "loan_open", "BreakingRow": "breaking",
    "BreakingStep": "breaking_step",
}  # fmt: skip
WRITES = re.compile(
    r"\b(?:INSERT(?: OR \w+)? INTO|REPLACE INTO|UPDATE|DELETE FROM|TRUNCATE)\s+(\w*)"
)
WRITING_CALLS = ("insert", "insert_rows", "add_to_rows", "tally_rows")


def written(module: Module) -> Iterator[tuple[str, str]]:
    """(where, table) for every statement that writes; an unnamed table is `?`."""
    for node, text in module.strings():
        for table in WRITES.findall(text):
            yield module.at(node), table or "?"
    for call, name in module.calls():
        if name in WRITING_CALLS and ast.unparse(call.func).startswith(("db.", "tx.")):
            rows = call.args if name == "insert" else call.args[:1]
            for row in rows:
                model = row.func if isinstance(row, ast.Call) else row
                yield module.at(call), ROWS.get(getattr(model, "id", ""), getattr(model, "id", "?"))


def test_each_table_of_the_book_has_one_pen() -> None:
    strangers = [
        (where, table)
        for module in MODULES
        if not module.name.startswith("db/")
        for where, table in written(module)
        if PENS.get(table, module.name) != module.name
    ]
    assert strangers == []


def test_what_is_written_is_named() -> None:
    """No statement whose table is put in at run time, or the rule above could not see it."""
    unnamed = [
        (where, table)
        for module in MODULES
        if not module.name.startswith("db/") and module.name not in PENS.values()
        for where, table in written(module)
        if table == "?" or (not table[0].isupper() and table == "model")
    ]
    assert unnamed == []


def test_the_pens_do_write() -> None:
    """Or the two rules above would look at nothing."""
    by = {table for module in MODULES for _, table in written(module)
          if module.name == PENS.get(table)}  # fmt: skip
    assert {
        "account",
        "entry",
        "movement",
        "trail",
        "trail_text",
        "book",
        "stored_reply",
        "loan",
        "loan_fact",
        "loan_visit",
        "breaking",
        "breaking_step",
    } <= by


@pytest.mark.parametrize("module", [*named("queries"), *named("sheets")], ids=lambda m: m.name)
def test_queries_never_write(module: Module) -> None:
    assert list(written(module)) == []
    assert [module.at(call) for call, name in module.calls() if name in ("run", "seal")] == []


# Who acts


SIGNING_IN = {
    "initialise", "set_up", "enrol_device", "begin_session", "end_session",  # nobody is in yet
    "rescue",  # whoever holds the server
    "touch_session",  # the door, whoever she is
    "add_person", "issue_code", "put_in_force",  # parts of an action that has its actor
}  # fmt: skip
ASKED = {"propose"}  # whoever calls it has asked


def actions() -> Iterator[tuple[str, Function]]:
    """Every public function of an `actions.py` that is given the database."""
    for module in named("actions"):
        for node in module.tree.body:
            public = isinstance(node, Function) and not node.name.startswith("_")
            if public and "db" in [argument.arg for argument in node.args.args]:
                yield f"{module.at(node)} {node.name}", node


def has_actor(node: Function) -> bool:
    return "actor" in [argument.arg for argument in node.args.kwonlyargs]


def test_every_action_knows_who_acts() -> None:
    without = {node.name: where for where, node in actions() if not has_actor(node)}
    assert without.keys() == SIGNING_IN, without


def test_every_action_asks_first_whether_she_may() -> None:
    """Before it locks, reads or writes anything else."""
    looks = ("open_book", "row", "rows", "run", "insert", "do_once")
    asks = ("require", "require_appointing", "chapter_holding", "reached")
    for where, node in actions():
        if has_actor(node) and not by_two(node) and node.name not in ASKED:
            called = list(reaches(module_of(where), node))
            first = next(name for name in called if name in looks + asks)
            assert first in asks, where
            assert {"require", "require_appointing", "check_signer"} & set(called), where


def by_two(node: Function) -> bool:
    """The second signature's own act: approvals.sign has asked who signs."""
    return "proposal" in [argument.arg for argument in node.args.kwonlyargs]


def module_of(where: str) -> Module:
    return next(module for module in MODULES if where.startswith(f"{module.name}:"))


def reaches(module: Module, node: Function, seen: frozenset[str] = frozenset()) -> Iterator[str]:
    """What a function calls in the order of its text, also through its module's own functions."""
    own = {f.name: f for f in module.tree.body if isinstance(f, Function)}
    for _, name in calls(node):
        yield name
        if name in own and name not in seen:
            yield from reaches(module, own[name], seen | {name})


def test_every_action_is_sealed() -> None:
    """What changes a book leaves a record in it, in the same transaction."""
    seals = {"seal", "post", "propose", "perform", "appoint", "create_unit", "tell", "visit",
             "begin", "note_count", "post_settlement"}  # fmt: skip
    unsealed = [
        where
        for where, node in actions()
        if has_actor(node)
        and node.name != "rehearse"  # which keeps nothing
        and not seals & set(reaches(module_of(where), node))
    ]
    assert unsealed == []


# Money


FLOATS = {
    "db/served.py": "seconds between two tries",
    "web/language.py": "weights of Accept-Language",
    "demo/years.py": "how likely a woman of the story is absent",
}
PATHS = {
    "config.py",
    "web/render.py",
    "web/language.py",
    "db/schema.py",
    "health.py",
    "demo/story.py",
}


def test_no_float_comes_near_money() -> None:
    found = [
        module.at(node)
        for module in MODULES
        if module.name not in FLOATS
        for node in ast.walk(module.tree)
        if (isinstance(node, ast.Name) and node.id in ("float", "Decimal", "Fraction"))
        or (isinstance(node, ast.Constant) and isinstance(node.value, float))
        or (isinstance(node, ast.Call) and getattr(node.func, "id", "") == "round")
    ]
    assert found == []


def test_nothing_is_divided_with_a_remainder_lost() -> None:
    """`/` only joins paths, in these files and with a text on one side or a path's name."""
    found = [
        module.at(node)
        for module in MODULES
        for node in ast.walk(module.tree)
        if isinstance(node, ast.BinOp | ast.AugAssign)
        and isinstance(node.op, ast.Div)
        and not (module.name in PATHS and joins_paths(node))
    ]
    assert found == []


def joins_paths(node: ast.BinOp | ast.AugAssign) -> bool:
    if isinstance(node, ast.AugAssign):
        return False
    right = node.right
    return isinstance(right, ast.JoinedStr | ast.Name | ast.Attribute) or (
        isinstance(right, ast.Constant) and isinstance(right.value, str)
    )


# Logs


def test_logs_hold_no_names_and_no_amounts() -> None:
    """A log line is a constant with types and places: drivers' messages can hold personal data."""
    levels = ("debug", "info", "warning", "error", "exception", "critical", "log")
    for module in MODULES:
        for call, name in module.calls():
            of = call.func.value if isinstance(call.func, ast.Attribute) else None
            if (
                name not in levels
                or not isinstance(of, ast.Name)
                or of.id not in ("log", "logging")
            ):
                continue
            message, *values = call.args
            assert isinstance(message, ast.Constant), module.at(call)
            assert name != "exception", module.at(call)
            assert not [k for k in call.keywords if k.arg == "exc_info"], module.at(call)
            for value in values:
                said = ast.unparse(value)
                assert re.fullmatch(r"type\(\w+\)\.__name__|_place\(\w+\)", said), module.at(call)


def test_only_the_command_line_prints() -> None:
    found = [
        module.at(call)
        for module in MODULES
        if module.name not in ("cli.py", "demo/story.py")
        for call, name in module.calls()
        if name == "print"
    ]
    assert found == []


# Sizes and nameplates


@pytest.mark.parametrize("module", MODULES, ids=lambda module: module.name)
def test_files_and_functions_stay_small(module: Module) -> None:
    assert len(module.text.splitlines()) <= 300
    for node in module.functions():
        assert lines(node) <= 60, f"{module.at(node)} {node.name}"


def lines(node: Function) -> int:
    return (node.end_lineno or node.lineno) - node.lineno + 1


def test_most_are_smaller() -> None:
    files = sorted(len(module.text.splitlines()) for module in MODULES)
    functions = sorted(lines(node) for module in MODULES for node in module.functions())
    assert median(files) <= 120
    assert median(functions) <= 10
    assert functions[len(functions) * 9 // 10] <= 30


@pytest.mark.parametrize("module", named("__init__"), ids=lambda module: module.name)
def test_a_rooms_nameplate_is_one_paragraph_and_imports_nothing(module: Module) -> None:
    (plate,) = module.tree.body
    assert isinstance(plate, ast.Expr) and isinstance(plate.value, ast.Constant)
    assert isinstance(plate.value.value, str) and plate.value.value.strip()


@pytest.mark.parametrize("module", MODULES, ids=lambda module: module.name)
def test_every_file_says_what_it_is_for(module: Module) -> None:
    assert ast.get_docstring(module.tree)


def test_time_has_one_source() -> None:
    """Only the clock looks at the system's time; everybody else asks the clock."""
    asked = ("now", "today", "utcnow", "time", "time_ns")
    found = [
        module.at(call)
        for module in MODULES
        if module.name != "clock.py"
        for call, name in module.calls()
        if name in asked
        and isinstance(call.func, ast.Attribute)
        and ast.unparse(call.func.value) not in ("clock", "the_clock")
    ]
    assert found == []
