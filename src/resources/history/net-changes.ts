import type { NetChange, NetChanges, NetChangesQuery } from '#contracts/net-changes.ts'
import { countedTo } from '#contracts/list.ts'
import type { Total } from '#contracts/list.ts'
import type { Principal } from '#contracts/principal.ts'
import type { Database } from '#platform/db/database.ts'
import { decodeCursor, encodeCursor, invalidCursor, pageOf, totalOf } from '#platform/http/paging.ts'
import { errors } from '../errors.ts'
import { select } from '../read/filter.ts'
import type { Readable } from '../read/readable.ts'
import { countNet, listNet, mostVersions } from '../store/net-changes.ts'
import type { NetAfter, NetFilter, NetRow } from '../store/net-changes.ts'
import { stepsOfMany } from '../store/versions.ts'
import type { VersionKind } from '../store/versions.ts'
import { databaseNow } from '../store/write.ts'
import { typeNamed } from '../types/registry.ts'
import type { Change } from './json-diff.ts'
import { noiseOf } from './noise.ts'
import { periodOf } from './period.ts'
import type { Period } from './period.ts'
import { keptSince } from './retention.ts'
import { shorten } from './shorten.ts'
import { stateAt } from './state-at.ts'
import { changesBetween } from './state.ts'
import type { State } from './state.ts'

export type ReadNetChanges = (principal: Principal, query: NetChangesQuery) => Promise<NetChanges>

/** Resources whose two states are rebuilt with one statement for each. */
const atATime = 100
/** So many that may have cancelled themselves out are looked at for an exact total, or for one page. */
const mostOpen = 1_000

/**
 * What is different between two times in all that the principal may read, those that changed last first. What changed back, or
 * came and went in between, is no difference. It compares states and does not add up changes, so it says the same as
 * reading each resource as it was at the two times.
 */
export const createNetChanges = (deps: { db: Database; readable: Readable; retentionDays: number }): ReadNetChanges => {
  const { db, readable, retentionDays } = deps

  /** Those that differ, with their changes. */
  const compare = async (rows: readonly NetRow[], period: Period): Promise<{ row: NetRow; changes: Change[] }[]> => {
    const found: { row: NetRow; changes: Change[] }[] = []
    for (let from = 0; from < rows.length; from += atATime) {
      const some = rows.slice(from, from + atATime)
      const both = some.filter(({ kind }) => kind === 'changed')
      const changes = new Map(zip(both, await changesOf(db, both, period)))
      for (const row of some) {
        const own = changes.get(row) ?? []
        if (row.kind !== 'changed' || own.length > 0) found.push({ row, changes: own })
      }
    }
    return found
  }

  /** A page after a place: what cancelled itself out is passed over, so more rows may be looked at than there are on it. */
  const readPage = async (
    filter: NetFilter,
    { kind, limit, after }: { kind: VersionKind | undefined; limit: number; after: NetAfter | undefined },
  ) => {
    const found: { row: NetRow; changes: Change[] }[] = []
    let place = after
    for (let looked = 0; looked < limit + mostOpen;) {
      const rows = await listNet(db, filter, { kind, after: place, limit: limit + 1 - found.length })
      found.push(...(await compare(rows, filter)))
      const last = rows.at(-1)
      if (last === undefined || found.length > limit) return pageOf(found, limit, ({ row }) => keyOf(filter, row))
      place = { at: last.last_at, account: last.account, id: last.id }
      looked += rows.length
    }
    return { page: found, nextCursor: place === undefined ? null : encodeCursor(placeKey(filter, place)) }
  }

  /** How many `changed` there are: of few all that may have cancelled themselves out are looked at, of many none counts. */
  const countChanged = async (filter: NetFilter, count: number, open: number): Promise<Total> => {
    if (open === 0) return totalOf(count)
    if (open > mostOpen) return { value: Math.min(count - open, countedTo), relation: 'gte' }
    const rows = await listNet(db, filter, { kind: undefined, isOpen: true, after: undefined, limit: open })
    return totalOf(count - open + (await compare(rows, filter)).length)
  }

  return async (principal, { q, type, account, region, kind, limit, cursor, ...given }) => {
    const [accounts, now] = await Promise.all([readable.accounts(principal), databaseNow(db)])
    const { period, after } =
      cursor === undefined
        ? { period: periodOf(given, now, retentionDays), after: undefined }
        : placeOf(cursor, given, now, retentionDays)
    const filter: NetFilter = {
      ...period,
      accounts: accounts.map(({ id }) => id).filter((id) => account === undefined || id === account),
      type,
      region,
      where: q === undefined || q.trim() === '' ? undefined : select({ q }, accounts).where,
    }
    const { counts, open, versions } = await countNet(db, filter)
    if (versions > mostVersions) {
      throw errors.too_many_matches(
        `More than ${mostVersions} changes lie between ${filter.from.toISOString()} and ${filter.to.toISOString()}. Narrow the time, or what it is about.`,
      )
    }
    const of = (one: VersionKind): number => counts.get(one) ?? 0
    const byKind = {
      created: totalOf(of('created')),
      changed: await countChanged(filter, of('changed'), open),
      gone: totalOf(of('gone')),
      back: totalOf(of('back')),
    }
    const { page, nextCursor } = await readPage(filter, { kind, limit, after })
    return {
      items: page.map(({ row, changes }): NetChange => ({
        resource: { id: row.id, type: row.type, account: row.account, region: row.region, name: row.name },
        kind: row.kind,
        changes: changes.map(shorten),
        versions: row.versions,
        knownSince: row.known_since?.toISOString() ?? null,
        firstAt: row.first_at.toISOString(),
        lastAt: row.last_at.toISOString(),
      })),
      nextCursor,
      total: kind === undefined ? sumOf(Object.values(byKind)) : byKind[kind],
      byKind,
      from: filter.from.toISOString(),
      to: filter.to.toISOString(),
      keptSince: keptSince(now, retentionDays).toISOString(),
    }
  }
}

const nothing: State = { name: null, state: null, tags: {}, summary: {}, config: {} }

/** From how each was at the one time to how it was at the other. There are versions of each between the two. */
export const changesOf = async (
  db: Database,
  rows: readonly { account: string; id: string; type: string }[],
  { from, to }: Period,
): Promise<Change[][]> => {
  if (rows.length === 0) return []
  const [was, is] = await Promise.all([stepsOfMany(db, rows, from), stepsOfMany(db, rows, to)])
  return rows.map(({ type }, index) => {
    const noise = noiseOf(typeNamed(type)?.noise)
    const before = stateAt(was[index] ?? [], from, nothing, noise)
    const after = stateAt(is[index] ?? [], to, nothing, noise)
    return before.kind === 'there' && after.kind === 'there' ? changesBetween(before.state, after.state, noise) : []
  })
}

const zip = <A, B>(as: readonly A[], bs: readonly B[]): [A, B][] =>
  as.flatMap((a, index) => (index < bs.length ? [[a, bs[index] as B] as [A, B]] : []))

const sumOf = (totals: readonly Total[]): Total => {
  const value = totals.reduce((sum, total) => sum + total.value, 0)
  const isMore = value > countedTo || totals.some(({ relation }) => relation === 'gte')
  return { value: Math.min(value, countedTo), relation: isMore ? 'gte' : 'eq' }
}

/** A cursor keeps the two times, so that all pages are of the same difference. */
const placeKey = ({ from, to }: Period, { at, account, id }: NetAfter): string[] => [
  from.toISOString(),
  to.toISOString(),
  at.toISOString(),
  account,
  id,
]
const keyOf = (period: Period, { last_at, account, id }: NetRow): string[] =>
  placeKey(period, { at: last_at, account, id })

const placeOf = (
  cursor: string,
  given: { from?: string | undefined; to?: string | undefined },
  now: Date,
  retentionDays: number,
): { period: Period; after: NetAfter } => {
  const [from = '', to = '', at = '', account = '', id = ''] = decodeCursor(cursor, 5)
  const times = [from, to, at].map((text) => new Date(text))
  const isOther = (text: string | undefined, kept: string): boolean =>
    text !== undefined && new Date(text).getTime() !== new Date(kept).getTime()
  if (times.some((time) => Number.isNaN(time.getTime())) || isOther(given.from, from)) throw invalidCursor(cursor)
  // A `to` that was still to come when the first page was read was taken for that moment.
  if (isOther(given.to, to) && new Date(given.to ?? to) < new Date(to)) throw invalidCursor(cursor)
  return { period: periodOf({ from, to }, now, retentionDays), after: { at: new Date(at), account, id } }
}
