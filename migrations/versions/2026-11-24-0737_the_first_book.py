"""the first book

Revision: 0001
"""

import sqlalchemy as sa
from alembic import op

from app.db.schema import create_triggers, drop_triggers

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

UUID = sa.String(36).with_variant(sa.UUID(as_uuid=False), "postgresql")
IMMUTABLE = {
    "trail": ("chapter_id seq",),
    "entry": ("chapter_id seq", "chapter_id id"),
    "movement": ("chapter_id seq line", "chapter_id reverses_seq reverses_line"),
    "stored_reply": ("chapter_id key",),
}
TABLES = (
    "movement",
    "entry",
    "trail_text",
    "need_class",
    "month_total",
    "day_total",
    "cycle",
    "consent",
    "account",
    "trail",
    "stored_reply",
    "session",
    "pot",
    "member",
    "charter",
    "unit_parent",
    "office",
    "enrolment",
    "device",
    "book",
    "unit",
    "setup_token",
    "person",
)


def upgrade() -> None:
    op.create_table(
        "person",
        sa.Column("id", UUID, nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("name_fold", sa.String(), nullable=False),
        sa.Column("sort_key", sa.String(), nullable=False),
        sa.Column("phone", sa.String(), nullable=True),
        sa.Column("pin_hash", sa.String(), nullable=True),
        sa.Column("erased_at", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_person_phone", "person", ["phone"], unique=False)

    op.create_table(
        "setup_token",
        sa.Column("token_hash", sa.LargeBinary(), nullable=False),
        sa.Column("expires_at", sa.BigInteger(), nullable=False),
        sa.Column("used_at", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("token_hash"),
    )
    op.create_table(
        "unit",
        sa.Column("id", UUID, nullable=False),
        sa.Column("level", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("from_on", sa.Date(), nullable=False),
        sa.CheckConstraint(
            "level IN ('central', 'province', 'district', 'commune', 'chapter', 'group')",
            name="unit_level_known",
        ),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_table(
        "book",
        sa.Column("chapter_id", UUID, nullable=False),
        sa.Column("seq", sa.BigInteger(), nullable=False),
        sa.Column("head", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["chapter_id"],
            ["unit.id"],
        ),
        sa.PrimaryKeyConstraint("chapter_id"),
    )
    op.create_table(
        "device",
        sa.Column("id", UUID, nullable=False),
        sa.Column("person_id", UUID, nullable=False),
        sa.Column("token_hash", sa.LargeBinary(), nullable=False),
        sa.Column("label", sa.String(), nullable=False),
        sa.Column("enrolled_at", sa.BigInteger(), nullable=False),
        sa.Column("revoked_at", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(
            ["person_id"],
            ["person.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("token_hash"),
    )
    op.create_index("device_by_person", "device", ["person_id"], unique=False)

    op.create_table(
        "enrolment",
        sa.Column("code_hash", sa.LargeBinary(), nullable=False),
        sa.Column("person_id", UUID, nullable=False),
        sa.Column("expires_at", sa.BigInteger(), nullable=False),
        sa.Column("used_at", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(
            ["person_id"],
            ["person.id"],
        ),
        sa.PrimaryKeyConstraint("code_hash"),
    )
    op.create_index("enrolment_by_person", "enrolment", ["person_id"], unique=False)

    op.create_table(
        "office",
        sa.Column("id", UUID, nullable=False),
        sa.Column("person_id", UUID, nullable=False),
        sa.Column("unit_id", UUID, nullable=False),
        sa.Column("role", sa.String(), nullable=False),
        sa.Column("from_on", sa.Date(), nullable=False),
        sa.Column("to_on", sa.Date(), nullable=True),
        sa.CheckConstraint(
            "role IN ('administrator', 'leader', 'chapter_head', 'deputy', 'treasurer', 'inspector')",
            name="office_role_known",
        ),
        sa.ForeignKeyConstraint(
            ["person_id"],
            ["person.id"],
        ),
        sa.ForeignKeyConstraint(
            ["unit_id"],
            ["unit.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("office_by_person", "office", ["person_id"], unique=False)
    op.create_index("office_by_unit", "office", ["unit_id"], unique=False)

    op.create_table(
        "unit_parent",
        sa.Column("unit_id", UUID, nullable=False),
        sa.Column("from_on", sa.Date(), nullable=False),
        sa.Column("to_on", sa.Date(), nullable=True),
        sa.Column("parent_id", UUID, nullable=False),
        sa.CheckConstraint("unit_id <> parent_id", name="unit_parent_not_itself"),
        sa.ForeignKeyConstraint(
            ["parent_id"],
            ["unit.id"],
        ),
        sa.ForeignKeyConstraint(
            ["unit_id"],
            ["unit.id"],
        ),
        sa.PrimaryKeyConstraint("unit_id", "from_on"),
    )
    op.create_index("unit_parent_by_parent", "unit_parent", ["parent_id"], unique=False)

    op.create_table(
        "charter",
        sa.Column("chapter_id", UUID, nullable=False),
        sa.Column("in_force_from", sa.Date(), nullable=False),
        sa.Column("minimum_per_period", sa.BigInteger(), nullable=False),
        sa.Column("period", sa.String(), nullable=False),
        sa.Column("payout_step", sa.BigInteger(), nullable=False),
        sa.Column("default_decision", sa.String(), nullable=False),
        sa.Column("surplus_rule", sa.String(), nullable=False),
        sa.Column("set_off_debt", sa.Boolean(), nullable=False),
        sa.Column("loan_max_amount", sa.BigInteger(), nullable=True),
        sa.Column("loan_max_months", sa.Integer(), nullable=True),
        sa.Column("loan_savings_multiple", sa.Integer(), nullable=True),
        sa.Column("loan_monthly_rate_bp", sa.Integer(), nullable=False),
        sa.Column("loans_stop_days_before", sa.Integer(), nullable=False),
        sa.Column("one_loan_at_a_time", sa.Boolean(), nullable=False),
        sa.Column("backdate_days", sa.Integer(), nullable=False),
        sa.Column("cash_limit", sa.BigInteger(), nullable=True),
        sa.Column("expense_limit", sa.BigInteger(), nullable=False),
        sa.Column("grant_limit", sa.BigInteger(), nullable=False),
        sa.Column("leaver_shares_surplus", sa.Boolean(), nullable=False),
        sa.Column("words", sa.String(), nullable=False),
        sa.CheckConstraint(
            "default_decision IN ('keep', 'take', 'give')", name="charter_default_decision_known"
        ),
        sa.CheckConstraint(
            "period IN ('day', 'week', 'month', 'season')", name="charter_period_known"
        ),
        sa.CheckConstraint(
            "surplus_rule IN ('by_savings', 'by_savings_days', 'keep')",
            name="charter_surplus_rule_known",
        ),
        sa.CheckConstraint("loan_monthly_rate_bp BETWEEN 0 AND 166", name="charter_rate"),
        sa.CheckConstraint("minimum_per_period >= 1000", name="charter_minimum"),
        sa.ForeignKeyConstraint(
            ["chapter_id"],
            ["book.chapter_id"],
        ),
        sa.PrimaryKeyConstraint("chapter_id", "in_force_from"),
    )
    op.create_table(
        "member",
        sa.Column("chapter_id", UUID, nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("id", UUID, nullable=False),
        sa.Column("person_id", UUID, nullable=False),
        sa.Column("group_id", UUID, nullable=True),
        sa.Column("joined_on", sa.Date(), nullable=False),
        sa.Column("left_on", sa.Date(), nullable=True),
        sa.Column("next_of_kin", sa.String(), nullable=True),
        sa.CheckConstraint(
            "left_on IS NULL OR left_on >= joined_on", name="member_left_after_joining"
        ),
        sa.CheckConstraint("number > 0", name="member_number"),
        sa.ForeignKeyConstraint(
            ["chapter_id"],
            ["book.chapter_id"],
        ),
        sa.ForeignKeyConstraint(
            ["group_id"],
            ["unit.id"],
        ),
        sa.ForeignKeyConstraint(
            ["person_id"],
            ["person.id"],
        ),
        sa.PrimaryKeyConstraint("chapter_id", "number"),
        sa.UniqueConstraint("chapter_id", "id", name="member_id"),
    )
    op.create_index("member_by_person", "member", ["person_id"], unique=False)

    op.create_table(
        "pot",
        sa.Column("chapter_id", UUID, nullable=False),
        sa.Column("id", UUID, nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("kept", sa.String(), nullable=False),
        sa.Column("belongs_to", sa.String(), nullable=False),
        sa.Column("opened_on", sa.Date(), nullable=False),
        sa.Column("next_breaking_on", sa.Date(), nullable=True),
        sa.CheckConstraint("belongs_to IN ('member', 'fund')", name="pot_belongs_to_known"),
        sa.CheckConstraint("kept IN ('chapter', 'home')", name="pot_kept_known"),
        sa.CheckConstraint("kind IN ('pig', 'bamboo_tube', 'donation_box')", name="pot_kind_known"),
        sa.ForeignKeyConstraint(
            ["chapter_id"],
            ["book.chapter_id"],
        ),
        sa.PrimaryKeyConstraint("chapter_id", "id"),
    )
    op.create_table(
        "session",
        sa.Column("token_hash", sa.LargeBinary(), nullable=False),
        sa.Column("person_id", UUID, nullable=False),
        sa.Column("device_id", UUID, nullable=True),
        sa.Column("began_at", sa.BigInteger(), nullable=False),
        sa.Column("expires_at", sa.BigInteger(), nullable=False),
        sa.Column("revoked_at", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(
            ["device_id"],
            ["device.id"],
        ),
        sa.ForeignKeyConstraint(
            ["person_id"],
            ["person.id"],
        ),
        sa.PrimaryKeyConstraint("token_hash"),
    )
    op.create_index("session_by_person", "session", ["person_id"], unique=False)

    op.create_table(
        "stored_reply",
        sa.Column("chapter_id", UUID, nullable=False),
        sa.Column("key", UUID, nullable=False),
        sa.Column("request", sa.LargeBinary(), nullable=False),
        sa.Column("reply", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["chapter_id"],
            ["book.chapter_id"],
        ),
        sa.PrimaryKeyConstraint("chapter_id", "key"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "trail",
        sa.Column("chapter_id", UUID, nullable=False),
        sa.Column("seq", sa.BigInteger(), nullable=False),
        sa.Column("prev_seq", sa.BigInteger(), nullable=True),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("act", sa.String(), nullable=False),
        sa.Column("person_id", UUID, nullable=True),
        sa.Column("device_id", UUID, nullable=True),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.Column("leaf", sa.LargeBinary(), nullable=False),
        sa.Column("head", sa.LargeBinary(), nullable=False),
        sa.CheckConstraint(
            "(seq = 1 AND prev_seq IS NULL) OR (prev_seq IS NOT NULL AND prev_seq = seq - 1)",
            name="trail_without_gap",
        ),
        sa.ForeignKeyConstraint(
            ["chapter_id", "prev_seq"],
            ["trail.chapter_id", "trail.seq"],
        ),
        sa.ForeignKeyConstraint(
            ["chapter_id"],
            ["book.chapter_id"],
        ),
        sa.PrimaryKeyConstraint("chapter_id", "seq"),
        sqlite_with_rowid=False,
    )
    op.create_index("trail_by_act", "trail", ["chapter_id", "act", "seq"], unique=False)
    op.create_index("trail_by_person", "trail", ["chapter_id", "person_id", "seq"], unique=False)
    op.create_index("trail_by_time", "trail", ["chapter_id", "at"], unique=False)

    op.create_table(
        "account",
        sa.Column("chapter_id", UUID, nullable=False),
        sa.Column("no", sa.Integer(), nullable=False),
        sa.Column("pot_id", UUID, nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("owner_id", UUID, nullable=False),
        sa.Column("balance", sa.BigInteger(), nullable=False),
        sa.Column("periods", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "balance >= 0 OR kind NOT IN ('cash_pot', 'cash_hand', 'cash_bank', 'loan', 'receivable', 'shortage_pending', 'overage_pending', 'savings')",
            name="account_never_below_zero",
        ),
        sa.CheckConstraint(
            "kind IN ('cash_pot', 'cash_hand', 'cash_bank', 'loan', 'receivable', 'shortage_pending', 'cash_short', 'loan_loss', 'expense', 'savings', 'fund', 'overage_pending', 'surplus', 'interest_income', 'cash_over', 'loan_recovered', 'opening', 'transfer')",
            name="account_kind_known",
        ),
        sa.ForeignKeyConstraint(
            ["chapter_id", "pot_id"],
            ["pot.chapter_id", "pot.id"],
        ),
        sa.PrimaryKeyConstraint("chapter_id", "no"),
        sa.UniqueConstraint("chapter_id", "pot_id", "kind", "owner_id", name="account_once"),
        sqlite_with_rowid=False,
    )
    op.create_index("account_by_owner", "account", ["chapter_id", "owner_id"], unique=False)

    op.create_table(
        "consent",
        sa.Column("chapter_id", UUID, nullable=False),
        sa.Column("member_id", UUID, nullable=False),
        sa.Column("purpose", sa.String(), nullable=False),
        sa.Column("given_on", sa.Date(), nullable=False),
        sa.CheckConstraint(
            "purpose IN ('savings', 'loans', 'contact', 'need_class', 'stories')",
            name="consent_purpose_known",
        ),
        sa.ForeignKeyConstraint(
            ["chapter_id", "member_id"],
            ["member.chapter_id", "member.id"],
        ),
        sa.PrimaryKeyConstraint("chapter_id", "member_id", "purpose"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "cycle",
        sa.Column("chapter_id", UUID, nullable=False),
        sa.Column("pot_id", UUID, nullable=False),
        sa.Column("no", sa.Integer(), nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("closed_on", sa.Date(), nullable=True),
        sa.CheckConstraint("closed_on IS NULL OR closed_on >= starts_on", name="cycle_in_order"),
        sa.ForeignKeyConstraint(
            ["chapter_id", "pot_id"],
            ["pot.chapter_id", "pot.id"],
        ),
        sa.PrimaryKeyConstraint("chapter_id", "pot_id", "no"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "day_total",
        sa.Column("chapter_id", UUID, nullable=False),
        sa.Column("pot_id", UUID, nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("debit", sa.BigInteger(), nullable=False),
        sa.Column("credit", sa.BigInteger(), nullable=False),
        sa.CheckConstraint(
            "kind IN ('cash_pot', 'cash_hand', 'cash_bank', 'loan', 'receivable', 'shortage_pending', 'cash_short', 'loan_loss', 'expense', 'savings', 'fund', 'overage_pending', 'surplus', 'interest_income', 'cash_over', 'loan_recovered', 'opening', 'transfer')",
            name="day_total_kind_known",
        ),
        sa.ForeignKeyConstraint(
            ["chapter_id", "pot_id"],
            ["pot.chapter_id", "pot.id"],
        ),
        sa.PrimaryKeyConstraint("chapter_id", "pot_id", "kind", "day"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "month_total",
        sa.Column("chapter_id", UUID, nullable=False),
        sa.Column("pot_id", UUID, nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("month", sa.Date(), nullable=False),
        sa.Column("debit", sa.BigInteger(), nullable=False),
        sa.Column("credit", sa.BigInteger(), nullable=False),
        sa.CheckConstraint(
            "kind IN ('cash_pot', 'cash_hand', 'cash_bank', 'loan', 'receivable', 'shortage_pending', 'cash_short', 'loan_loss', 'expense', 'savings', 'fund', 'overage_pending', 'surplus', 'interest_income', 'cash_over', 'loan_recovered', 'opening', 'transfer')",
            name="month_total_kind_known",
        ),
        sa.ForeignKeyConstraint(
            ["chapter_id", "pot_id"],
            ["pot.chapter_id", "pot.id"],
        ),
        sa.PrimaryKeyConstraint("chapter_id", "pot_id", "kind", "month"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "need_class",
        sa.Column("chapter_id", UUID, nullable=False),
        sa.Column("member_id", UUID, nullable=False),
        sa.Column("seq", sa.BigInteger(), nullable=False),
        sa.Column("class", sa.String(), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("certificate", sa.String(), nullable=True),
        sa.CheckConstraint(
            "class IN ('poor', 'near_poor', 'hardship', 'other')", name="need_class_class_known"
        ),
        sa.ForeignKeyConstraint(
            ["chapter_id", "member_id"],
            ["member.chapter_id", "member.id"],
        ),
        sa.ForeignKeyConstraint(
            ["chapter_id", "seq"],
            ["trail.chapter_id", "trail.seq"],
        ),
        sa.PrimaryKeyConstraint("chapter_id", "member_id", "seq"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "trail_text",
        sa.Column("chapter_id", UUID, nullable=False),
        sa.Column("seq", sa.BigInteger(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("words", sa.String(), nullable=False),
        sa.Column("salt", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["chapter_id", "seq"],
            ["trail.chapter_id", "trail.seq"],
        ),
        sa.PrimaryKeyConstraint("chapter_id", "seq", "name"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "entry",
        sa.Column("chapter_id", UUID, nullable=False),
        sa.Column("seq", sa.BigInteger(), nullable=False),
        sa.Column("id", UUID, nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("pot_id", UUID, nullable=False),
        sa.Column("cycle_no", sa.Integer(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.CheckConstraint("kind IN ('sheet', 'reversal')", name="entry_kind_known"),
        sa.ForeignKeyConstraint(
            ["chapter_id", "pot_id", "cycle_no"],
            ["cycle.chapter_id", "cycle.pot_id", "cycle.no"],
        ),
        sa.ForeignKeyConstraint(
            ["chapter_id", "seq"],
            ["trail.chapter_id", "trail.seq"],
        ),
        sa.PrimaryKeyConstraint("chapter_id", "seq"),
        sa.UniqueConstraint("chapter_id", "id", name="entry_id"),
        sqlite_with_rowid=False,
    )
    op.create_index("entry_by_day", "entry", ["chapter_id", "pot_id", "day"], unique=False)

    op.create_table(
        "movement",
        sa.Column("chapter_id", UUID, nullable=False),
        sa.Column("seq", sa.BigInteger(), nullable=False),
        sa.Column("line", sa.Integer(), nullable=False),
        sa.Column("debit_no", sa.Integer(), nullable=False),
        sa.Column("credit_no", sa.Integer(), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("member_no", sa.Integer(), nullable=True),
        sa.Column("periods", sa.Integer(), nullable=False),
        sa.Column("reverses_seq", sa.BigInteger(), nullable=True),
        sa.Column("reverses_line", sa.Integer(), nullable=True),
        sa.CheckConstraint("amount > 0", name="movement_positive"),
        sa.CheckConstraint("debit_no <> credit_no", name="movement_between_two"),
        sa.ForeignKeyConstraint(
            ["chapter_id", "credit_no"],
            ["account.chapter_id", "account.no"],
        ),
        sa.ForeignKeyConstraint(
            ["chapter_id", "debit_no"],
            ["account.chapter_id", "account.no"],
        ),
        sa.ForeignKeyConstraint(
            ["chapter_id", "member_no"],
            ["member.chapter_id", "member.number"],
        ),
        sa.ForeignKeyConstraint(
            ["chapter_id", "reverses_seq", "reverses_line"],
            ["movement.chapter_id", "movement.seq", "movement.line"],
        ),
        sa.ForeignKeyConstraint(
            ["chapter_id", "seq"],
            ["entry.chapter_id", "entry.seq"],
        ),
        sa.PrimaryKeyConstraint("chapter_id", "seq", "line"),
        sqlite_with_rowid=False,
    )
    op.create_index(
        "movement_by_member", "movement", ["chapter_id", "member_no", "seq"], unique=False
    )
    op.create_index(
        "movement_reversed_once",
        "movement",
        ["chapter_id", "reverses_seq", "reverses_line"],
        unique=True,
        sqlite_where=sa.text("reverses_seq IS NOT NULL"),
        postgresql_where=sa.text("reverses_seq IS NOT NULL"),
    )

    for statement in create_triggers(IMMUTABLE, postgres=_postgres()):
        op.execute(statement)


def downgrade() -> None:
    for statement in drop_triggers(IMMUTABLE, postgres=_postgres()):
        op.execute(statement)
    for table in TABLES:
        op.drop_table(table)
    if _postgres():
        op.execute("DROP FUNCTION solon_immutable()")


def _postgres() -> bool:
    return op.get_bind().dialect.name == "postgresql"
