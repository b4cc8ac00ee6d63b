"""loans that are open

Revision: 0006
"""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

UUID = sa.String(36).with_variant(sa.UUID(as_uuid=False), "postgresql")


def upgrade() -> None:
    op.create_table(
        "loan_open",
        sa.Column("chapter_id", UUID, nullable=False),
        sa.Column("loan_id", UUID, nullable=False),
        sa.ForeignKeyConstraint(["chapter_id", "loan_id"], ["loan.chapter_id", "loan.id"]),
        sa.PrimaryKeyConstraint("chapter_id", "loan_id"),
        sqlite_with_rowid=False,
    )
    # A row too many is only read in vain: whoever reads it replays the loan.
    op.execute("INSERT INTO loan_open (chapter_id, loan_id) SELECT chapter_id, id FROM loan")


def downgrade() -> None:
    op.drop_table("loan_open")
