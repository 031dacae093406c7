import type { Account } from '#aws/cloud.ts'
import type { Principal } from '#contracts/principal.ts'
import { refreshMaxIds } from '#contracts/inventory.ts'
import type { RefreshRequest, RefreshResult } from '#contracts/inventory.ts'
import type { Access } from '#security/access.ts'
import type { Clock } from '#platform/clock.ts'
import type { Database } from '#platform/db/database.ts'
import { errors } from '../errors.ts'
import { listRows } from '../store/list.ts'
import { readPartitions } from '../store/type-states.ts'
import type { Partition } from '../store/type-states.ts'
import { readMany } from '../store/read.ts'
import { toResource } from '../store/row.ts'
import { failureText } from '../sync/failure-text.ts'
import { createLimit } from '../sync/limit.ts'
import type { Sweeper } from '../sync/sweep.ts'
import { locate, placesOf, regionsOf, typeNamed } from '../types/registry.ts'
import type { ResourceType } from '../types/resource-type.ts'
import { select } from './filter.ts'
import { freshnessOf } from './freshness.ts'
import type { ReadLive } from './live.ts'
import type { Readable } from './readable.ts'
import { sweptAtOf } from './swept-at.ts'

export type Refresh = (principal: Principal, request: RefreshRequest) => Promise<RefreshResult>

/** Places that one refresh reads at the same time. */
const concurrency = 4
/** Accounts and Regions in which one unknown ARN is looked for. */
const maxPlaces = 40
/** A refresh of accounts answers after this time; what is not read by then goes on. */
const longestWaitMs = 20_000

type Place = { account: Account; region: string; type: ResourceType; awsIds: string[] }

/** Reads resources again from AWS because somebody asked, whatever their age. */
export const createRefresh = (deps: {
  db: Database
  access: Access
  readable: Readable
  readLive: ReadLive
  sweeper: Sweeper
  clock: Clock
}): Refresh => {
  const { db, access, readable, readLive, sweeper, clock } = deps

  const refreshable = async (principal: Principal): Promise<Account[]> => {
    const accounts = await readable.accounts(principal)
    const decisions = await Promise.all(
      accounts.map(({ id, cloud, isProduction }) =>
        access.decide(principal, 'resource.refresh', { type: 'Account', id, account: id, cloud, isProduction }),
      ),
    )
    return accounts.filter((_, index) => decisions[index]?.allowed === true)
  }

  /** AWS ids and ARNs by the place where they are; what is nowhere is left over. */
  const locateAll = async (
    accounts: Account[],
    ids: readonly string[],
  ): Promise<{ places: Place[]; unknown: string[] }> => {
    const clean = [...new Set(ids)].filter((id) => !id.includes('\0'))
    const rows = await readMany(
      db,
      accounts.map(({ id }) => id),
      clean,
    )
    const places = new Map<string, Place>()
    const add = (accountId: string, region: string, type: ResourceType | undefined, awsId: string): boolean => {
      const account = accounts.find(({ id }) => id === accountId)
      if (account === undefined || type === undefined || !regionsOf(account, type).includes(region)) return false
      const key = `${accountId}/${region}/${type.type}`
      const place = places.get(key) ?? { account, region, type, awsIds: [] }
      if (!place.awsIds.includes(awsId)) place.awsIds.push(awsId)
      places.set(key, place)
      return true
    }
    const known = new Set(rows.flatMap((row) => [row.id, row.aws_id]))
    for (const row of rows) add(row.account, row.region, typeNamed(row.type), row.aws_id)
    const unknown = [...new Set(ids)].filter((id) => {
      if (known.has(id)) return false
      const located = locate(id)
      // Where an ARN doesn't say whose it is, it is looked for wherever it can be.
      const inScope = located === null ? [] : placesOf(located, accounts).slice(0, maxPlaces)
      for (const { account, region } of inScope) if (located) add(account.id, region, located.type, located.awsId)
      return inScope.length === 0
    })
    return { places: [...places.values()], unknown }
  }

  const byIds = async (accounts: Account[], ids: readonly string[]): Promise<RefreshResult> => {
    const { places, unknown } = await locateAll(accounts, ids)
    const limit = createLimit(concurrency)
    const found: string[] = []
    const gone = [...unknown]
    const partial: RefreshResult['freshness']['partial'] = []
    await Promise.all(
      places.map((place) =>
        limit(async () => {
          try {
            const outcome = await readLive(place, { priority: 'interactive' })
            found.push(...outcome.found)
            gone.push(...outcome.gone)
          } catch (error) {
            const { account, region, type } = place
            partial.push({ account: account.id, region, service: type.service, why: failureText(error) })
          }
        }),
      ),
    )
    const accountIds = accounts.map(({ id }) => id)
    const [rows, partitions] = await Promise.all([readMany(db, accountIds, found), readPartitions(db, accountIds)])
    const sweptAt = sweptAtOf(partitions)
    return {
      items: rows.map((row) => toResource(row, sweptAt(row))),
      // What was looked for in several places is gone only where none of them has it.
      gone: [...new Set(gone)].filter((id) => !rows.some((row) => row.aws_id === id && found.includes(row.id))),
      freshness: { source: 'aws', ageSeconds: 0, status: partial.length > 0 ? 'stale' : 'miss', partial },
    }
  }

  const byPlace = async (accounts: Account[], { account, region }: RefreshRequest): Promise<RefreshResult> => {
    const scope = accounts.filter(({ id }) => account === undefined || id === account).map(({ id }) => id)
    const read = async (): Promise<Partition[]> =>
      (await readPartitions(db, scope)).filter((one) => region === undefined || one.region === region)
    const limit = createLimit(concurrency)
    const waiting = new AbortController()
    const sweeps = Promise.all((await read()).map((key) => limit(() => sweeper.sweepNow(key))))
    sweeps.catch(() => {}) // what goes on after the wait keeps its error in its partition
    await Promise.race([sweeps, clock.sleep(longestWaitMs, waiting.signal)])
    waiting.abort()
    return { items: [], gone: [], freshness: freshnessOf(await read(), true) }
  }

  return async (principal, request) => {
    const accounts = await refreshable(principal)
    if (request.ids !== undefined) return byIds(accounts, request.ids)
    if (request.query === undefined) return byPlace(accounts, request)
    const { where } = select({ q: request.query }, accounts, 'query')
    const rows = await listRows(db, where, { key: 'id', isDescending: false }, undefined, refreshMaxIds + 1)
    if (rows.length > refreshMaxIds) {
      throw errors.too_many_matches(
        `More than ${refreshMaxIds} resources match. Narrow the query, or refresh an account.`,
      )
    }
    return byIds(
      accounts,
      rows.map(({ id }) => id),
    )
  }
}
