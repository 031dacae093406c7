import type { Sql } from '#platform/db/database.ts'
import type { NewRow } from '../store/row.ts'
import { insertVersions } from '../store/versions.ts'
import type { NewVersion } from '../store/versions.ts'
import type { Written } from '../store/write.ts'
import { typeNamed } from '../types/registry.ts'
import { noiseOf } from './noise.ts'
import type { Change } from './json-diff.ts'
import { changesBetween } from './state.ts'
import type { State } from './state.ts'

type Group = { account: string; region: string; type: string }

/**
 * Keeps what has changed, in the transaction that wrote the rows. `written` says what stood there before each of them, as
 * the database found it under the row's lock: not what this process believed.
 */
export const recordChanges = async (
  sql: Sql,
  group: Group,
  rows: readonly NewRow[],
  written: readonly Written[],
  at: Date,
): Promise<void> => {
  const noise = noiseOf(typeNamed(group.type)?.noise)
  const rowOf = new Map(rows.map((row) => [row.id, row]))
  const versions = written.flatMap(({ id, before, wasGone }): NewVersion[] => {
    const row = rowOf.get(id)
    if (row === undefined) return []
    if (before === null) return [{ id, kind: 'created', changes: [] }]
    const changes = changesBetween(before, row, noise)
    if (wasGone) return [{ id, kind: 'back', changes }]
    return changes.length === 0 || isFirstLook(before, row, changes) ? [] : [{ id, kind: 'changed', changes }]
  })
  if (versions.length > 0) await insertVersions(sql, group, versions, at)
}

/** Parts of `config` that no listing has: of buckets and functions, and what Cloud Control tells of anything. */
const readLater = ['Details', 'Properties']

/** What a listing leaves out is read one by one later on: that it is known now is no change of the resource. */
const isFirstLook = (before: State, after: State, changes: readonly Change[]): boolean =>
  readLater.some((part) => !Object.hasOwn(before.config, part) && Object.hasOwn(after.config, part)) &&
  changes.every((change) => change.before === undefined || change.before === null)

/** Keeps that resources are gone, with what they were in the end: their rows will be forgotten. */
export const recordGone = async (sql: Sql, group: Group, ids: readonly string[], at: Date): Promise<void> => {
  if (ids.length > 0)
    await insertVersions(
      sql,
      group,
      ids.map((id) => ({ id, kind: 'gone', changes: [] })),
      at,
    )
}
