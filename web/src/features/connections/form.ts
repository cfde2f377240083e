import type { Connection, ConnectionEdit, NewConnection } from './api'

export const engines = ['postgresql', 'mariadb', 'sqlite'] as const
export type Engine = (typeof engines)[number]

export const usualPorts: Record<Engine, string> = { postgresql: '5432', mariadb: '3306', sqlite: '' }

/** A connection as it is typed. */
export interface ConnectionForm {
  name: string
  engine: Engine
  host: string
  port: string
  database: string
  username: string
  password: string
  /** Take the stored password away. */
  forget: boolean
}

export function formOf(connection: Connection | null): ConnectionForm {
  return {
    name: connection?.name ?? '',
    engine: engines.find((engine) => engine === connection?.engine) ?? 'postgresql',
    host: connection?.host ?? '',
    port: connection?.port == null ? '' : String(connection.port),
    database: connection?.database ?? '',
    username: connection?.username ?? '',
    password: '',
    forget: false,
  }
}

type Place = Omit<NewConnection, 'name' | 'password'>

function placeOf(form: ConnectionForm): Place {
  const database = form.database.trim()
  if (form.engine === 'sqlite') {
    return { engine: form.engine, database, host: null, port: null, username: null }
  }
  const port = form.port.trim()
  return {
    engine: form.engine,
    database,
    host: form.host.trim() || null,
    // What is no number goes as it is: the server says what is wrong with it.
    port: port === '' ? null : ((/^\d+$/.test(port) ? Number(port) : port) as number),
    username: form.username.trim() || null,
  }
}

export function newBody(form: ConnectionForm): NewConnection {
  const password = form.engine === 'sqlite' || form.password === '' ? null : form.password
  return { name: form.name.trim(), ...placeOf(form), password }
}

/** A password that nobody typed stays, unless it is to go or a file has no use for it. */
export function editBody(form: ConnectionForm): ConnectionEdit {
  const place = placeOf(form)
  if (form.engine === 'sqlite' || form.forget) return { ...place, password: null }
  return form.password === '' ? place : { ...place, password: form.password }
}

/** What must not be empty and is; the server judges the rest. */
export function missingIn(form: ConnectionForm, isNew: boolean): string[] {
  const needed: ('name' | 'database' | 'host' | 'username')[] = ['database']
  if (isNew) needed.push('name')
  if (form.engine !== 'sqlite') needed.push('host', 'username')
  return needed.filter((field) => form[field].trim() === '')
}

/** Where a connection leads, in one line: `reader@db.example:5432/shop`, or the path of a file. */
export function placeText(connection: Connection): string {
  if (connection.host === null) return connection.database
  const host = connection.host.includes(':') ? `[${connection.host}]` : connection.host
  const port = connection.port === null ? '' : `:${connection.port}`
  return `${connection.username ?? ''}@${host}${port}/${connection.database}`
}
