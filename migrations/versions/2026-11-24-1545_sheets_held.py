"""sheets held for review; why a device ended

Revision: 0003
"""

import sqlalchemy as sa
from alembic import op

from app.db.schema import create_triggers, drop_triggers

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

UUID = sa.String(36).with_variant(sa.UUID(as_uuid=False), "postgresql")
IMMUTABLE = {"held_sheet": ("chapter_id id",), "held_fate": ("chapter_id id",)}
WHY = "revoked_why IN ('reported', 'pin_reset', 'office_ended')"


def upgrade() -> None:
    # As SQL that both databases take: Alembic would make SQLite's table anew for a check. Devices
    # that ended before have no reason, so none of them hands anything over.
    op.execute(
        "ALTER TABLE device ADD COLUMN revoked_why VARCHAR"
        f" CONSTRAINT device_revoked_why_known CHECK ({WHY})"
    )
    op.create_table(
        "held_sheet",
        sa.Column("chapter_id", UUID, nullable=False),
        sa.Column("id", UUID, nullable=False),
        sa.Column("seq", sa.BigInteger(), nullable=False),
        sa.Column("person_id", UUID, nullable=False),
        sa.Column("request", sa.LargeBinary(), nullable=False),
        sa.Column("kept_at", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(["chapter_id", "seq"], ["trail.chapter_id", "trail.seq"]),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"]),
        sa.PrimaryKeyConstraint("chapter_id", "id"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "held_fate",
        sa.Column("chapter_id", UUID, nullable=False),
        sa.Column("id", UUID, nullable=False),
        sa.Column("seq", sa.BigInteger(), nullable=False),
        sa.Column("fate", sa.String(), nullable=False),
        sa.Column("entry_seq", sa.BigInteger(), nullable=True),
        sa.CheckConstraint("fate IN ('recorded', 'dropped')", name="held_fate_fate_known"),
        sa.CheckConstraint(
            "(fate = 'recorded') = (entry_seq IS NOT NULL)", name="held_fate_has_its_entry"
        ),
        sa.ForeignKeyConstraint(["chapter_id", "entry_seq"], ["entry.chapter_id", "entry.seq"]),
        sa.ForeignKeyConstraint(["chapter_id", "id"], ["held_sheet.chapter_id", "held_sheet.id"]),
        sa.ForeignKeyConstraint(["chapter_id", "seq"], ["trail.chapter_id", "trail.seq"]),
        sa.PrimaryKeyConstraint("chapter_id", "id"),
        sqlite_with_rowid=False,
    )
    for statement in create_triggers(IMMUTABLE, postgres=_postgres()):
        op.execute(statement)


def downgrade() -> None:
    for statement in drop_triggers(IMMUTABLE, postgres=_postgres()):
        op.execute(statement)
    op.drop_table("held_fate")
    op.drop_table("held_sheet")
    op.execute("ALTER TABLE device DROP COLUMN revoked_why")


def _postgres() -> bool:
    return op.get_bind().dialect.name == "postgresql"
