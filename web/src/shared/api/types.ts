/** The entities of the API under the names the app uses; the shapes are the server's own. */
import type { components } from './schema'

type Schemas = components['schemas']

export type Id = string
/** RFC 3339 in UTC, with `Z`. */
export type Timestamp = string
/** A name of the palette or `#rrggbb`. */
export type Color = string

export type Role = 'owner' | 'admin' | 'editor' | 'viewer'
export type Category = List['category']
export type Priority = CardFace['priority']
export type WipPolicy = Board['wip_policy']

export interface Page<T> {
  items: T[]
  next: string | null
}

export type User = Schemas['UserOut']
export type Person = Schemas['PersonOut']
export type AuthConfig = Schemas['ConfigOut']
export type SignedIn = Schemas['SignedInOut']
export type SessionInfo = Schemas['SessionOut']

// The server's document calls a role any text.
export type Board = Omit<Schemas['BoardOut'], 'role'> & { role: Role }
export type Member = Omit<Schemas['MemberOut'], 'role'> & { role: Role }
export type List = Schemas['ListOut']
export type JobFace = Schemas['CardJob']
export type CardFace = Schemas['CardFace']
export type Card = Schemas['CardOut']
export type Checklist = Schemas['ChecklistOut']
export type ChecklistItem = Schemas['ItemOut']
export type Attachment = Schemas['AttachmentOut']
export type Label = Schemas['LabelOut']
export type Author = Schemas['ActivityActor']
export type Comment = Schemas['CommentOut']
export type Snapshot = Omit<Schemas['SnapshotOut'], 'board' | 'members'> & {
  board: Board
  members: Member[]
}

export type Place = { after: Id } | { before: Id } | { at: 'top' | 'bottom' }

export interface Patch {
  upsert?: {
    board?: Omit<Board, 'role' | 'starred' | 'seq'>
    lists?: List[]
    cards?: CardFace[]
    labels?: Label[]
    members?: Member[]
  }
  remove?: { lists?: Id[]; cards?: Id[]; labels?: Id[]; members?: Id[] }
}

export type Changes = Record<string, [unknown, unknown]>

export type BoardEvent = Omit<Schemas['EventOut'], 'changes' | 'patch'> & {
  changes: Changes
  patch: Patch
}
export interface EventPage {
  items: BoardEvent[]
  seq: number
}
export type Activity = Omit<Schemas['ActivityOut'], 'changes'> & { changes: Changes }
export type TrashItem = Schemas['PutAwayOut']
/** The token is told once, when the link is made. */
export type ShareLink = Schemas['ShareLinkOut'] & { token?: string }

export type ImportReport = Schemas['ReportOut']

export type FieldError = Schemas['ProblemField']
export interface Conflict {
  field: string
  yours: unknown
  theirs: unknown
  version: number
}
export type ProblemDocument = Schemas['Problem'] & { conflicts?: Conflict[] }
