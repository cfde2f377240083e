"""Answers kept for a day, so that a POST repeated after a lost answer is not done twice."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import LargeBinary, String, delete, insert, select
from sqlalchemy.dialects import mysql
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Mapped, mapped_column

from taskly.kernel.clock import now
from taskly.kernel.db import Base, ReadTx, Tx
from taskly.kernel.errors import Conflict, Invalid

Bytes = LargeBinary().with_variant(mysql.LONGBLOB(), "mysql", "mariadb")


class KeptAnswer(Base):
    """The answer to a POST that named an Idempotency-Key; written in the transaction that it answers."""

    __tablename__ = "idempotency_keys"

    who: Mapped[str] = mapped_column(String(80), primary_key=True)
    key: Mapped[str] = mapped_column(String(100), primary_key=True)
    fingerprint: Mapped[str] = mapped_column(String(64))
    status: Mapped[int]
    body: Mapped[bytes] = mapped_column(Bytes)
    seq: Mapped[int | None]
    expires_at: Mapped[datetime] = mapped_column(index=True)


@dataclass(frozen=True, slots=True)
class Remembered:
    """What was answered."""

    status: int
    body: bytes
    seq: int | None


async def recall(tx: ReadTx, who: str, key: str, fingerprint: str) -> Remembered | None:
    """The kept answer. Raises `Invalid` where the key was used for another request."""
    row = await tx.first(
        select(KeptAnswer.fingerprint, KeptAnswer.status, KeptAnswer.body, KeptAnswer.seq).where(
            KeptAnswer.who == who, KeptAnswer.key == key, KeptAnswer.expires_at > now()
        )
    )
    if row is None:
        return None
    if row.fingerprint != fingerprint:
        raise Invalid.of("Idempotency-Key", "idempotency_key_reused")
    return Remembered(row.status, row.body, row.seq)


async def remember(
    tx: Tx, who: str, key: str, fingerprint: str, kept: Remembered, until: datetime
) -> None:
    """Keep an answer. Raises `Conflict` where the same key is being answered at this moment."""
    await tx.execute(
        delete(KeptAnswer).where(
            KeptAnswer.who == who, KeptAnswer.key == key, KeptAnswer.expires_at <= now()
        )
    )
    try:
        await tx.execute(
            insert(KeptAnswer).values(
                who=who,
                key=key,
                fingerprint=fingerprint,
                status=kept.status,
                body=kept.body,
                seq=kept.seq,
                expires_at=until,
            )
        )
    except IntegrityError as error:
        raise Conflict("idempotency_key_in_use", headers={"Retry-After": "1"}) from error


async def forget_old_answers(tx: Tx) -> int:
    """Drop the answers whose day is over and return how many went."""
    result = await tx.execute(delete(KeptAnswer).where(KeptAnswer.expires_at <= now()))
    return result.rowcount
