import { randomBytes } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { openDatabase } from '#platform/db/database.ts'
import type { Database } from '#platform/db/database.ts'
import { readMigrations } from '#platform/db/migrate.ts'
import { createLog } from '#platform/log.ts'

/** The last migration of the release that was recorded. */
export const releasedMigration = 30
const fixtures = join(import.meta.dirname, 'fixtures')

/** Rows by table, as they were recorded. */
export type Recording = { [table: string]: object[] }

/** In this order they are loaded, and these are recorded. */
export const recordedTables = [
  'tasks',
  'items',
  'workers',
  'idempotency',
  'task_approvals',
  'tasks_finished',
  'items_finished',
  'events',
  'audit',
] as const

export const readRecording = async (): Promise<Recording> =>
  JSON.parse(await readFile(join(fixtures, '0030-rows.json'), 'utf8')) as Recording // written by the recorder beside it

/** The statements of that release, by name. */
export const readStatements = async (): Promise<{ [name: string]: string }> =>
  JSON.parse(await readFile(join(fixtures, '0030-statements.json'), 'utf8')) as { [name: string]: string } // written by the recorder beside it

/** Brings an empty database to where that release left it: its migrations, and no later one. */
export const applyOldMigrations = async (db: Database): Promise<void> => {
  await db.query({
    text: `create table migrations (
      number int primary key, name text not null, checksum text not null, applied_at timestamptz not null default now())`,
  })
  for (const { number, name, text, checksum } of await readMigrations()) {
    if (number > releasedMigration) continue
    await db.query({ text })
    await db.query({
      text: 'insert into migrations (number, name, checksum) values ($1, $2, $3)',
      values: [number, name, checksum],
    })
  }
}

export const loadRecording = async (db: Database): Promise<void> => {
  const recording = await readRecording()
  for (const table of recordedTables) {
    const rows = recording[table] ?? []
    // Events and audit entries count on from the transactions of this cluster, as those of the recorded one did.
    const columns = [...new Set(rows.flatMap((row) => Object.keys(row)))].join(', ')
    if (columns === '') continue
    await db.query({
      text: `insert into ${table} (${columns}) select ${columns} from jsonb_populate_recordset(null::${table}, $1::jsonb)`,
      values: [JSON.stringify(rows)],
    })
  }
}

/** A database as that release left it, with its tasks in the middle of everything. */
export const oldDatabase = async (): Promise<{ db: Database; url: string; drop: () => Promise<void> }> => {
  const server = process.env['ORCHESTRATOR_TEST_DATABASE_URL']
  if (server === undefined) throw new Error('ORCHESTRATOR_TEST_DATABASE_URL is not set: run the tests with `npm test`.')
  const log = createLog({ level: 'error' })
  const admin = openDatabase({ connectionString: server, log, maxConnections: 1 })
  const name = `old_${randomBytes(6).toString('hex')}`
  await admin.query({ text: `create database ${name}` })
  const url = new URL(server)
  url.pathname = `/${name}`
  const db = openDatabase({ connectionString: url.toString(), log, maxConnections: 8 })
  await applyOldMigrations(db)
  await loadRecording(db)
  return {
    db,
    url: url.toString(),
    drop: async () => {
      await db.close()
      await admin.query({ text: `drop database ${name} with (force)` })
      await admin.close()
    },
  }
}
