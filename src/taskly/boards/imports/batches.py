"""Turns an export into rows, a few hundred cards at a time; what is there already is passed over."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from taskly.boards import faces, rank
from taskly.boards.imports.known import SOURCE, Known, stored_id
from taskly.boards.imports.people import match_people
from taskly.boards.imports.records import (
    BoardRecord,
    CardRecord,
    ChecklistRecord,
    CommentRecord,
    LinkRecord,
    PersonRecord,
)
from taskly.boards.imports.report import Report
from taskly.boards.imports.spool import Spool
from taskly.kernel.ids import new_id

CARDS_AT_ONCE = 200
REFERRED_TO = frozenset({"labels", "lists", "checklists"})
COUNTERS = ("comment_count", "attachment_count", "checklist_done", "checklist_total")

Rows = list[dict[str, Any]]


@dataclass(slots=True)
class Batch:
    """Rows to insert by table, in the order of their foreign keys, and what machines are told."""

    labels: Rows = field(default_factory=list)
    lists: Rows = field(default_factory=list)
    cards: Rows = field(default_factory=list)
    card_assignees: Rows = field(default_factory=list)
    comments: Rows = field(default_factory=list)
    checklists: Rows = field(default_factory=list)
    checklist_items: Rows = field(default_factory=list)
    attachments: Rows = field(default_factory=list)
    imported_things: Rows = field(default_factory=list)
    counters: Rows = field(default_factory=list)
    """New counters of cards that were there already."""
    shown: list[tuple[str, dict[str, Any]]] = field(default_factory=list)
    """(part, entity) for the patch."""


class Batches:
    """One import of one board: iterate it once; the report is complete when it ends."""

    def __init__(
        self,
        board: BoardRecord,
        board_id: UUID,
        importer_id: UUID,
        known: Known,
        spool: Spool,
        report: Report,
        moment: datetime,
    ) -> None:
        self._board = board
        self._board_id = board_id
        self._importer_id = importer_id
        self._known = known
        self._spool = spool
        self._report = report
        self._moment = moment
        self._made = dict(known.things)
        self._authors = match_people(self._all_people(), known.members)
        self._batch = Batch()
        self._numbers: dict[str, int] = {}

    def __iter__(self) -> Iterator[Batch]:
        self._note_people()
        self._add_labels()
        self._add_lists()
        self._number_new_cards()
        for one in self._board.lists:
            for card in self._board.cards[one.id]:
                self._take_card(card)
                if len(self._batch.cards) + len(self._batch.counters) >= CARDS_AT_ONCE:
                    yield self._take()
        yield self._take()

    def _take(self) -> Batch:
        batch, self._batch = self._batch, Batch()
        return batch

    def _all_people(self) -> Iterator[PersonRecord]:
        yield from self._board.people.values()
        for cards in self._board.cards.values():
            for card in cards:
                yield from (comment.author for comment in card.comments)

    def _note_people(self) -> None:
        report = self._report
        report.counts["members_matched"] = len(set(self._authors.values()))
        report.name_unmatched(
            person.shown
            for person in self._all_people()
            if person.id not in self._authors and person.shown
        )

    def _key(self, external_id: str) -> str:
        return stored_id(self._board.id, external_id)

    def _is_known(self, external_id: str) -> bool:
        if self._key(external_id) not in self._made:
            return False
        self._report.counts["already_there"] += 1
        return True

    def _entity(self, external_id: str) -> UUID:
        return self._made[self._key(external_id)]

    def _make(self, kind: str, external_id: str) -> UUID:
        """A new entity's id, remembered for the next import and counted."""
        made = new_id()
        if kind in REFERRED_TO:
            self._made[self._key(external_id)] = made
        self._batch.imported_things.append(
            {
                "importer_id": self._importer_id,
                "source": SOURCE,
                "external_id": self._key(external_id),
                "kind": kind,
                "board_id": self._board_id,
                "entity_id": made,
            }
        )
        self._report.counts[kind] += 1
        return made

    def _next_rank(self, parent: UUID) -> str:
        last = self._known.last_rank.get(parent)
        fresh = self._known.last_rank[parent] = rank.between(last, None)
        return fresh

    @property
    def last_number(self) -> int:
        """The highest number that a card has now."""
        return self._known.serial + len(self._numbers)

    def _number_new_cards(self) -> None:
        """Number the new cards in the order of the numbers that they had."""
        new = [
            card
            for one in self._board.lists
            if self._home(one.id) is not None
            for card in self._board.cards[one.id]
            if self._key(card.id) not in self._made
        ]
        new.sort(key=lambda card: card.number)
        self._numbers = {card.id: at for at, card in enumerate(new, self._known.serial + 1)}

    def _home(self, external_list_id: str) -> dict[str, Any] | None:
        """Our row of a list; None where it is in the trash here, or gone."""
        row = self._known.lists.get(self._entity(external_list_id))
        return None if row is None or row["deleted_at"] is not None else row

    def _add_labels(self) -> None:
        for label in self._board.labels:
            if self._is_known(label.id):
                continue
            row: dict[str, Any] = {
                "id": self._make("labels", label.id),
                "board_id": self._board_id,
                "name": label.name,
                "color": label.color,
            }
            self._known.labels.add(row["id"])
            self._batch.labels.append(row)
            self._batch.shown.append(("labels", faces.label_part(row)))

    def _add_lists(self) -> None:
        for one in self._board.lists:
            if self._is_known(one.id):
                continue
            row: dict[str, Any] = {
                "id": self._make("lists", one.id),
                "board_id": self._board_id,
                "name": one.name,
                "rank": self._next_rank(self._board_id),
                "category": "todo",
                "wip_limit": one.wip_limit,
                "version": 1,
                "field_versions": {},
                "archived_at": self._moment if one.archived else None,
                "deleted_at": None,
                "deleted_by": None,
            }
            self._report.counts["archived_lists"] += one.archived
            self._known.lists[row["id"]] = row
            self._batch.lists.append(row)
            if not one.archived:
                self._batch.shown.append(("lists", faces.list_part(row)))

    def _take_card(self, card: CardRecord) -> None:
        if self._is_known(card.id):
            self._add_to_card(card)
        elif (home := self._home(card.list_id)) is not None:
            self._add_card(card, home)
        else:
            self._report.left_out.add("cards", "list_deleted")

    def _add_card(self, card: CardRecord, home: dict[str, Any]) -> None:
        assignees = {i: self._authors[i] for i in card.person_ids if i in self._authors}
        self._report.left_out.add(
            "assignments", "no_such_member", len(card.person_ids) - len(assignees)
        )
        completed = card.completed_at
        if home["category"] == "done":
            completed = completed or self._moment
        row: dict[str, Any] = {
            "id": self._make("cards", card.id),
            "board_id": self._board_id,
            "list_id": home["id"],
            "number": self._numbers[card.id],
            "title": card.title,
            "description": self._spool.get(card.description),
            "rank": self._next_rank(home["id"]),
            "version": 1,
            "field_versions": {},
            "priority": "none",
            "start_at": card.start_at,
            "due_at": card.due_at,
            "completed_at": completed,
            "label_ids": self._labels_of(card),
            "assignee_ids": [str(person) for person in dict.fromkeys(assignees.values())],
            "comment_count": 0,
            "attachment_count": 0,
            "checklist_done": 0,
            "checklist_total": 0,
            "cover_url": None,
            "job": None,
            "created_by": self._importer_id,
            "created_at": card.created_at or self._moment,
            "updated_at": card.updated_at or self._moment,
            "archived_at": card.archived_at,
            "deleted_at": None,
            "deleted_by": None,
        }
        self._report.counts["archived_cards"] += card.archived_at is not None
        self._batch.cards.append(row)
        self._batch.card_assignees += [
            {"card_id": row["id"], "user_id": person} for person in set(assignees.values())
        ]
        self._hang(card, row)
        self._show(row)

    def _add_to_card(self, card: CardRecord) -> None:
        """Hang what is new onto a card that is there already; the card itself stays as it is."""
        current = self._known.cards.get(self._entity(card.id))
        home = None if current is None else self._known.lists.get(current["list_id"])
        if current is None or current["deleted_at"] or home is None or home["deleted_at"]:
            self._leave_out(card)
            return
        row = dict(current)
        self._hang(card, row)
        counters = {name: row[name] for name in COUNTERS}
        if all(current[name] == value for name, value in counters.items()):
            return
        row["version"] += 1
        self._batch.counters.append(
            {"card": row["id"], "version": row["version"], "updated_at": self._moment, **counters}
        )
        self._show(row)

    def _leave_out(self, card: CardRecord) -> None:
        """Count what is new on a card that is in the trash here."""
        hanging: dict[str, list[Any]] = {
            "comments": card.comments,
            "attachments": card.links,
            "checklists": card.checklists,
        }
        for kind, things in hanging.items():
            fresh = sum(self._key(thing.id) not in self._made for thing in things)
            self._report.left_out.add(kind, "card_deleted", fresh)

    def _show(self, row: dict[str, Any]) -> None:
        home = self._known.lists[row["list_id"]]
        if row["archived_at"] is None and home["archived_at"] is None:
            self._batch.shown.append(("cards", faces.face(row)))

    def _labels_of(self, card: CardRecord) -> list[str]:
        labels = [self._entity(label) for label in card.label_ids]
        there = [str(label) for label in labels if label in self._known.labels]
        self._report.left_out.add("card_labels", "label_deleted", len(labels) - len(there))
        return there

    def _hang(self, card: CardRecord, row: dict[str, Any]) -> None:
        for comment in card.comments:
            if not self._is_known(comment.id):
                self._add_comment(comment, row)
        for link in card.links:
            if not self._is_known(link.id):
                self._add_link(link, row)
        for checklist in card.checklists:
            self._add_checklist(checklist, row)

    def _add_comment(self, comment: CommentRecord, row: dict[str, Any]) -> None:
        author = comment.author
        # Nobody can be made to have said something: only the importer's own words get an author.
        own = self._authors.get(author.id) == self._importer_id
        self._batch.comments.append(
            {
                "id": self._make("comments", comment.id),
                "card_id": row["id"],
                "author_id": self._importer_id if own else None,
                "author_name": None if own else author.shown or None,
                "body": self._spool.get(comment.body),
                "version": 1,
                "created_at": comment.at or self._moment,
                "edited_at": None,
                "deleted_at": None,
            }
        )
        row["comment_count"] += 1

    def _add_link(self, link: LinkRecord, row: dict[str, Any]) -> None:
        self._batch.attachments.append(
            {
                "id": self._make("attachments", link.id),
                "card_id": row["id"],
                "name": link.name,
                "url": link.url,
                "created_at": link.at or self._moment,
            }
        )
        row["attachment_count"] += 1

    def _add_checklist(self, checklist: ChecklistRecord, row: dict[str, Any]) -> None:
        if not self._is_known(checklist.id):
            made = self._make("checklists", checklist.id)
            self._known.checklists.add(made)
            self._batch.checklists.append(
                {
                    "id": made,
                    "card_id": row["id"],
                    "title": checklist.title,
                    "rank": self._next_rank(row["id"]),
                }
            )
        checklist_id = self._entity(checklist.id)
        for item in checklist.items:
            if self._is_known(item.id):
                continue
            if checklist_id not in self._known.checklists:
                self._report.left_out.add("checklist_items", "checklist_deleted")
                continue
            self._batch.checklist_items.append(
                {
                    "id": self._make("checklist_items", item.id),
                    "checklist_id": checklist_id,
                    "text": item.text,
                    "done": item.done,
                    "rank": self._next_rank(checklist_id),
                }
            )
            row["checklist_total"] += 1
            row["checklist_done"] += item.done
