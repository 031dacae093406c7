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
import type { Look, Looks } from './looks.ts'
import type { Readable } from './readable.ts'

/** A located resource whose account and Region are known. */
export type Placed = Located & { account: string; region: string }

/** Where something can be that is not in the inventory: AWS is not asked in more places than that. */
const maxPlaces = 40
/** What is read on demand isn't read again for so long. */
const lookedAtForMs = 60_000
/** An id that AWS doesn't know isn't asked for again for so long, however often somebody tries. */
const unknownForMs = 10_000
/** What another process read so short a time ago isn't read again. */
const justReadMs = 1_000
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
  copies: Pick<Copies, 'read' | 'forget'>
  readable: Readable
  readLive: ReadLive
  looks: Looks
  clock: Clock
  log: Log
}): GetResource => {
  const { copies, readable, readLive, looks, clock, log } = deps
  const renewals = new Set<Promise<void>>()
  const unknownUntilMs = new Map<string, number>()
  const lookedAtUntilMs = new Map<string, number>()

  const readNow = async ({ region, type, awsId }: Placed, account: Account): Promise<boolean> => {
    const { found } = await readLive({ account, region, type, awsIds: [awsId] }, { priority: 'interactive' })
    return found.length > 0
  }

  /** Reads it from AWS, or waits for whoever is at it, in this process or another. */
  const fetch = async (placed: Placed, account: Account): Promise<Look> => {
    const { arn, region, type } = placed
    const holds = { foundMs: type.isReadOnDemand === true ? lookedAtForMs : justReadMs, unknownMs: unknownForMs }
    const look = await looks.once({ account: account.id, region, id: arn }, holds, () => readNow(placed, account))
    // What the other process wrote may not have been told here yet.
    if (look.isElsewhere) copies.forget({ account: account.id, region, type: type.type, ids: [arn] })
    else if (type.isReadOnDemand === true) note(lookedAtUntilMs, arn, lookedAtForMs)
    if (look.isFound) unknownUntilMs.delete(arn)
    // Of what another process didn't find it is known for how long that holds.
    else if (!look.isElsewhere) note(unknownUntilMs, arn, unknownForMs)
    return look
  }

  const note = (untilMs: Map<string, number>, arn: string, forMs: number): void => {
    untilMs.delete(arn) // so that it goes to the end of the order in which entries are dropped
    untilMs.set(arn, clock.monotonicMs() + forMs)
    const oldest = untilMs.keys().next()
    if (untilMs.size > maxNoted && !oldest.done) untilMs.delete(oldest.value)
  }

  const renew = (located: Placed, account: Account): void => {
    const renewal = fetch(located, account)
      .then(() => {})
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
    const asked = accounts.flatMap((account) =>
      places.filter((place) => place.account === account.id).map((place) => ({ place, account })),
    )
    const looked = await Promise.allSettled(asked.map(({ place, account }) => fetch(place, account)))
    const outcomes: PromiseSettledResult<unknown>[] = [...looked]
    const read = (): Promise<DetailedRow | undefined> =>
      copies.read(
        places.map(({ account }) => account),
        arn,
      )
    let row = await read()
    if (row === undefined) {
      // Found by another process, and gone from the inventory since.
      const lost = asked.filter((_, index) => {
        const outcome = looked[index]
        return outcome?.status === 'fulfilled' && outcome.value.isElsewhere && outcome.value.isFound
      })
      outcomes.push(...(await Promise.allSettled(lost.map(({ place, account }) => readNow(place, account)))))
      if (lost.length > 0) row = await read()
    }
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
    let look: Look
    try {
      look = await fetch(located, account)
    } catch (error) {
      if (!(error instanceof AwsFailure)) throw error
      const { service } = located.type
      const why = { account: account.id, region: located.region, service, why: failureText(error) }
      const copy = cached(row)
      return { ...copy, freshness: { ...copy.freshness, partial: [...copy.freshness.partial, why] } }
    }
    const renewed = await copies.read([account.id], located.arn)
    if (look.isElsewhere) return renewed && cached(renewed)
    return renewed && { ...cached(renewed), freshness: { source: 'aws', ageSeconds: 0, status: 'miss', partial: [] } }
  }

  const find: GetResource['find'] = async (principal, id) => {
    const notFound = () =>
      errors.resource_not_found(
        `There is no resource "${id.slice(0, 300)}" that you may see. Resources are named by their ARN.`,
      )
    const located = id.includes('\0') ? null : locate(id)
    if (located === null) throw notFound()
    const accounts = await readable.accounts(principal)
    const places = placesOf(located, accounts).map((place) => ({
      ...located,
      account: place.account.id,
      region: place.region,
    }))
    if (places.length === 0) throw notFound()
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
      throw notFound()
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
