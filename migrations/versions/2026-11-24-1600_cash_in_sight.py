"""cash in sight

Revision: 0004
"""

import sqlalchemy as sa
from alembic import op

from app.db.schema import create_triggers, drop_triggers

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

UUID = sa.String(36).with_variant(sa.UUID(as_uuid=False), "postgresql")
IMMUTABLE = {
    "cash_count": ("chapter_id seq", "chapter_id id"),
    "difference": ("chapter_id seq", "chapter_id id"),
    "difference_settled": ("chapter_id difference_seq seq",),
    "handover": ("chapter_id seq", "chapter_id id"),
}
ENTRY = {"entry": ("chapter_id seq", "chapter_id id")}
KINDS_BEFORE = ("sheet", "reversal")
KINDS = (*KINDS_BEFORE, "correction", "count", "settlement", "debt_paid", "cash_move", "expense",
         "opening", "payout", "transfer")  # fmt: skip
ACCOUNTS = ("cash_pot", "cash_hand", "cash_bank", "loan", "receivable", "shortage_pending",
            "cash_short", "loan_loss", "expense", "savings", "fund", "overage_pending", "surplus",
            "interest_income", "cash_over", "loan_recovered", "opening", "transfer")  # fmt: skip
TOTALS = (("day_total", "day"), ("month_total", "month"))


def upgrade() -> None:
    _allow(KINDS)
    op.create_index("entry_by_kind", "entry", ["chapter_id", "kind", "day"])
    op.create_index("approval_by_beneficiary", "approval", ["beneficiary_id", "state"])
    for table, column in TOTALS:
        # Until now every entry was a sheet or took one back.
        _totals(table, column, flow=True)
        _refill(table, f"chapter_id, pot_id, kind, {column}, debit, credit, flow", ", 'sheet'")
    with op.batch_alter_table("member") as batch_op:
        batch_op.add_column(sa.Column("left_because", sa.String(), nullable=True))
        batch_op.add_column(sa.Column("moved_from", UUID, nullable=True))
        batch_op.create_check_constraint(
            "member_left_because_known", "left_because IN ('left', 'moved', 'died')"
        )
    op.create_table(
        "cash_count",
        sa.Column("chapter_id", UUID, nullable=False),
        sa.Column("seq", sa.BigInteger(), nullable=False),
        sa.Column("id", UUID, nullable=False),
        sa.Column("pot_id", UUID, nullable=False),
        sa.Column("place", sa.String(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("notes", sa.String(), nullable=False),
        sa.Column("counted", sa.BigInteger(), nullable=False),
        sa.Column("book", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("place IN ('pot', 'hand')", name="cash_count_place_known"),
        sa.CheckConstraint("counted >= 0 AND book >= 0", name="cash_count_not_negative"),
        sa.ForeignKeyConstraint(["chapter_id", "seq"], ["trail.chapter_id", "trail.seq"]),
        sa.ForeignKeyConstraint(["chapter_id", "pot_id"], ["pot.chapter_id", "pot.id"]),
        sa.PrimaryKeyConstraint("chapter_id", "seq"),
        sa.UniqueConstraint("chapter_id", "id", name="cash_count_id"),
        sqlite_with_rowid=False,
    )
    op.create_index(
        "cash_count_by_place", "cash_count", ["chapter_id", "pot_id", "place", "day", "seq"]
    )
    op.create_table(
        "difference",
        sa.Column("chapter_id", UUID, nullable=False),
        sa.Column("seq", sa.BigInteger(), nullable=False),
        sa.Column("id", UUID, nullable=False),
        sa.Column("pot_id", UUID, nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("amount <> 0", name="difference_is_one"),
        sa.ForeignKeyConstraint(["chapter_id", "seq"], ["entry.chapter_id", "entry.seq"]),
        sa.PrimaryKeyConstraint("chapter_id", "seq"),
        sa.UniqueConstraint("chapter_id", "id", name="difference_id"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "difference_settled",
        sa.Column("chapter_id", UUID, nullable=False),
        sa.Column("difference_seq", sa.BigInteger(), nullable=False),
        sa.Column("seq", sa.BigInteger(), nullable=False),
        sa.Column("outcome", sa.String(), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.CheckConstraint(
            "outcome IN ('keeper_owes', 'group_bears', 'accepted', 'carried', 'corrected')",
            name="difference_settled_outcome_known",
        ),
        sa.CheckConstraint("amount <> 0", name="difference_settled_is_some"),
        sa.ForeignKeyConstraint(
            ["chapter_id", "difference_seq"], ["difference.chapter_id", "difference.seq"]
        ),
        sa.ForeignKeyConstraint(["chapter_id", "seq"], ["entry.chapter_id", "entry.seq"]),
        sa.PrimaryKeyConstraint("chapter_id", "difference_seq", "seq"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "handover",
        sa.Column("chapter_id", UUID, nullable=False),
        sa.Column("seq", sa.BigInteger(), nullable=False),
        sa.Column("id", UUID, nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("outgoing_id", UUID, nullable=False),
        sa.Column("incoming_id", UUID, nullable=False),
        sa.Column("first_signed_by", UUID, nullable=False),
        sa.Column("second_signed_by", UUID, nullable=False),
        sa.Column("counts", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["chapter_id", "seq"], ["trail.chapter_id", "trail.seq"]),
        sa.ForeignKeyConstraint(["outgoing_id"], ["person.id"]),
        sa.ForeignKeyConstraint(["incoming_id"], ["person.id"]),
        sa.ForeignKeyConstraint(["first_signed_by"], ["person.id"]),
        sa.ForeignKeyConstraint(["second_signed_by"], ["person.id"]),
        sa.PrimaryKeyConstraint("chapter_id", "seq"),
        sa.UniqueConstraint("chapter_id", "id", name="handover_id"),
        sqlite_with_rowid=False,
    )
    for statement in create_triggers(IMMUTABLE, postgres=_postgres()):
        op.execute(statement)


def downgrade() -> None:
    for statement in drop_triggers(IMMUTABLE, postgres=_postgres()):
        op.execute(statement)
    for table in ("handover", "difference_settled", "difference", "cash_count"):
        op.drop_table(table)
    with op.batch_alter_table("member") as batch_op:
        batch_op.drop_constraint("member_left_because_known", type_="check")
        batch_op.drop_column("moved_from")
        batch_op.drop_column("left_because")
    for table, column in TOTALS:
        _totals(table, column, flow=False)
        _refill(table, f"chapter_id, pot_id, kind, {column}, debit, credit", "")
    op.drop_index("approval_by_beneficiary", "approval")
    op.drop_index("entry_by_kind", "entry")
    _allow(KINDS_BEFORE)


def _allow(kinds: tuple[str, ...]) -> None:
    """Which kinds of entries there are. SQLite makes the table anew, without its triggers."""
    with op.batch_alter_table("entry") as batch_op:
        batch_op.drop_constraint("entry_kind_known", type_="check")
        batch_op.create_check_constraint("entry_kind_known", _one_of("kind", kinds))
    if not _postgres():
        for statement in create_triggers(ENTRY, postgres=False):
            op.execute(statement)


def _totals(table: str, column: str, *, flow: bool) -> None:
    """An empty table of totals beside the old one, which keeps its name with `_old` for now."""
    op.rename_table(table, f"{table}_old")
    constraints: list[sa.Constraint] = []
    if _postgres():  # their names are the table's for ever
        op.execute(f"ALTER TABLE {table}_old DROP CONSTRAINT {table}_pkey")
        op.execute(f"ALTER TABLE {table}_old DROP CONSTRAINT {table}_kind_known")
    if flow:
        constraints.append(sa.CheckConstraint(_one_of("flow", KINDS), name=f"{table}_flow_known"))
    key = ("chapter_id", "pot_id", "kind", column, *(("flow",) if flow else ()))
    op.create_table(
        table,
        sa.Column("chapter_id", UUID, nullable=False),
        sa.Column("pot_id", UUID, nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column(column, sa.Date(), nullable=False),
        *([sa.Column("flow", sa.String(), nullable=False)] if flow else []),
        sa.Column("debit", sa.BigInteger(), nullable=False),
        sa.Column("credit", sa.BigInteger(), nullable=False),
        sa.CheckConstraint(_one_of("kind", ACCOUNTS), name=f"{table}_kind_known"),
        *constraints,
        sa.ForeignKeyConstraint(["chapter_id", "pot_id"], ["pot.chapter_id", "pot.id"]),
        sa.PrimaryKeyConstraint(*key),
        sqlite_with_rowid=False,
    )


def _refill(table: str, columns: str, flow: str) -> None:
    names = columns.removesuffix(", flow")
    key = ", ".join(names.split(", ")[:4])
    op.execute(
        f"INSERT INTO {table} ({columns}) SELECT {key}, sum(debit), sum(credit){flow}"
        f" FROM {table}_old GROUP BY {key}"
    )
    op.drop_table(f"{table}_old")


def _one_of(column: str, words: tuple[str, ...]) -> str:
    return f"{column} IN ({', '.join(repr(word) for word in words)})"


def _postgres() -> bool:
    return op.get_bind().dialect.name == "postgresql"
