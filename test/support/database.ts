import { randomBytes } from 'node:crypto'
import pg from 'pg'
import { openDatabase } from '#platform/db/database.ts'
import type { Database } from '#platform/db/database.ts'
import { migrate } from '#platform/db/migrate.ts'
import { createLog } from '#platform/log.ts'

/**
 * A fresh, migrated database on the PostgreSQL of this test run (ORCHESTRATOR_TEST_DATABASE_URL, set by the test command,
 * which starts one embedded server for all files). Cloned from a template, so it costs some 50 ms.
 */
export const freshDatabase = async (): Promise<{ db: Database; url: string; drop: () => Promise<void> }> => {
  const server = process.env['ORCHESTRATOR_TEST_DATABASE_URL']
  if (server === undefined) throw new Error('ORCHESTRATOR_TEST_DATABASE_URL is not set: run the tests with `npm test`.')
  const name = `test_${randomBytes(6).toString('hex')}`
  const template = await ensureTemplate(server)
  await withClient(server, (client) => client.query(`create database ${name} template ${template}`))
  const url = withDatabase(server, name)
  const db = openDatabase({ connectionString: url, log: createLog({ level: 'error' }), maxConnections: 8 })
  return {
    db,
    url,
    drop: async () => {
      await db.close()
      await withClient(server, (client) => client.query(`drop database if exists ${name} with (force)`))
    },
  }
}

const withDatabase = (url: string, name: string): string => {
  const parsed = new URL(url)
  parsed.pathname = `/${name}`
  return parsed.toString()
}

const withClient = async <T>(url: string, work: (client: pg.Client) => Promise<T>): Promise<T> => {
  const client = new pg.Client(url)
  await client.connect()
  try {
    return await work(client)
  } finally {
    await client.end()
  }
}

/** One template for each set of migrations, made by whichever file comes first. */
const ensureTemplate = async (server: string): Promise<string> => {
  const { readMigrations } = await import('#platform/db/migrate.ts')
  const { createHash } = await import('node:crypto')
  const checksums = (await readMigrations()).map((migration) => migration.checksum).join()
  const name = `template_${createHash('sha256').update(checksums).digest('hex').slice(0, 12)}`
  await withClient(server, async (client) => {
    await client.query('select pg_advisory_lock(915230)')
    const { rowCount } = await client.query('select 1 from pg_database where datname = $1', [name])
    if (rowCount) return
    await client.query(`create database ${name}_new`)
    const db = openDatabase({
      connectionString: withDatabase(server, `${name}_new`),
      log: createLog({ level: 'error' }),
      maxConnections: 1,
    })
    try {
      await migrate(db)
    } finally {
      await db.close()
    }
    await client.query(`alter database ${name}_new rename to ${name}`)
  })
  return name
}
