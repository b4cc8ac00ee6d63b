"""loans

Revision: 0005
"""

import sqlalchemy as sa
from alembic import op

from app.db.schema import create_triggers, drop_triggers

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

UUID = sa.String(36).with_variant(sa.UUID(as_uuid=False), "postgresql")
IMMUTABLE = {
    "loan": ("chapter_id id",),
    "loan_fact": ("chapter_id loan_id no", "chapter_id loan_id of_no"),
    "loan_visit": ("chapter_id seq", "chapter_id id"),
}
ENTRY = {"entry": ("chapter_id seq", "chapter_id id")}
KINDS_BEFORE = ("sheet", "reversal", "correction", "count", "settlement", "debt_paid", "cash_move",
                "expense", "opening", "payout", "transfer")  # fmt: skip
KINDS = (*KINDS_BEFORE, "disbursement", "repayment", "set_off", "write_off", "recovery")
PLANS = "plan IN ('bullet', 'monthly', 'quarterly')"


def upgrade() -> None:
    _allow(KINDS)
    op.create_table(
        "loan",
        sa.Column("chapter_id", UUID, nullable=False),
        sa.Column("id", UUID, nullable=False),
        sa.Column("seq", sa.BigInteger(), nullable=False),
        sa.Column("member_id", UUID, nullable=False),
        sa.Column("pot_id", UUID, nullable=False),
        sa.Column("guarantor_id", UUID, nullable=True),
        sa.Column("purpose", sa.String(), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("months", sa.Integer(), nullable=False),
        sa.Column("plan", sa.String(), nullable=False),
        sa.Column("rate_bp", sa.Integer(), nullable=False),
        sa.Column("step", sa.BigInteger(), nullable=False),
        sa.Column("applied_on", sa.Date(), nullable=False),
        sa.Column("of_officer", sa.Boolean(), nullable=False),
        sa.CheckConstraint(PLANS, name="loan_plan_known"),
        sa.CheckConstraint(
            "purpose IN ('livestock', 'seed', 'school', 'health', 'house', 'other')",
            name="loan_purpose_known",
        ),
        sa.CheckConstraint("amount > 0 AND months > 0", name="loan_of_something"),
        sa.ForeignKeyConstraint(["chapter_id", "seq"], ["trail.chapter_id", "trail.seq"]),
        sa.ForeignKeyConstraint(["chapter_id", "member_id"], ["member.chapter_id", "member.id"]),
        sa.ForeignKeyConstraint(["chapter_id", "guarantor_id"], ["member.chapter_id", "member.id"]),
        sa.ForeignKeyConstraint(["chapter_id", "pot_id"], ["pot.chapter_id", "pot.id"]),
        sa.PrimaryKeyConstraint("chapter_id", "id"),
        sqlite_with_rowid=False,
    )
    op.create_index("loan_by_member", "loan", ["chapter_id", "member_id"])
    op.create_index("loan_by_pot", "loan", ["chapter_id", "pot_id"])
    op.create_index("loan_by_id", "loan", ["id"])
    op.create_table(
        "loan_fact",
        sa.Column("chapter_id", UUID, nullable=False),
        sa.Column("loan_id", UUID, nullable=False),
        sa.Column("no", sa.Integer(), nullable=False),
        sa.Column("seq", sa.BigInteger(), nullable=False),
        sa.Column("entry_seq", sa.BigInteger(), nullable=True),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=True),
        sa.Column("months", sa.Integer(), nullable=True),
        sa.Column("plan", sa.String(), nullable=True),
        sa.Column("due", sa.String(), nullable=True),
        sa.Column("of_no", sa.Integer(), nullable=True),
        sa.Column("vote_yes", sa.Integer(), nullable=True),
        sa.Column("vote_no", sa.Integer(), nullable=True),
        sa.Column("place", sa.Integer(), nullable=True),
        sa.CheckConstraint(
            "kind IN ('approved', 'refused', 'disbursed', 'brought', 'repaid', 'set_off',"
            " 'rescheduled', 'waived', 'written_off', 'recovered', 'died', 'reversed')",
            name="loan_fact_kind_known",
        ),
        sa.CheckConstraint(PLANS, name="loan_fact_plan_known"),
        sa.CheckConstraint("amount > 0", name="loan_fact_of_something"),
        sa.CheckConstraint(
            "(kind = 'reversed') = (of_no IS NOT NULL)", name="loan_fact_takes_back"
        ),
        sa.ForeignKeyConstraint(["chapter_id", "loan_id"], ["loan.chapter_id", "loan.id"]),
        sa.ForeignKeyConstraint(["chapter_id", "seq"], ["trail.chapter_id", "trail.seq"]),
        sa.ForeignKeyConstraint(["chapter_id", "entry_seq"], ["entry.chapter_id", "entry.seq"]),
        sa.ForeignKeyConstraint(
            ["chapter_id", "loan_id", "of_no"],
            ["loan_fact.chapter_id", "loan_fact.loan_id", "loan_fact.no"],
        ),
        sa.PrimaryKeyConstraint("chapter_id", "loan_id", "no"),
        sa.UniqueConstraint("chapter_id", "loan_id", "of_no", name="loan_fact_taken_back_once"),
        sqlite_with_rowid=False,
    )
    op.create_index("loan_fact_by_entry", "loan_fact", ["chapter_id", "entry_seq"])
    op.create_table(
        "loan_visit",
        sa.Column("chapter_id", UUID, nullable=False),
        sa.Column("seq", sa.BigInteger(), nullable=False),
        sa.Column("id", UUID, nullable=False),
        sa.Column("loan_id", UUID, nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("left_poor_list", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["chapter_id", "seq"], ["trail.chapter_id", "trail.seq"]),
        sa.ForeignKeyConstraint(["chapter_id", "loan_id"], ["loan.chapter_id", "loan.id"]),
        sa.PrimaryKeyConstraint("chapter_id", "seq"),
        sa.UniqueConstraint("chapter_id", "id", name="loan_visit_id"),
        sqlite_with_rowid=False,
    )
    op.create_index("loan_visit_by_loan", "loan_visit", ["chapter_id", "loan_id"])
    for statement in create_triggers(IMMUTABLE, postgres=_postgres()):
        op.execute(statement)


def downgrade() -> None:
    for statement in drop_triggers(IMMUTABLE, postgres=_postgres()):
        op.execute(statement)
    for table in ("loan_visit", "loan_fact", "loan"):
        op.drop_table(table)
    _allow(KINDS_BEFORE)


def _allow(kinds: tuple[str, ...]) -> None:
    """Which kinds of entries there are. SQLite makes the tables anew, without their triggers."""
    for table, column in (("entry", "kind"), ("day_total", "flow"), ("month_total", "flow")):
        with op.batch_alter_table(table) as batch_op:
            batch_op.drop_constraint(f"{table}_{column}_known", type_="check")
            batch_op.create_check_constraint(f"{table}_{column}_known", _one_of(column, kinds))
    if not _postgres():
        for statement in create_triggers(ENTRY, postgres=False):
            op.execute(statement)


def _one_of(column: str, words: tuple[str, ...]) -> str:
    return f"{column} IN ({', '.join(repr(word) for word in words)})"


def _postgres() -> bool:
    return op.get_bind().dialect.name == "postgresql"
