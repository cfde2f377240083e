"""Routes of whole boards: the snapshot, the events, members, share links, archive and trash."""

from typing import Annotated, Any, Literal
from uuid import UUID

from fastapi import APIRouter, Header, Query, Request, Response, status

from taskly.accounts.actor import Actor
from taskly.boards import service
from taskly.boards.access import Access, see_board
from taskly.boards.activity.queries import put_away
from taskly.boards.activity.schemas import ActivityOut, EventsOut, PutAwayOut
from taskly.boards.capabilities import (
    CanDelete,
    CanEdit,
    CanLeave,
    CanManageMembers,
    CanShare,
    CanStar,
    CanTransfer,
    CanView,
)
from taskly.boards.members import links
from taskly.boards.members import service as members
from taskly.boards.models import Board
from taskly.boards.paging import activity_page
from taskly.boards.policy import Action, Role
from taskly.boards.ready_boards import board_response
from taskly.boards.schemas import (
    BoardEdit,
    BoardNew,
    BoardOut,
    MemberEdit,
    MemberOut,
    NewOwner,
    ShareLinkMade,
    ShareLinkNew,
    ShareLinkOut,
    SnapshotOut,
)
from taskly.boards.snapshot import Snapshot, SnapshotCache
from taskly.kernel.errors import NotFound
from taskly.kernel.events import Stream, read_events
from taskly.kernel.http import (
    Db,
    Page,
    Paging,
    ReadDb,
    TasklyRoute,
    json_bytes,
    problems,
)
from taskly.kernel.paging import page_of, time_of, uuid_of
from taskly.kernel.wire import to_json

router = APIRouter(prefix="/boards", route_class=TasklyRoute, tags=["boards"])

MinSeq = Annotated[int, Header(alias="Taskly-Min-Seq", ge=0, le=2**53)]
WRITE = problems(400, 401, 403, 404, 409, 413, 422, 503)
READ = problems(400, 401, 404, 422, 503)
NO_CONTENT: dict[str, Any] = {"status_code": status.HTTP_204_NO_CONTENT, "response_class": Response}


@router.get("", response_model=Page[BoardOut], responses=READ)
async def list_boards(
    access: CanView,
    db: ReadDb,
    paging: Annotated[Paging, Query()],
    state: Literal["active", "archived", "trash"] = "active",
) -> Response:
    """The boards that you take part in, newest first."""
    after = [uuid_of(part) for part in paging.position() or []] or None
    rows = await service.list_boards(db, access, state, after, paging.limit + 1)
    return page_of(rows, paging.limit, lambda row: [row["id"]])


@router.post("", response_model=BoardOut, status_code=status.HTTP_201_CREATED, responses=WRITE)
async def create_board(access: CanStar, db: Db, new: BoardNew) -> Response:
    """Make a board; you own it."""
    return json_bytes(to_json(await service.create_board(db, access, new)), 201)


@router.get(
    "/{board_id}",
    response_model=SnapshotOut,
    responses=READ | {304: {"description": "The board has not changed."}},
)
async def get_board(
    request: Request, access: CanView, board_id: UUID, min_seq: MinSeq = 0
) -> Response:
    """A whole board: its lists, the faces of its cards, labels and members at one `seq`."""
    cache: SnapshotCache = request.app.state.snapshots
    snapshot = await cache.get(board_id, min_seq)
    if snapshot is None:
        raise NotFound
    role, starred = await _reader(cache, snapshot, access.actor, board_id)
    held, accepted = (request.headers.get(n, "") for n in ("if-none-match", "accept-encoding"))
    return board_response(snapshot, held, accepted, role, starred=starred)


async def _reader(
    cache: SnapshotCache, snapshot: Snapshot, actor: Actor, board_id: UUID
) -> tuple[str, bool]:
    if actor.user_id is None:
        # That the link is open was read a moment ago, when its token was looked up.
        if actor.link_board_id != board_id or snapshot.is_deleted:
            raise NotFound
        return Role.LINK.value, False
    role = cache.role(snapshot, actor)
    if role is None:
        raise NotFound
    return role, board_id in await cache.stars(actor.user_id)


async def _edit(access: Access, db: Db, board_id: UUID, edit: BoardEdit) -> Response:
    return json_bytes(to_json(await service.edit_board(db, access, board_id, edit)))


@router.patch("/{board_id}", response_model=BoardOut, responses=WRITE)
async def edit_board(access: CanEdit, db: Db, board_id: UUID, edit: BoardEdit) -> Response:
    """Change a board; with `base_version`, fields that others changed since are a conflict."""
    return await _edit(access, db, board_id, edit)


@router.put("/{board_id}", response_model=BoardOut, responses=WRITE)
async def put_board(access: CanEdit, db: Db, board_id: UUID, edit: BoardEdit) -> Response:
    """The same as PATCH, for clients that only know PUT."""
    return await _edit(access, db, board_id, edit)


@router.delete("/{board_id}", responses=WRITE, **NO_CONTENT)
async def delete_board(access: CanDelete, db: Db, board_id: UUID) -> Response:
    """Put a board into the trash."""
    await service.delete_board(db, access, board_id)
    return Response(status_code=204)


@router.post("/{board_id}/restore", response_model=BoardOut, responses=WRITE)
async def restore_board(access: CanDelete, db: Db, board_id: UUID) -> Response:
    """Bring a board back from the trash."""
    return json_bytes(to_json(await service.restore_board(db, access, board_id)))


@router.put("/{board_id}/star", responses=WRITE, **NO_CONTENT)
async def star_board(access: CanStar, db: Db, board_id: UUID) -> Response:
    """Mark a board as one of yours; nobody else sees it."""
    await service.star_board(db, access, board_id, starred=True)
    return Response(status_code=204)


@router.delete("/{board_id}/star", responses=WRITE, **NO_CONTENT)
async def unstar_board(access: CanStar, db: Db, board_id: UUID) -> Response:
    """Take your mark off a board."""
    await service.star_board(db, access, board_id, starred=False)
    return Response(status_code=204)


@router.post("/{board_id}/owner", response_model=BoardOut, responses=WRITE)
async def hand_over(access: CanTransfer, db: Db, board_id: UUID, to: NewOwner) -> Response:
    """Make another member the owner; you stay as an admin."""
    await members.hand_over(db, access, board_id, to.user_id)
    board = await service.get_board(db, Access(access.actor, Action.VIEW), board_id)
    return json_bytes(to_json({**board, "seq": db.seq}))


@router.get("/{board_id}/events", response_model=EventsOut, responses=READ | problems(410))
async def list_events(
    access: CanView,
    db: ReadDb,
    board_id: UUID,
    after: Annotated[int, Query(ge=0, le=2**53)] = 0,
    limit: Annotated[int, Query(ge=1, le=200)] = 100,
) -> Response:
    """The events after a seq; 410 where they are no longer kept and a snapshot is needed."""
    board = await see_board(
        db, access, board_id, Stream.seq, joins=[(Stream, Stream.id == Board.id)]
    )
    events = await read_events(db, board_id, after, limit)
    body = b",".join(event.payload for event in events)
    return json_bytes(b'{"items":[%s],"seq":%d}' % (body, board.seq))


@router.get("/{board_id}/activity", response_model=Page[ActivityOut], responses=READ)
async def list_activity(
    access: CanView, db: ReadDb, board_id: UUID, paging: Annotated[Paging, Query()]
) -> Response:
    """What happened on a board, newest first."""
    await see_board(db, access, board_id)
    return await activity_page(db, board_id, None, paging)


@router.get("/{board_id}/trash", response_model=Page[PutAwayOut], responses=READ)
async def list_put_away(
    access: CanView,
    db: ReadDb,
    board_id: UUID,
    paging: Annotated[Paging, Query()],
    state: Literal["deleted", "archived"] = "deleted",
) -> Response:
    """The cards and lists in a board's trash or archive."""
    await see_board(db, access, board_id)
    position = paging.position()
    after = (time_of(position[0]), uuid_of(position[1])) if position else None
    rows = await put_away(db, board_id, f"{state}_at", after, paging.limit + 1)
    shown = [{name: row._mapping[name] for name in PutAwayOut.model_fields} for row in rows]
    return page_of(shown, paging.limit, lambda row: [row["at"], row["id"]])


@router.post("/{board_id}/members/{user_id}", response_model=MemberOut, responses=WRITE)
async def put_member(
    access: CanManageMembers,
    db: Db,
    board_id: UUID,
    user_id: UUID,
    edit: MemberEdit | None = None,
) -> Response:
    """Add somebody to a board, or change a member's role."""
    role = edit.role if edit else Role.EDITOR
    return json_bytes(to_json(await members.put_member(db, access, board_id, user_id, role)))


@router.delete("/{board_id}/members/{user_id}", responses=WRITE, **NO_CONTENT)
async def remove_member(access: CanLeave, db: Db, board_id: UUID, user_id: UUID) -> Response:
    """Take somebody off a board, or leave it."""
    await members.remove_member(db, access, board_id, user_id)
    return Response(status_code=204)


@router.get(
    "/{board_id}/share-links", response_model=Page[ShareLinkOut], responses=READ | problems(403)
)
async def list_links(access: CanShare, db: ReadDb, board_id: UUID) -> Response:
    """The open share links of a board."""
    rows = [dict(row._mapping) for row in await links.list_links(db, access, board_id)]
    return json_bytes(to_json({"items": rows, "next": None}))


@router.post(
    "/{board_id}/share-links",
    response_model=ShareLinkMade,
    status_code=status.HTTP_201_CREATED,
    responses=WRITE,
)
async def make_link(
    access: CanShare, db: Db, board_id: UUID, new: ShareLinkNew | None = None
) -> Response:
    """A read-only link for people without an account; its token is shown this once."""
    made = await links.make_link(db, access, board_id, new.expires_at if new else None)
    shown = {name: made[name] for name in ShareLinkMade.model_fields}
    return json_bytes(to_json(shown), 201)


@router.delete("/{board_id}/share-links/{link_id}", responses=WRITE, **NO_CONTENT)
async def revoke_link(access: CanShare, db: Db, board_id: UUID, link_id: UUID) -> Response:
    """Close a share link."""
    await links.revoke_link(db, access, board_id, link_id)
    return Response(status_code=204)
