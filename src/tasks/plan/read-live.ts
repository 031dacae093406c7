import { AwsFailure } from '#aws/failure.ts'
import type { Account, Aws } from '#aws/cloud.ts'
import { AppError } from '#platform/app-error.ts'
import type { Excluded, Image } from '#contracts/task.ts'
import type { LiveTarget, Operation, Scope } from '../operation.ts'
import { chunksOf, mapBounded } from './pool.ts'

/** Where a target is to be read. */
export type Located = { id: string; account: string; region: string }

/** A target as it is right now, with the account that it is in. */
export type Candidate = { live: LiveTarget; account: Account; region: string }

/** Ids in one describe: as many as AWS takes in a filter. */
const idsPerRead = 200
/** Describes in flight for one plan: enough to hide their latency, few beside the quota of 20 a second. */
const readsInFlight = 8

type Chunk = { account: Account; region: string; ids: string[] }

/**
 * Reads all targets live, never from the cache. What can't be read (an account without access, a Region that is down) is
 * left out with the reason; the rest is planned.
 */
export const readLive = async (
  aws: Aws,
  operation: Operation,
  params: Record<string, unknown>,
  resources: readonly Located[],
  recorded?: ReadonlyMap<string, Image>,
): Promise<{ candidates: Candidate[]; excluded: Excluded[] }> => {
  const excluded: Excluded[] = []
  const chunks: Chunk[] = []
  for (const place of byPlace(resources)) {
    try {
      const account = await aws.accounts.get(place.account)
      for (const ids of chunksOf(place.ids, operation.idsPerRead ?? idsPerRead))
        chunks.push({ account, region: place.region, ids })
    } catch (error) {
      if (!(error instanceof AppError)) throw error
      excluded.push(...place.ids.map((id) => ({ id, why: `its account ${place.account} is not known here` })))
    }
  }
  const reads = await mapBounded(chunks, readsInFlight, (chunk) => readChunk(aws, operation, params, chunk, recorded))
  return {
    candidates: reads.flatMap(({ candidates }) => candidates),
    excluded: [...excluded, ...reads.flatMap((read) => read.excluded)],
  }
}

const byPlace = (resources: readonly Located[]): { account: string; region: string; ids: string[] }[] => {
  const places = new Map<string, { account: string; region: string; ids: string[] }>()
  for (const { id, account, region } of resources) {
    const key = `${account} ${region}`
    const place = places.get(key) ?? { account, region, ids: [] }
    place.ids.push(id)
    places.set(key, place)
  }
  return [...places.values()]
}

const readChunk = async (
  aws: Aws,
  operation: Operation,
  params: Record<string, unknown>,
  { account, region, ids }: Chunk,
  recorded: ReadonlyMap<string, Image> | undefined,
): Promise<{ candidates: Candidate[]; excluded: Excluded[] }> => {
  const scope: Scope = { aws, account, region, call: { priority: 'interactive' } }
  try {
    const live = await operation.read(scope, ids, params, recorded)
    const missing = ids.filter((id) => !live.has(id))
    return {
      candidates: [...live.values()].map((target) => ({ live: target, account, region })),
      excluded: missing.map((id) => ({ id, why: 'no longer exists' })),
    }
  } catch (error) {
    if (!(error instanceof AwsFailure)) throw error
    const why = `could not be read in ${account.id} ${region}: ${error.code}`
    return { candidates: [], excluded: ids.map((id) => ({ id, why })) }
  }
}
