"""search"""

from collections.abc import Iterator
from typing import Any

import sqlalchemy as sa
from alembic import op

from taskly.boards.search.indexing import NAME, board_row, card_row, comment_row, job_row
from taskly.kernel.db import LongText

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

ROWS_AT_ONCE = 500
# In SQLite an index over the text of the table, which triggers keep in step with it.
ON_SQLITE = (
    "CREATE VIRTUAL TABLE search_grams USING fts5"
    "(grams, content='search_texts', content_rowid='id', tokenize='ascii', detail='none')",
    "CREATE TRIGGER search_grams_added AFTER INSERT ON search_texts BEGIN"
    " INSERT INTO search_grams (rowid, grams) VALUES (new.id, new.grams); END",
    "CREATE TRIGGER search_grams_removed AFTER DELETE ON search_texts BEGIN"
    " INSERT INTO search_grams (search_grams, rowid, grams)"
    " VALUES ('delete', old.id, old.grams); END",
)
ON_POSTGRESQL = (
    "CREATE INDEX search_grams ON search_texts"
    " USING gin (array_to_tsvector(string_to_array(grams, ' ')))",
)
ON_MARIADB = ("CREATE FULLTEXT INDEX search_grams ON search_texts (grams)",)
BY_DIALECT = {"sqlite": ON_SQLITE, "postgresql": ON_POSTGRESQL}


def upgrade() -> None:
    texts = op.create_table(
        "search_texts",
        sa.Column("id", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("entity_id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("title", LongText(), nullable=False),
        sa.Column("body", LongText(), nullable=False),
        sa.Column("grams", LongText(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_search_texts")),
        sa.UniqueConstraint("entity_id", "kind", name=op.f("uq_search_texts_entity_id_kind")),
        sqlite_autoincrement=True,
    )
    connection = op.get_bind()
    for statement in BY_DIALECT.get(connection.dialect.name, ON_MARIADB):
        op.execute(statement)
    for things, make in _what_exists():
        for rows in _batches(connection, things):
            connection.execute(sa.insert(texts), [make(row) for row in rows])
    # What happened so far is in the index now; its reader goes on from here.
    connection.execute(
        sa.text(
            "INSERT INTO event_cursors (reader, stream_id, seq)"
            " SELECT :reader, id, seq FROM streams WHERE seq > 0"
        ),
        {"reader": NAME},
    )


def _what_exists() -> Iterator[tuple[sa.Select[Any], Any]]:
    ids, numbers = {"id", "board_id"}, {"version", "number"}

    def table(name: str, *columns: str) -> sa.TableClause:
        kinds: dict[str, Any] = dict.fromkeys(ids, sa.Uuid()) | dict.fromkeys(numbers, sa.Integer())
        return sa.table(name, *(sa.column(one, kinds.get(one)) for one in columns))

    boards = table("boards", "id", "version", "name", "key", "description")
    cards = table("cards", "id", "version", "board_id", "number", "title", "description")
    comments = table("comments", "id", "version", "body")
    jobs = table("jobs", "id", "number", "kind", "title", "deleted_at")
    of_cards = (cards.c.id, cards.c.version, cards.c.number, cards.c.title, cards.c.description)
    yield sa.select(boards).order_by(boards.c.id), board_row
    yield (
        sa.select(*of_cards, boards.c.key)
        .join(boards, boards.c.id == cards.c.board_id)
        .order_by(cards.c.id),
        card_row,
    )
    yield sa.select(comments).order_by(comments.c.id), comment_row
    yield (
        sa.select(jobs).where(jobs.c.deleted_at.is_(None)).order_by(jobs.c.id),
        lambda job: job_row(job.id, job.title, job.kind, job.number),
    )


def _batches(connection: sa.Connection, statement: sa.Select[Any]) -> Iterator[Any]:
    first = statement.selected_columns[0]
    following = statement.limit(ROWS_AT_ONCE)
    while rows := connection.execute(following).all():
        yield rows
        following = statement.where(first > rows[-1].id).limit(ROWS_AT_ONCE)


def downgrade() -> None:
    connection = op.get_bind()
    connection.execute(
        sa.text("DELETE FROM event_cursors WHERE reader = :reader"), {"reader": NAME}
    )
    connection.execute(sa.text("DELETE FROM event_readers WHERE name = :name"), {"name": NAME})
    if connection.dialect.name == "sqlite":
        op.execute("DROP TABLE search_grams")
    op.drop_table("search_texts")
