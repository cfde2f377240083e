"""Tables of people and of their sessions."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Dialect, ForeignKey, Index, String, TypeDecorator
from sqlalchemy.dialects import mysql
from sqlalchemy.orm import Mapped, mapped_column
from sqlalchemy.types import TypeEngine

from taskly.kernel.db import Base

LONGEST_EMAIL = 254
LONGEST_USERNAME = 40
LONGEST_FULL_NAME = 100
LONGEST_USER_AGENT = 200
LONGEST_SEARCH_KEY = 500


class KeyText(TypeDecorator[str]):
    """Folded text that is compared character by character; other collations take é for e."""

    impl = String
    cache_ok = True

    def __init__(self, length: int) -> None:
        super().__init__(length)
        self.length = length

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        if dialect.name in {"mysql", "mariadb"}:
            return dialect.type_descriptor(mysql.VARCHAR(self.length, collation="utf8mb4_bin"))
        collation = "C" if dialect.name == "postgresql" else "BINARY"
        return dialect.type_descriptor(String(self.length, collation=collation))


class User(Base):
    """A person with an account. The `_key` columns are folded, so that case never tells two apart."""

    __tablename__ = "users"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    email: Mapped[str] = mapped_column(String(LONGEST_EMAIL))
    email_key: Mapped[str] = mapped_column(KeyText(LONGEST_EMAIL * 2), unique=True)
    username: Mapped[str] = mapped_column(String(LONGEST_USERNAME))
    username_key: Mapped[str] = mapped_column(KeyText(LONGEST_USERNAME * 3), unique=True)
    full_name: Mapped[str] = mapped_column(String(LONGEST_FULL_NAME))
    search_key: Mapped[str] = mapped_column(KeyText(LONGEST_SEARCH_KEY))
    password_hash: Mapped[str] = mapped_column(String(255))
    avatar_url: Mapped[str | None] = mapped_column(String(2000))
    is_active: Mapped[bool]
    is_superuser: Mapped[bool]
    founder: Mapped[bool | None] = mapped_column(unique=True)
    """True for the first account, null for all others: of two that register at once one can be first."""
    locale: Mapped[str] = mapped_column(String(10))
    time_zone: Mapped[str] = mapped_column(String(64))
    theme: Mapped[str] = mapped_column(String(10))
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime]
    version: Mapped[int]


class Session(Base):
    """One log-in. Its refresh tokens are numbered; only the newest one is good (see `tokens.py`)."""

    __tablename__ = "sessions"
    __table_args__ = (Index(None, "user_id", "id"),)

    id: Mapped[UUID] = mapped_column(primary_key=True)
    user_id: Mapped[UUID] = mapped_column(ForeignKey("users.id"))
    generation: Mapped[int]
    rotated_at: Mapped[datetime]
    user_agent: Mapped[str] = mapped_column(String(LONGEST_USER_AGENT))
    ip: Mapped[str] = mapped_column(String(45))
    created_at: Mapped[datetime]
    last_used_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    ended_at: Mapped[datetime | None] = mapped_column(index=True)
