import { AwsFailure } from '#aws/failure.ts'
import type { Account } from '#aws/cloud.ts'
import type { ResourceDetails } from '#contracts/inventory.ts'
import type { Principal } from '#contracts/principal.ts'
import type { Resource } from '#contracts/resource.ts'
import type { Clock } from '#platform/clock.ts'
import { errors as platformErrors } from '#platform/errors.ts'
import type { Log } from '#platform/log.ts'
import { errors } from '../errors.ts'
import type { DetailedRow } from '../store/read.ts'
import { toResource } from '../store/row.ts'
import { failureText } from '../sync/failure-text.ts'
import { locate, placesOf } from '../types/registry.ts'
import type { Located } from '../types/registry.ts'
import type { Copies } from './copies.ts'
import type { ReadLive } from './live.ts'
import type { Readable } from './readable.ts'

/** A located resource whose account and Region are known. */
export type Placed = Located & { account: string; region: string }

/** Where something can be that is not in the inventory: AWS is not asked in more places than that. */
const maxPlaces = 40
/** What is read on demand isn't read again for so long. */
const lookedAtForMs = 60_000
/** An id that AWS doesn't know isn't asked for again for so long, however often somebody tries. */
const unknownForMs = 10_000
const maxNoted = 1_000

export type GetResource = {
  /** One resource, whole. Throws `resource_not_found` also where the principal may not know that it exists. */
  get: (principal: Principal, id: string) => Promise<ResourceDetails>
  /** The resource with its place, where the principal may read it. */
  find: (principal: Principal, id: string) => Promise<{ resource: ResourceDetails; account: Account; located: Placed }>
  /** Resolves when no renewal is under way any more. */
  idle: () => Promise<void>
}

/**
 * request -> cache -> hit: answer; stale: answer and renew behind its back; miss: read from AWS, remember, answer.
 *
 * The cache has three tiers: copies in memory and, where there is one, in Redis (copies.ts), and the inventory's table.
 */
export const createGetResource = (deps: {
  copies: Pick<Copies, 'read'>
  readable: Readable
  readLive: ReadLive
  clock: Clock
  log: Log
}): GetResource => {
  const { copies, readable, readLive, clock, log } = deps
  const renewals = new Set<Promise<void>>()
  const unknownUntilMs = new Map<string, number>()
  const lookedAtUntilMs = new Map<string, number>()

  const fetch = async ({ arn, region, type, awsId }: Placed, account: Account): Promise<void> => {
    const { found } = await readLive({ account, region, type, awsIds: [awsId] }, { priority: 'interactive' })
    if (type.isReadOnDemand === true) note(lookedAtUntilMs, arn, lookedAtForMs)
    if (found.length > 0) unknownUntilMs.delete(arn)
    else note(unknownUntilMs, arn, unknownForMs)
  }

  const note = (untilMs: Map<string, number>, arn: string, forMs: number): void => {
    untilMs.delete(arn) // so that it goes to the end of the order in which entries are dropped
    untilMs.set(arn, clock.monotonicMs() + forMs)
    const oldest = untilMs.keys().next()
    if (untilMs.size > maxNoted && !oldest.done) untilMs.delete(oldest.value)
  }

  const renew = (located: Placed, account: Account): void => {
    const renewal = fetch(located, account)
      .catch((error: unknown) => log.debug({ err: error, resource: located.arn }, 'a stale copy could not be renewed'))
      .finally(() => renewals.delete(renewal))
    renewals.add(renewal)
  }

  const cached = (row: DetailedRow): ResourceDetails => ({
    ...toResource(row, row.swept_at),
    freshness: {
      source: 'cache',
      ageSeconds: Math.round(row.age_seconds * 10) / 10,
      status: row.is_fresh ? 'hit' : 'stale',
      partial:
        row.is_fresh || row.partition_error === null
          ? []
          : [{ account: row.account, region: row.region, service: row.service, why: row.partition_error }],
    },
  })

  /** Something new: asked for wherever it can be. Fails only where it was found nowhere and one place could not be asked. */
  const miss = async (arn: string, places: readonly Placed[], accounts: readonly Account[]) => {
    if ((unknownUntilMs.get(arn) ?? 0) > clock.monotonicMs() || places.length > maxPlaces) return undefined
    const outcomes = await Promise.allSettled(
      accounts.flatMap((account) =>
        places.filter((place) => place.account === account.id).map((place) => fetch(place, account)),
      ),
    )
    const row = await copies.read(
      places.map(({ account }) => account),
      arn,
    )
    if (row !== undefined) {
      const freshness = { source: 'aws', ageSeconds: 0, status: 'miss', partial: [] } as const
      return { ...toResource(row, row.swept_at), freshness: { ...freshness, partial: [] } }
    }
    for (const outcome of outcomes) {
      if (outcome.status === 'fulfilled') continue
      const error: unknown = outcome.reason
      if (!(error instanceof AwsFailure)) throw error
      throw platformErrors.unavailable(
        `There is no copy of ${arn} here, and AWS could not be asked: ${failureText(error)}`,
        { cause: error },
      )
    }
    return undefined
  }

  /** Of what the listing says little of: from AWS when nobody looked at it lately, else and when AWS can't be asked the copy. */
  const onDemand = async (
    row: DetailedRow,
    located: Placed,
    account: Account,
  ): Promise<ResourceDetails | undefined> => {
    if ((lookedAtUntilMs.get(located.arn) ?? 0) > clock.monotonicMs()) return cached(row)
    try {
      await fetch(located, account)
    } catch (error) {
      if (!(error instanceof AwsFailure)) throw error
      const { service } = located.type
      const why = { account: account.id, region: located.region, service, why: failureText(error) }
      const copy = cached(row)
      return { ...copy, freshness: { ...copy.freshness, partial: [...copy.freshness.partial, why] } }
    }
    const renewed = await copies.read([account.id], located.arn)
    return renewed && { ...cached(renewed), freshness: { source: 'aws', ageSeconds: 0, status: 'miss', partial: [] } }
  }

  const find: GetResource['find'] = async (principal, id) => {
    const notFound = errors.resource_not_found(
      `There is no resource "${id.slice(0, 300)}" that you may see. Resources are named by their ARN.`,
    )
    const located = id.includes('\0') ? null : locate(id)
    if (located === null) throw notFound
    const accounts = await readable.accounts(principal)
    const places = placesOf(located, accounts).map((place) => ({
      ...located,
      account: place.account.id,
      region: place.region,
    }))
    if (places.length === 0) throw notFound
    const row = await copies.read(
      places.map((place) => place.account),
      located.arn,
    )
    // An ARN that says less than where it is: the inventory knows.
    const placed = places.find((place) => place.account === row?.account && place.region === row.region)
    const owner = accounts.find((one) => one.id === placed?.account)
    const resource =
      row === undefined || placed === undefined || owner === undefined
        ? await miss(located.arn, places, accounts)
        : located.type.isReadOnDemand === true
          ? await onDemand(row, placed, owner)
          : cached(row)
    const account = accounts.find((one) => one.id === resource?.account)
    if (!resource || !account || !(await readable.resource(principal, account, resource satisfies Resource)))
      throw notFound
    const found: Placed = { ...located, account: account.id, region: resource.region }
    if (resource.freshness.status === 'stale') renew(found, account)
    return { resource, account, located: found }
  }

  return {
    find,
    get: async (principal, id) => (await find(principal, id)).resource,
    idle: async () => void (await Promise.all(renewals)),
  }
}
