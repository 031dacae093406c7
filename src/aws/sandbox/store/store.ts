import { mkdirSync } from 'node:fs'
import { dirname } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { createGroupCommit } from '#platform/db/group-commit.ts'
import type { SandboxEffect } from '#contracts/sandbox.ts'
import { errors } from '../../errors.ts'
import type { Change } from '../world.ts'
import { openTrail } from './trail.ts'
import type { Trail, TrailCall } from './trail.ts'

/** One resource's new state, and what brought it about. */
export type Write = { resource: string; change: Change; action: string; hasChanged: boolean; call?: TrailCall }

export type Store = {
  load: () => Map<string, Change>
  /** Durable once it resolves: it survives kill -9 and a power cut. */
  write: (writes: Write[]) => Promise<void>
  /** Resolves when nothing is on its way to the disk. */
  settled: () => Promise<void>
  /** Of those resources, or the first 10,000 of all. */
  effects: (resources: readonly string[] | undefined) => SandboxEffect[]
  /** Calls that changed a resource, as CloudTrail tells of them. */
  trail: Trail['find']
  close: () => Promise<void>
}

const mostEffects = 10_000

/**
 * The sandbox's memory: what was changed over the seed's estate, in a SQLite file of its own. The file is locked for as
 * long as it is open, so two processes can't both play the same AWS. Writes of one moment share one fsync (0.4 ms on the
 * machine where that was measured, short enough for the event loop).
 */
export const openStore = (file: string): Store => {
  const db = open(file)
  const upsert = db.prepare(
    'insert into changes (resource, change) values (?, ?) on conflict (resource) do update set change = excluded.change',
  )
  const count = db.prepare(
    `insert into effects (resource, action, accepted, changed) values (?, ?, 1, ?)
     on conflict (resource, action) do update set accepted = accepted + 1, changed = changed + excluded.changed`,
  )
  const trail = openTrail(db)
  const writer = createGroupCommit<Write[], undefined>({
    flush: async (items) => {
      db.exec('begin immediate')
      try {
        for (const { resource, change, action, hasChanged, call } of items.flat()) {
          upsert.run(resource, JSON.stringify(change))
          count.run(resource, action, hasChanged ? 1 : 0)
          if (call !== undefined) trail.add(call, action, resource)
        }
        db.exec('commit')
      } catch (error) {
        if (db.isTransaction) db.exec('rollback')
        throw errors.sandbox_store(`The sandbox could not write to ${file}. Is the disk full?`, { cause: error })
      }
      return items.map(() => undefined)
    },
  })
  return {
    load: () =>
      new Map(
        db
          .prepare('select resource, change from changes')
          .all()
          // What is in there was written by `upsert`.
          .map(({ resource, change }) => [String(resource), JSON.parse(String(change)) as Change]),
      ),
    write: (writes) => writer.add(writes),
    settled: () => writer.idle(),
    effects: (resources) =>
      db
        .prepare(
          `select resource, action, accepted, changed from effects
           where ? is null or resource in (select value from json_each(?)) order by resource, action limit ${mostEffects}`,
        )
        .all(...(resources === undefined ? [null, '[]'] : [1, JSON.stringify(resources)]))
        .map((row) => ({
          resource: String(row['resource']),
          action: String(row['action']),
          accepted: Number(row['accepted']),
          changed: Number(row['changed']),
        })),
    trail: trail.find,
    close: async () => {
      await writer.idle()
      db.close()
    },
  }
}

const open = (file: string): DatabaseSync => {
  let db: DatabaseSync | undefined
  try {
    mkdirSync(dirname(file), { recursive: true, mode: 0o700 })
    db = new DatabaseSync(file)
    // Exclusive before the first access: the lock is taken with it and kept until the file is closed or the process dies.
    db.exec('pragma locking_mode = exclusive; pragma journal_mode = wal; pragma synchronous = full')
    db.exec(`create table if not exists changes (resource text primary key, change text not null) without rowid;
      create table if not exists effects (
        resource text not null, action text not null, accepted int not null, changed int not null, primary key (resource, action)
      ) without rowid;
      begin exclusive; commit`)
    return db
  } catch (error) {
    db?.close()
    if (/locked|busy/i.test(String((error as Error).message))) {
      throw errors.sandbox_in_use(
        `Another process holds the sandbox's state (${file}). Stop it, or reach it by ORCHESTRATOR_SANDBOX_URL.`,
        {
          cause: error,
        },
      )
    }
    throw errors.sandbox_store(`The sandbox can't open its state (${file}). Is the directory writable?`, {
      cause: error,
    })
  }
}
