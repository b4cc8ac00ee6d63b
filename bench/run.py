"""`solon bench`: measures, and prints the ratios in a plain table."""

from __future__ import annotations

import argparse
import json
import os
import sys
import tempfile
import time
from dataclasses import asdict
from pathlib import Path

from bench import footprint, phone
from bench.footprint import Footprint
from bench.measure import Figures, Plan, measure
from bench.phone import Wait
from bench.serving import Helper

SMALL, LARGE = 10_000, 1_000_000
BESIDE = ("footprint", "phone")
NAMES = {"sqlite": "SQLite", "postgresql": "PostgreSQL"}
# name, what it is, what it is divided by, the ratio aimed at on each database
LINES: tuple[tuple[str, str, str | None, dict[str, float]], ...] = (
    ("sheets", "sheets of 40 lines, HTTP", "bare", {"sqlite": 0.3, "postgresql": 0.5}),
    ("bare", "the same rows, bare driver", None, {}),
    ("bare4", "the same, 4 connections", "bare", {}),
    ("balance", "balance, signed in, HTTP", "empty", {"sqlite": 0.5, "postgresql": 0.5}),
    ("empty", "empty route, HTTP", None, {}),
)
GROWTH = 1.2
Row = tuple[str, ...]


def main(options: list[str]) -> int:
    """Run the benchmarks; exit 0 whatever the figures are."""
    chosen = _parser().parse_args(options)
    plan, disk = _plan(chosen), _disk()
    wanted = [chosen.only] if chosen.only else [*NAMES, *BESIDE]
    client = Helper("bench.client")
    figures: list[Figures] = []
    prints: list[Footprint] = []
    waits: list[Wait] = []
    try:
        for name in wanted:
            with tempfile.TemporaryDirectory(prefix="solon-bench-") as folder:
                print(f"{name} …", file=sys.stderr, flush=True)
                if name == "footprint":
                    prints = footprint.measure(Path(folder), plan, client)
                elif name == "phone":
                    waits = _phone(Path(folder), plan)
                else:
                    figures.append(measure(name, Path(folder), plan, client))
    finally:
        client.close()
    print(_head(plan, disk))
    if figures:
        _print(("database", "entries", "what", "per s", "p50 ms", "p99 ms", "ratio", "aim"),
               [row for each in figures for row in _rows(each, plan)])  # fmt: skip
    if prints:
        _print(("server", "cold start s", "ratio", "MB warm", "MB loaded", "ratio"), _feet(prints))
    if waits:
        _print((f"phone ({phone.SAYS})", "ms", "aim"), _waits(waits))
    if chosen.json:
        found = {"plan": asdict(plan), "figures": [asdict(f) for f in figures],
                 "footprints": [asdict(f) for f in prints], "phone": [asdict(w) for w in waits]}  # fmt: skip
        chosen.json.write_text(json.dumps(found, indent=1))
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="solon bench")
    parser.add_argument("--quick", action="store_true", help="a few seconds, rough figures")
    parser.add_argument(
        "--large", action="store_true", help="also with 10⁶ entries, and the growth"
    )
    parser.add_argument("--only", choices=[*NAMES, *BESIDE])
    parser.add_argument("--rounds", type=int, help="each figure is the median of so many (5)")
    parser.add_argument(
        "--chapters", type=int, default=4, help="sheets are spread over so many (4)"
    )
    parser.add_argument("--connections", type=int, default=16)
    parser.add_argument("--json", type=Path, metavar="FILE")
    return parser


def _plan(chosen: argparse.Namespace) -> Plan:
    return Plan(
        rounds=chosen.rounds or (2 if chosen.quick else 5),
        sheets=200 if chosen.quick else 800,
        reads=1000 if chosen.quick else 4000,
        connections=chosen.connections,
        chapters=chosen.chapters,
        sizes=(SMALL, LARGE) if chosen.large else (SMALL,),
    )


def _disk() -> float:
    """Milliseconds of an fsync where the databases will lie: what a commit costs at the least."""
    with tempfile.TemporaryFile(prefix="solon-bench-") as file:
        times = []
        for _ in range(50):
            file.write(bytes(8192))
            file.flush()
            began = time.perf_counter()
            os.fsync(file.fileno())
            times.append(time.perf_counter() - began)
    return _median(times) * 1000


def _head(plan: Plan, disk: float) -> str:
    return (
        f"{os.cpu_count()} cores, one worker, {plan.connections} connections, server and client on"
        f" the same cores; {plan.chapters} chapters; medians of {plan.rounds} rounds;"
        f" an fsync takes {disk:.2f} ms"
    )


def _rows(figures: Figures, plan: Plan) -> list[Row]:
    rows: list[Row] = []
    database = NAMES[figures.database]
    for size in plan.sizes:
        for name, what, of, aims in LINES:
            if name not in figures.rates[size]:
                continue
            times = figures.answer_in[size][name]
            middle = f"{_median([a for a, _ in times]) * 1000:.1f}" if times else ""
            worst = f"{_median([b for _, b in times]) * 1000:.1f}" if times else ""
            ratio = f"{figures.ratio(size, name, of):.2f}" if of else ""
            aim = f"≥ {aims[figures.database]}" if figures.database in aims else ""
            rate = f"{figures.rate(size, name):,.0f}"
            rows.append((database, f"{size:,}", what, rate, middle, worst, ratio, aim))
    if len(plan.sizes) > 1:
        for name, what, _, aims in LINES:
            if name in figures.rates[plan.sizes[0]]:
                grown = f"{figures.growth(name, *plan.sizes):.2f}"
                aim = f"≤ {GROWTH}" if aims else ""
                rows.append((database, "growth", what, "", "", "", grown, aim))
    return rows


def _median(values: list[float]) -> float:
    return sorted(values)[len(values) // 2]


def _feet(prints: list[Footprint]) -> list[Row]:
    of = prints[-1]
    return [
        (
            each.name,
            f"{each.started_in:.2f}",
            f"{each.started_in / of.started_in:.2f}",
            f"{each.warm:.0f}",
            f"{each.loaded:.0f}",
            f"{each.loaded / of.loaded:.2f}" if of.loaded else "",
        )
        for each in prints
    ]


def _phone(folder: Path, plan: Plan) -> list[Wait]:
    """What a phone waits for; where there is no browser, a sentence instead."""
    said = phone.missing()
    if said:
        print(said)
        return []
    return phone.measure(folder, plan)


def _waits(waits: list[Wait]) -> list[Row]:
    return [(w.what, f"{w.ms:,.0f}", f"≤ {w.aim:,}" if w.aim else "") for w in waits]


def _print(head: Row, rows: list[Row]) -> None:
    """Words to the left, numbers to the right."""
    widths = [max(len(row[n]) for row in [head, *rows]) for n in range(len(head))]
    print()
    for row in [head, *rows]:
        cells = [
            cell.ljust(width) if all(not r[n][:1].isdigit() for r in rows) else cell.rjust(width)
            for n, (cell, width) in enumerate(zip(row, widths, strict=True))
        ]
        print("  ".join(cells).rstrip())


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
