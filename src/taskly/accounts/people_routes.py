"""`/users`: finding people, and managing their accounts."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Request
from pydantic import Field

from taskly.accounts import queries, service
from taskly.accounts.actor import Actor
from taskly.accounts.auth import SIGNED_IN, SUPERUSER, accounts_of
from taskly.accounts.schemas import PersonOut, UserEdit, UserOut
from taskly.kernel.errors import Invalid, NotFound
from taskly.kernel.fields import ONE_LINE
from taskly.kernel.http import Db, Page, Paging, ReadDb, TasklyRoute, next_cursor, problems

router = APIRouter(prefix="/users", route_class=TasklyRoute, tags=["users"])

Me = Annotated[Actor, Depends(SIGNED_IN)]
Admin = Annotated[Actor, Depends(SUPERUSER)]


class PeopleQuery(Paging):
    """A page of people, all or those that a text finds."""

    q: Annotated[str, ONE_LINE, Field(max_length=100, examples=["ada"])] = ""


def _after(paging: Paging) -> str | None:
    match paging.position():
        case None:
            return None
        case [str(key)] if key.isprintable():
            return key
        case _:
            raise Invalid.of("cursor", "bad_cursor")


@router.get("", responses=problems(401, 422, 503))
async def list_users(me: Me, asked: Annotated[PeopleQuery, Query()], tx: ReadDb) -> Page[PersonOut]:
    """People by user name; `q` finds parts of their names, or a whole e-mail address."""
    rows = await queries.search_people(tx, asked.q, after=_after(asked), limit=asked.limit + 1)
    page = rows[: asked.limit]
    more = len(rows) > asked.limit
    return Page(
        items=[PersonOut.model_validate(row) for row in page],
        next=next_cursor(page[-1].username_key) if more else None,
    )


@router.get("/{user_id}", responses=problems(401, 404, 422, 503))
async def get_user(user_id: UUID, me: Me, tx: ReadDb) -> PersonOut:
    """One person."""
    person = await queries.person(tx, user_id)
    if person is None:
        raise NotFound
    return PersonOut.model_validate(person)


@router.patch("/{user_id}", responses=problems(400, 401, 403, 404, 409, 413, 422, 503))
async def edit_user(
    request: Request, user_id: UUID, admin: Admin, edit: UserEdit, tx: Db
) -> UserOut:
    """Change an account; one that is deactivated is signed out everywhere at once."""
    ended = accounts_of(request.app).ended
    return UserOut.model_validate(await service.edit_user(tx, ended, admin, user_id, edit))


@router.delete("/{user_id}", status_code=204, responses=problems(401, 403, 404, 409, 422, 503))
async def deactivate_user(request: Request, user_id: UUID, admin: Admin, tx: Db) -> None:
    """Deactivate an account. What the person made stays."""
    await service.deactivate_user(tx, accounts_of(request.app).ended, admin, user_id)
