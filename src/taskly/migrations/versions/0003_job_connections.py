"""job connections"""

import sqlalchemy as sa
from alembic import op

from taskly.kernel.db import LongText, UtcDateTime

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "job_connections",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.String(length=64), nullable=False),
        sa.Column("engine", sa.String(length=10), nullable=False),
        sa.Column("host", sa.String(length=255), nullable=True),
        sa.Column("port", sa.Integer(), nullable=True),
        sa.Column("database", sa.String(length=1000), nullable=False),
        sa.Column("username", sa.String(length=200), nullable=True),
        sa.Column("sealed_password", LongText(), nullable=True),
        sa.Column("created_by", sa.Uuid(), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["created_by"], ["users.id"], name=op.f("fk_job_connections_created_by")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_job_connections")),
        sa.UniqueConstraint("name", name=op.f("uq_job_connections_name")),
    )


def downgrade() -> None:
    op.drop_table("job_connections")
