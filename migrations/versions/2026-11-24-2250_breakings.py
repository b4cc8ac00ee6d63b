"""breakings

Revision: 0007
"""

import sqlalchemy as sa
from alembic import op

from app.db.schema import create_triggers, drop_triggers

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

UUID = sa.String(36).with_variant(sa.UUID(as_uuid=False), "postgresql")
IMMUTABLE = {
    "breaking": ("chapter_id id",),
    "breaking_step": ("chapter_id breaking_id no", "chapter_id seq"),
}
MADE_ANEW = {
    "entry": ("chapter_id seq", "chapter_id id"),
    "cash_count": ("chapter_id seq", "chapter_id id"),
}
KINDS_BEFORE = ("sheet", "reversal", "correction", "count", "settlement", "debt_paid", "cash_move",
                "expense", "opening", "payout", "transfer", "disbursement", "repayment", "set_off",
                "write_off", "recovery")  # fmt: skip
PLACES_BEFORE = ("pot", "hand")
OPEN = sa.text("closed_on IS NULL")


def upgrade() -> None:
    _allow((*KINDS_BEFORE, "breaking"), (*PLACES_BEFORE, "together"))
    with op.batch_alter_table("cycle") as batch_op:
        batch_op.add_column(sa.Column("breaking_id", UUID, nullable=True))
        batch_op.create_check_constraint(
            "cycle_closed_is_free", "closed_on IS NULL OR breaking_id IS NULL"
        )
    op.create_index(
        "cycle_one_open", "cycle", ["chapter_id", "pot_id"], unique=True,
        sqlite_where=OPEN, postgresql_where=OPEN,
    )  # fmt: skip
    op.create_table(
        "breaking",
        sa.Column("chapter_id", UUID, nullable=False),
        sa.Column("id", UUID, nullable=False),
        sa.Column("seq", sa.BigInteger(), nullable=False),
        sa.Column("pot_id", UUID, nullable=False),
        sa.Column("cycle_no", sa.Integer(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.ForeignKeyConstraint(["chapter_id", "seq"], ["trail.chapter_id", "trail.seq"]),
        sa.ForeignKeyConstraint(
            ["chapter_id", "pot_id", "cycle_no"], ["cycle.chapter_id", "cycle.pot_id", "cycle.no"]
        ),
        sa.PrimaryKeyConstraint("chapter_id", "id"),
        sqlite_with_rowid=False,
    )
    op.create_index("breaking_by_pot", "breaking", ["chapter_id", "pot_id"])
    op.create_index("breaking_by_id", "breaking", ["id"])
    op.create_table(
        "breaking_step",
        sa.Column("chapter_id", UUID, nullable=False),
        sa.Column("breaking_id", UUID, nullable=False),
        sa.Column("no", sa.Integer(), nullable=False),
        sa.Column("seq", sa.BigInteger(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("payload", sa.String(), nullable=False),
        sa.CheckConstraint(
            "kind IN ('opened', 'counted', 'decided', 'signed', 'posted', 'abandoned')",
            name="breaking_step_kind_known",
        ),
        sa.ForeignKeyConstraint(
            ["chapter_id", "breaking_id"], ["breaking.chapter_id", "breaking.id"]
        ),
        sa.ForeignKeyConstraint(["chapter_id", "seq"], ["trail.chapter_id", "trail.seq"]),
        sa.PrimaryKeyConstraint("chapter_id", "breaking_id", "no"),
        sa.UniqueConstraint("chapter_id", "seq", name="breaking_step_sealed_once"),
        sqlite_with_rowid=False,
    )
    for statement in create_triggers(IMMUTABLE, postgres=_postgres()):
        op.execute(statement)


def downgrade() -> None:
    for statement in drop_triggers(IMMUTABLE, postgres=_postgres()):
        op.execute(statement)
    for table in ("breaking_step", "breaking"):
        op.drop_table(table)
    op.drop_index("cycle_one_open", "cycle")
    with op.batch_alter_table("cycle") as batch_op:
        batch_op.drop_constraint("cycle_closed_is_free", type_="check")
        batch_op.drop_column("breaking_id")
    _allow(KINDS_BEFORE, PLACES_BEFORE)


def _allow(kinds: tuple[str, ...], places: tuple[str, ...]) -> None:
    """Which kinds of entries and places of counts there are.

    SQLite makes the tables anew, without their triggers.
    """
    for table, column, words in (
        ("entry", "kind", kinds),
        ("day_total", "flow", kinds),
        ("month_total", "flow", kinds),
        ("cash_count", "place", places),
    ):
        with op.batch_alter_table(table) as batch_op:
            batch_op.drop_constraint(f"{table}_{column}_known", type_="check")
            batch_op.create_check_constraint(f"{table}_{column}_known", _one_of(column, words))
    if not _postgres():
        for statement in create_triggers(MADE_ANEW, postgres=False):
            op.execute(statement)


def _one_of(column: str, words: tuple[str, ...]) -> str:
    return f"{column} IN ({', '.join(repr(word) for word in words)})"


def _postgres() -> bool:
    return op.get_bind().dialect.name == "postgresql"
