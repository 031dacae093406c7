import type { Account } from '#aws/cloud.ts'
import type { Resource, Targets } from '#contracts/resource.ts'
import type { Database } from '#platform/db/database.ts'
import type { Log } from '#platform/log.ts'
import { errors } from '../errors.ts'
import type { ReadLive } from '../read/live.ts'
import { sweptAtOf } from '../read/swept-at.ts'
import { readPartitions } from '../store/type-states.ts'
import { readMany } from '../store/read.ts'
import { toResource } from '../store/row.ts'
import type { Row } from '../store/row.ts'
import { createLimit } from '../sync/limit.ts'
import { locate, regionsOf, resourceTypes } from '../types/registry.ts'
import type { ResourceType } from '../types/resource-type.ts'

/** AWS ids without a place that are looked for in every account and Region; more of them are unknown at once. */
const maxSearchedIds = 200
/** Accounts and Regions that are asked at the same time. */
const concurrency = 8

export type IdDeps = { db: Database; readLive: ReadLive; log: Log }

/**
 * The resources that ARNs and AWS ids mean, those of another type included: the caller can say so. What the inventory doesn't
 * have is looked for in AWS as one of this type, once, before it is called unknown: something that was made a moment ago can
 * be worked on.
 */
export const resolveIds = async (
  deps: IdDeps,
  accounts: readonly Account[],
  { ids, region }: Extract<Targets, { ids: string[] }>,
  type: ResourceType,
): Promise<{ resources: Resource[]; unknown: string[] }> => {
  const wanted = [...new Set(ids)]
  const accountIds = accounts.map(({ id }) => id)
  const read = async (some: readonly string[]): Promise<Row[]> => {
    const rows = await readMany(deps.db, accountIds, some)
    return meantBy(
      new Set(wanted),
      rows.filter((row) => region === undefined || row.region === region),
      type,
    )
  }
  const known = await read(wanted.filter(isOfSomeType))
  const isKnown = byId(known)
  const missing = wanted.filter((id) => isOfType(id, type) && !isKnown.has(id))
  const isSomethingNew = await lookFor(deps, placesOf(accounts, region, missing, type))
  const rows = isSomethingNew ? [...known, ...(await read(missing))] : known
  const meant = byId(rows)
  refuseAmbiguous(wanted, meant)
  const sweptAt = sweptAtOf(await readPartitions(deps.db, accountIds))
  const resources = new Map(rows.map((row) => [row.id, toResource(row, sweptAt(row))]))
  return { resources: [...resources.values()], unknown: wanted.filter((id) => !meant.has(id)) }
}

/** A name may be that of an alarm and of a log group: by its name alone a resource of the type in question is meant. */
const meantBy = (ids: ReadonlySet<string>, rows: readonly Row[], { type }: ResourceType): Row[] => {
  const ofType = new Set(rows.filter((row) => row.type === type).map((row) => row.aws_id))
  return rows.filter((row) => row.type === type || ids.has(row.id) || !ofType.has(row.aws_id))
}

const isOfType = (id: string, { type, isAwsId }: ResourceType): boolean => locate(id)?.type.type === type || isAwsId(id)
const isOfSomeType = (id: string): boolean => locate(id) !== null || resourceTypes.some(({ isAwsId }) => isAwsId(id))

/** The ARNs that an id means, by ARN and by AWS id. */
const byId = (rows: readonly Row[]): Map<string, Set<string>> => {
  const meant = new Map<string, Set<string>>()
  for (const row of rows) {
    for (const id of [row.id, row.aws_id]) meant.set(id, (meant.get(id) ?? new Set()).add(row.id))
  }
  return meant
}

const refuseAmbiguous = (ids: readonly string[], meant: Map<string, Set<string>>): void => {
  for (const id of ids) {
    const arns = [...(meant.get(id) ?? [])]
    if (arns.length > 1) {
      throw errors.ambiguous_target(
        `"${id}" means ${arns.length} resources: ${arns.slice(0, 3).join(', ')}. Name it by its ARN, or add the account and Region.`,
      )
    }
  }
}

type Places = Parameters<ReadLive>[0][]

/** Where missing ids can be: most ARNs say so themselves, anything else can be in any account and Region that is in scope. */
const placesOf = (
  accounts: readonly Account[],
  onlyRegion: string | undefined,
  ids: readonly string[],
  type: ResourceType,
): Places => {
  const arns = ids.flatMap((id) => locate(id) ?? [])
  const anywhere = [
    ...ids.filter((id) => type.isAwsId(id)),
    ...arns.flatMap(({ account, region, awsId }) => (account === null || region === null ? [awsId] : [])),
  ].slice(0, maxSearchedIds)
  const located = Map.groupBy(arns, ({ account, region }) => `${account}/${region}`)
  return accounts.flatMap((account) =>
    regionsOf(account, type)
      .filter((region) => onlyRegion === undefined || onlyRegion === region)
      .map((region) => {
        const here = (located.get(`${account.id}/${region}`) ?? []).map(({ awsId }) => awsId)
        return { account, region, type, awsIds: [...new Set([...anywhere, ...here])] }
      })
      .filter(({ awsIds }) => awsIds.length > 0),
  )
}

/** Asks AWS in all these places; true when it knew anything. A broken account doesn't hide what others have. */
const lookFor = async ({ readLive, log }: IdDeps, places: Places): Promise<boolean> => {
  const limit = createLimit(concurrency)
  const outcomes = await Promise.all(
    places.map((place) =>
      limit(() => readLive(place, { priority: 'interactive' })).then(
        ({ found }) => found.length > 0,
        (error: unknown) => {
          log.info({ err: error, account: place.account.id, region: place.region }, 'could not look for targets')
          return false
        },
      ),
    ),
  )
  return outcomes.includes(true)
}
