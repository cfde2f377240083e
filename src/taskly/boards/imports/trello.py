"""Reads a Trello board export: its sections in any order, each item on its own terms."""

import sys
from math import inf
from typing import Any, BinaryIO

from taskly.boards.attachments.links import LONGEST_NAME, is_web_link
from taskly.boards.imports.colors import board_color, label_color
from taskly.boards.imports.json_items import JsonItems
from taskly.boards.imports.records import (
    BoardRecord,
    CardRecord,
    ChecklistRecord,
    CommentRecord,
    ItemRecord,
    LabelRecord,
    LinkRecord,
    ListRecord,
    PersonRecord,
)
from taskly.boards.imports.refusals import refuse
from taskly.boards.imports.report import LeftOut
from taskly.boards.imports.resolving import resolve
from taskly.boards.imports.spool import Spool
from taskly.boards.imports.values import (
    born,
    entries,
    fields,
    flag,
    identifier,
    identifiers,
    line,
    moment,
    position,
    prose,
    title,
    whole,
)
from taskly.boards.labels.service import MOST_LABELS
from taskly.kernel.clock import now

LONGEST_READ_S = 300
LONGEST_PROSE = 100_000
LONGEST_COMMENT = 20_000
MOST = {
    "labels": MOST_LABELS,
    "lists": 1_000,
    "cards": 50_000,
    "comments": 200_000,
    "checklists": 100_000,
    "checklist_items": 300_000,
    "attachments": 100_000,
    "members": 10_000,
}
COMMENTS = frozenset({"commentCard", "copyCommentCard"})
SECTIONS: dict[str, frozenset[str]] = {
    "id": frozenset(),
    "name": frozenset(),
    "desc": frozenset(),
    "closed": frozenset(),
    "prefs": frozenset({"background", "backgroundColor"}),
    "labels": frozenset({"id", "name", "color"}),
    "lists": frozenset({"id", "name", "closed", "pos", "softLimit"}),
    "members": frozenset({"id", "fullName", "username"}),
    "checklists": frozenset({"id", "idCard", "name", "pos", "checkItems"}),
    "actions": frozenset({"id", "type", "date", "data", "memberCreator"}),
    "customFields": frozenset({"id"}),
    "pluginData": frozenset({"id"}),
    "cards": frozenset(
        {
            "id", "idList", "idShort", "name", "desc", "pos", "closed", "dateClosed", "due",
            "dueComplete", "dateCompleted", "dueReminder", "start", "idLabels", "labels",
            "idMembers", "idMembersVoted", "attachments", "cover", "stickers", "badges",
            "customFieldItems", "pluginData", "address", "coordinates", "isTemplate",
            "dateLastActivity",
        }
    ),
}  # fmt: skip


def read_trello(file: BinaryIO, spool: Spool, left_out: LeftOut) -> BoardRecord:
    """The board in an export, resolved and in order. Raises `Invalid` for a file that is none.

    Blocking and busy: run it in a thread.
    """
    reading = _Reading(spool, left_out)
    items = JsonItems(file, SECTIONS, seconds=LONGEST_READ_S)
    for section, value in items:
        reading.take(section, value)
    board = reading.board
    if not board.id or not board.name or not {"lists", "cards"} <= items.arrays:
        raise refuse("not_trello")
    resolve(board, reading.cards, reading.checklists, reading.comments, left_out)
    return board


class _Reading:
    """What has been read so far; counts what is left out along the way."""

    def __init__(self, spool: Spool, left_out: LeftOut) -> None:
        self.board = BoardRecord()
        self.cards: dict[str, CardRecord] = {}
        self.checklists: list[ChecklistRecord] = []
        self.comments: list[CommentRecord] = []
        self._spool = spool
        self._left_out = left_out
        self._moment = now()
        self._seen: set[str] = set()
        self._taken: dict[str, int] = {}
        self._by_section = {
            "labels": self._label,
            "lists": self._list,
            "members": self._member,
            "cards": self._card,
            "checklists": self._checklist,
            "actions": self._action,
        }

    def take(self, section: str, value: Any) -> None:
        """Take the next part of the export."""
        read = self._by_section.get(section)
        if read is not None:
            if isinstance(value, dict):
                read(value)
            elif value is not None:
                self._left_out.add(section, "malformed")
        elif section == "customFields":
            self._left_out.add("custom_fields", "unsupported")
        elif section == "pluginData":
            self._left_out.add("power_ups", "unsupported")
        else:
            self._about_board(section, value)

    def _about_board(self, section: str, value: Any) -> None:
        board = self.board
        if section == "id":
            board.id = identifier(value) or ""
        elif section == "name":
            board.name = line(value, 200, "board_name", self._left_out)
        elif section == "desc":
            board.description = prose(value, LONGEST_PROSE, "descriptions", self._left_out)
        elif section == "closed" and flag(value):
            self._left_out.add("closed_board", "reopened")
        elif section == "prefs":
            prefs = fields(value)
            color = board_color(prefs.get("background"))
            if color is None and prefs.get("background") is not None:
                self._left_out.add("background", "unsupported")
            board.color = color or board.color

    def _admit(self, kind: str, item: dict[str, Any]) -> str | None:
        """The id of an item that has one, is new and within the limit of its kind.

        Case does not tell ids apart in every database, and it never has to.
        """
        found = identifier(item.get("id"))
        if found is None:
            self._left_out.add(kind, "malformed")
        elif sys.intern(found.lower()) in self._seen:
            self._left_out.add(kind, "duplicate")
        elif self._taken.get(kind, 0) >= MOST[kind]:
            self._left_out.add(kind, "too_many")
        else:
            self._seen.add(sys.intern(found.lower()))
            self._taken[kind] = self._taken.get(kind, 0) + 1
            return found
        return None

    def _label(self, item: dict[str, Any]) -> None:
        found = self._admit("labels", item)
        if found is None:
            return
        color = item.get("color")
        name = line(item.get("name"), 100, "label_names", self._left_out)
        plain = color.replace("_", " ").capitalize() if isinstance(color, str) else ""
        fallback = line(plain, 100, "label_names", self._left_out) or "…"
        self.board.labels.append(LabelRecord(found, name, label_color(color), fallback))

    def _list(self, item: dict[str, Any]) -> None:
        found = self._admit("lists", item)
        if found is None:
            return
        self.board.lists.append(
            ListRecord(
                id=found,
                name=title(item.get("name"), 200, "list_names", self._left_out),
                position=position(item.get("pos")),
                wip_limit=min(whole(item.get("softLimit")), 10_000) or None,
                archived=flag(item.get("closed")),
            )
        )

    def _member(self, item: dict[str, Any]) -> None:
        found = identifier(item.get("id"))
        if found is None:
            self._left_out.add("members", "malformed")
        elif len(self.board.people) < MOST["members"]:
            self.board.people.setdefault(found, self._person(found, item))

    def _person(self, found: str, item: dict[str, Any]) -> PersonRecord:
        return PersonRecord(
            found,
            line(item.get("username"), 200, "member_names", self._left_out),
            line(item.get("fullName"), 200, "member_names", self._left_out),
        )

    def _card(self, item: dict[str, Any]) -> None:
        list_id = identifier(item.get("idList"))
        if list_id is None:
            self._left_out.add("cards", "malformed")
            return
        found = self._admit("cards", item)
        if found is None:
            return
        left_out = self._left_out
        touched = moment(item.get("dateLastActivity"), left_out)
        created = born(found) or touched
        latest = touched or created or self._moment
        closed_at = moment(item.get("dateClosed"), left_out) or latest
        done_at = moment(item.get("dateCompleted"), left_out) or latest
        labels = item.get("idLabels")
        if not isinstance(labels, list):
            labels = [fields(label).get("id") for label in entries(item.get("labels"))]
        short = item.get("idShort")
        self.cards[found] = CardRecord(
            id=found,
            list_id=list_id,
            title=title(item.get("name"), 500, "card_titles", left_out),
            description=self._spool.put(
                prose(item.get("desc"), LONGEST_PROSE, "descriptions", left_out)
            ),
            position=position(item.get("pos")),
            number=whole(short) or inf,
            archived_at=closed_at if flag(item.get("closed")) else None,
            start_at=moment(item.get("start"), left_out),
            due_at=moment(item.get("due"), left_out),
            completed_at=done_at if flag(item.get("dueComplete")) else None,
            created_at=created,
            updated_at=touched or created,
            label_ids=identifiers(labels),
            person_ids=identifiers(item.get("idMembers")),
            links=[
                link
                for entry in entries(item.get("attachments"))
                if (link := self._link(entry)) is not None
            ],
            stated_comments=whole(fields(item.get("badges")).get("comments")),
        )
        self._count_unsupported(item)

    def _count_unsupported(self, item: dict[str, Any]) -> None:
        """Count the parts of a card that we have nothing like."""
        cover = fields(item.get("cover"))
        pictured = ("color", "idAttachment", "idUploadedBackground", "sharedSourceUrl")
        reminder = item.get("dueReminder")
        counts = {
            "custom_field_values": len(entries(item.get("customFieldItems"))),
            "power_ups": len(entries(item.get("pluginData"))),
            "votes": len(entries(item.get("idMembersVoted")))
            or whole(fields(item.get("badges")).get("votes")),
            "stickers": len(entries(item.get("stickers"))),
            "locations": bool(item.get("coordinates") or item.get("address")),
            "covers": any(cover.get(name) for name in pictured),
            "reminders": isinstance(reminder, int) and reminder >= 0 and bool(item.get("due")),
            "templates": flag(item.get("isTemplate")),
        }
        for kind, count in counts.items():
            self._left_out.add(kind, "unsupported", int(count))

    def _link(self, entry: Any) -> LinkRecord | None:
        item = fields(entry)
        url = item.get("url")
        if not isinstance(url, str) or not is_web_link(url):
            self._left_out.add("attachments", "bad_url")
            return None
        found = self._admit("attachments", item)
        if found is None:
            return None
        if flag(item.get("isUpload")):
            self._left_out.add("uploads", "kept_as_link")
        name = line(item.get("name"), LONGEST_NAME, "attachment_names", self._left_out)
        at = moment(item.get("date"), self._left_out) or born(found)
        return LinkRecord(found, name or url[:LONGEST_NAME], url, at)

    def _checklist(self, item: dict[str, Any]) -> None:
        card_id = identifier(item.get("idCard"))
        if card_id is None:
            self._left_out.add("checklists", "malformed")
            return
        found = self._admit("checklists", item)
        if found is None:
            return
        items = [
            one
            for entry in entries(item.get("checkItems"))
            if (one := self._check_item(fields(entry))) is not None
        ]
        items.sort(key=lambda one: one.position)
        name = title(item.get("name"), 200, "checklist_titles", self._left_out)
        self.checklists.append(
            ChecklistRecord(found, card_id, name, position(item.get("pos")), items)
        )

    def _check_item(self, item: dict[str, Any]) -> ItemRecord | None:
        found = self._admit("checklist_items", item)
        if found is None:
            return None
        self._left_out.add("checklist_item_dates", "unsupported", bool(item.get("due")))
        self._left_out.add("checklist_item_members", "unsupported", bool(item.get("idMember")))
        return ItemRecord(
            id=found,
            text=title(item.get("name"), 1000, "checklist_item_texts", self._left_out),
            done=item.get("state") == "complete",
            position=position(item.get("pos")),
        )

    def _action(self, item: dict[str, Any]) -> None:
        if item.get("type") not in COMMENTS:
            self._left_out.add("activity", "unsupported")
            return
        data = fields(item.get("data"))
        card_id = identifier(fields(data.get("card")).get("id"))
        if card_id is None:
            self._left_out.add("comments", "malformed")
            return
        body = prose(data.get("text"), LONGEST_COMMENT, "comment_texts", self._left_out)
        if not body:
            self._left_out.add("comments", "empty_comment")
            return
        found = self._admit("comments", item)
        if found is None:
            return
        creator = fields(item.get("memberCreator"))
        who = identifier(creator.get("id")) or found
        self.comments.append(
            CommentRecord(
                id=found,
                card_id=card_id,
                author=self.board.people.get(who) or self._person(who, creator),
                at=moment(item.get("date"), self._left_out) or born(found),
                body=self._spool.put(body),
            )
        )
