"""who may do what

Revision: 0002
"""

import sqlalchemy as sa
from alembic import op

from app.db.schema import create_triggers, drop_triggers

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

UUID = sa.String(36).with_variant(sa.UUID(as_uuid=False), "postgresql")
IMMUTABLE = {"confirmation": ("chapter_id seq",)}


def upgrade() -> None:
    op.create_table(
        "attempt",
        sa.Column("subject", sa.LargeBinary(), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("last_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("subject"),
    )
    op.create_table(
        "approval",
        sa.Column("chapter_id", UUID, nullable=False),
        sa.Column("id", UUID, nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("about", UUID, nullable=False),
        sa.Column("payload", sa.String(), nullable=False),
        sa.Column("fingerprint", sa.LargeBinary(), nullable=False),
        sa.Column("beneficiary_id", UUID, nullable=True),
        sa.Column("proposed_by", UUID, nullable=False),
        sa.Column("proposed_at", sa.BigInteger(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("decided_by", UUID, nullable=True),
        sa.Column("decided_at", sa.BigInteger(), nullable=True),
        sa.Column("result", sa.String(), nullable=True),
        sa.CheckConstraint(
            "decided_by <> proposed_by OR state <> 'done'", name="approval_two_persons"
        ),
        sa.CheckConstraint(
            "state = 'waiting' OR decided_by IS NOT NULL", name="approval_decided_by_somebody"
        ),
        sa.CheckConstraint("state IN ('waiting', 'done', 'refused')", name="approval_state_known"),
        sa.ForeignKeyConstraint(
            ["chapter_id"],
            ["book.chapter_id"],
        ),
        sa.ForeignKeyConstraint(
            ["decided_by"],
            ["person.id"],
        ),
        sa.ForeignKeyConstraint(
            ["proposed_by"],
            ["person.id"],
        ),
        sa.PrimaryKeyConstraint("chapter_id", "id"),
        sqlite_with_rowid=False,
    )
    op.create_index("approval_waiting", "approval", ["chapter_id", "state"], unique=False)

    op.create_table(
        "card",
        sa.Column("id", UUID, nullable=False),
        sa.Column("chapter_id", UUID, nullable=False),
        sa.Column("member_id", UUID, nullable=False),
        sa.Column("first_code_hash", sa.LargeBinary(), nullable=False),
        sa.Column("code_expires_at", sa.BigInteger(), nullable=False),
        sa.Column("pin_hash", sa.String(), nullable=True),
        sa.Column("made_at", sa.BigInteger(), nullable=False),
        sa.Column("revoked_at", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(
            ["chapter_id", "member_id"],
            ["member.chapter_id", "member.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("card_by_member", "card", ["chapter_id", "member_id"], unique=False)

    op.create_table(
        "record_view",
        sa.Column("chapter_id", UUID, nullable=False),
        sa.Column("member_id", UUID, nullable=False),
        sa.Column("viewer_id", UUID, nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("why", sa.String(), nullable=True),
        sa.ForeignKeyConstraint(
            ["chapter_id", "member_id"],
            ["member.chapter_id", "member.id"],
        ),
        sa.ForeignKeyConstraint(
            ["viewer_id"],
            ["person.id"],
        ),
        sa.PrimaryKeyConstraint("chapter_id", "member_id", "viewer_id", "at"),
    )
    op.create_table(
        "confirmation",
        sa.Column("chapter_id", UUID, nullable=False),
        sa.Column("seq", sa.BigInteger(), nullable=False),
        sa.Column("member_id", UUID, nullable=False),
        sa.Column("entry_seq", sa.BigInteger(), nullable=False),
        sa.Column("line", sa.Integer(), nullable=False),
        sa.Column("verdict", sa.String(), nullable=False),
        sa.Column("note", sa.String(), nullable=True),
        sa.CheckConstraint("verdict IN ('right', 'wrong')", name="confirmation_verdict_known"),
        sa.ForeignKeyConstraint(
            ["chapter_id", "entry_seq", "line"],
            ["movement.chapter_id", "movement.seq", "movement.line"],
        ),
        sa.ForeignKeyConstraint(
            ["chapter_id", "member_id"],
            ["member.chapter_id", "member.id"],
        ),
        sa.ForeignKeyConstraint(
            ["chapter_id", "seq"],
            ["trail.chapter_id", "trail.seq"],
        ),
        sa.PrimaryKeyConstraint("chapter_id", "seq"),
        sqlite_with_rowid=False,
    )
    op.create_index(
        "confirmation_by_line", "confirmation", ["chapter_id", "entry_seq", "line"], unique=False
    )

    with op.batch_alter_table("office", schema=None) as batch_op:
        batch_op.add_column(sa.Column("ended_by", UUID, nullable=True))
        batch_op.add_column(sa.Column("ended_at", sa.BigInteger(), nullable=True))

    # Everybody signs in anew: a session lasts hours, and the new one must say how it began.
    op.drop_table("session")
    op.create_table(
        "session",
        sa.Column("id", UUID, nullable=False),
        sa.Column("token_hash", sa.LargeBinary(), nullable=False),
        sa.Column("person_id", UUID, nullable=False),
        sa.Column("device_id", UUID, nullable=True),
        sa.Column("card_id", UUID, nullable=True),
        sa.Column("began_at", sa.BigInteger(), nullable=False),
        sa.Column("used_at", sa.BigInteger(), nullable=False),
        sa.Column("expires_at", sa.BigInteger(), nullable=False),
        sa.Column("revoked_at", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"]),
        sa.ForeignKeyConstraint(["device_id"], ["device.id"]),
        sa.ForeignKeyConstraint(["card_id"], ["card.id"]),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("token_hash"),
    )
    op.create_index("session_by_person", "session", ["person_id"])
    for statement in create_triggers(IMMUTABLE, postgres=_postgres()):
        op.execute(statement)


def downgrade() -> None:
    for statement in drop_triggers(IMMUTABLE, postgres=_postgres()):
        op.execute(statement)
    op.drop_table("session")
    op.create_table(
        "session",
        sa.Column("token_hash", sa.LargeBinary(), nullable=False),
        sa.Column("person_id", UUID, nullable=False),
        sa.Column("device_id", UUID, nullable=True),
        sa.Column("began_at", sa.BigInteger(), nullable=False),
        sa.Column("expires_at", sa.BigInteger(), nullable=False),
        sa.Column("revoked_at", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"]),
        sa.ForeignKeyConstraint(["device_id"], ["device.id"]),
        sa.PrimaryKeyConstraint("token_hash"),
    )
    op.create_index("session_by_person", "session", ["person_id"])
    with op.batch_alter_table("office") as batch_op:
        batch_op.drop_column("ended_by")
        batch_op.drop_column("ended_at")
    for table in ("confirmation", "record_view", "card", "approval", "attempt"):
        op.drop_table(table)


def _postgres() -> bool:
    return op.get_bind().dialect.name == "postgresql"
