import type { Changes, ChangesQuery } from '#contracts/history.ts'
import { countedTo } from '#contracts/list.ts'
import type { Principal } from '#contracts/principal.ts'
import type { Database } from '#platform/db/database.ts'
import { decodeCursor, pageOf, totalOf } from '#platform/http/paging.ts'
import { errors as platformErrors } from '#platform/errors.ts'
import type { Access } from '#security/access.ts'
import { select } from '../read/filter.ts'
import type { Readable } from '../read/readable.ts'
import { readTouches } from '../store/touches.ts'
import type { Touch } from '../store/touches.ts'
import { countChanges, listChanges } from '../store/versions.ts'
import type { ChangesAfter, VersionRow } from '../store/versions.ts'
import { databaseNow } from '../store/write.ts'
import { reachOf, tasksOf } from './authors.ts'
import type { DescribeTasks } from './history.ts'
import { keptSince } from './retention.ts'
import { shorten } from './shorten.ts'

export type ReadChanges = (principal: Principal, query: ChangesQuery) => Promise<Changes>

const dayMs = 86_400_000

/** What changed between two times in all that the principal may read, the newest first; the last day unless asked otherwise. */
export const createChanges = (deps: {
  db: Database
  access: Access
  readable: Readable
  describeTasks: DescribeTasks
  retentionDays: number
}): ReadChanges => {
  const { db, access, readable, describeTasks, retentionDays } = deps

  const touchesOf = async (principal: Principal, rows: readonly VersionRow[]): Promise<Touch[]> => {
    if (rows.length === 0 || !(await access.decide(principal, 'task.read')).allowed) return []
    const reach = reachOf(rows)
    const byAccount = Map.groupBy(rows, ({ account }) => account)
    const all = await Promise.all(
      [...byAccount].map(([account, own]) => readTouches(db, account, [...new Set(own.map(({ id }) => id))], reach)),
    )
    return all.flat()
  }

  return async (principal, { q, type, account, region, kind, limit, cursor, ...given }) => {
    const accounts = await readable.accounts(principal)
    const now = await databaseNow(db)
    const to = given.to === undefined ? now : new Date(given.to)
    const from = given.from === undefined ? new Date(to.getTime() - dayMs) : new Date(given.from)
    const filter = {
      accounts: accounts.map(({ id }) => id).filter((id) => account === undefined || id === account),
      from,
      to,
      type,
      region,
      kind,
      where: q === undefined || q.trim() === '' ? undefined : select({ q }, accounts).where,
    }
    const [rows, count] = await Promise.all([
      listChanges(db, filter, cursor === undefined ? undefined : placeOf(cursor), limit + 1),
      countChanges(db, filter, countedTo + 1),
    ])
    const { page, nextCursor } = pageOf(rows, limit, (row) => [
      row.at.toISOString(),
      row.account,
      row.id,
      String(row.version),
    ])
    const touches = await touchesOf(principal, page)
    const tasks = await describeTasks([...new Set(touches.map((touch) => touch.task_id))])
    return {
      items: page.map((row) => ({
        version: row.version,
        at: row.at.toISOString(),
        kind: row.kind,
        changes: row.changes.map(shorten),
        resource: { id: row.id, type: row.type, account: row.account, region: row.region, name: row.name },
        tasks: tasksOf(
          { at: row.at, previousAt: null },
          touches.filter(({ id }) => id === row.id),
        ).map((id) => ({ id, operation: tasks.get(id)?.operation ?? null })),
      })),
      nextCursor,
      total: totalOf(count),
      from: from.toISOString(),
      to: to.toISOString(),
      keptSince: keptSince(now, retentionDays).toISOString(),
    }
  }
}

const placeOf = (cursor: string): ChangesAfter => {
  const [at = '', account = '', id = '', version = ''] = decodeCursor(cursor, 4)
  const date = new Date(at)
  if (Number.isNaN(date.getTime()) || !/^\d{1,9}$/.test(version))
    throw platformErrors.invalid_cursor(
      `The cursor "${cursor.slice(0, 40)}" is not one of this list. Begin again without one.`,
    )
  return { at: date, account, id, version: Number(version) }
}
