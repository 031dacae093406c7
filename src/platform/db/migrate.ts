import { readdir, readFile } from 'node:fs/promises'
import type { Database } from './database.ts'
import { createHash } from 'node:crypto'
import { errors } from '../errors.ts'

const folder = new URL('./migrations/', import.meta.url)
/** Any number of processes may start at once; one migrates, the others wait for it. The number is arbitrary but fixed. */
const advisoryLock = 7_305_521_004

export type Migration = { number: number; name: string; text: string; checksum: string }

/** The numbered .sql files, in order. */
export const readMigrations = async (): Promise<Migration[]> => {
  const names = (await readdir(folder)).filter((name) => /^\d{4}-[a-z0-9-]+\.sql$/.test(name)).sort()
  return Promise.all(
    names.map(async (name) => {
      const text = await readFile(new URL(name, folder), 'utf8')
      return { number: Number(name.slice(0, 4)), name, text, checksum: createHash('sha256').update(text).digest('hex') }
    }),
  )
}

/**
 * Brings the schema up to this version, each file in a transaction of its own under one advisory lock. A file that was
 * changed after it was applied is refused: write a new one instead. A database that is newer than the code is fine as
 * long as the files known here are applied (an older release may run beside a newer one).
 */
export const migrate = async (db: Database): Promise<{ applied: string[] }> => {
  const migrations = await readMigrations()
  const applied: string[] = []
  await db.transaction(async (tx) => {
    await tx.query({ text: 'select pg_advisory_xact_lock($1)', values: [advisoryLock] })
    await tx.query({
      text: `create table if not exists migrations (
        number int primary key, name text not null, checksum text not null, applied_at timestamptz not null default now())`,
    })
    const rows = await tx.query<{ number: number; checksum: string }>({
      text: 'select number, checksum from migrations',
    })
    const known = new Map(rows.map((row) => [row.number, row.checksum]))
    for (const migration of migrations) {
      const checksum = known.get(migration.number)
      if (checksum === migration.checksum) continue
      if (checksum !== undefined) {
        throw errors.migration_changed(
          `Migration ${migration.name} was applied with other contents. Restore the file as released and add a new one.`,
        )
      }
      await tx.query({ text: migration.text })
      await tx.query({
        text: 'insert into migrations (number, name, checksum) values ($1, $2, $3)',
        values: [migration.number, migration.name, migration.checksum],
      })
      applied.push(migration.name)
    }
  })
  return { applied }
}
