import type { Foresight, LiveTarget, Scope } from '../../operation.ts'
import { chunksOf, mapBounded } from '../../plan/pool.ts'

/** Volumes are read with so many ids a call, so many calls at a time. */
const idsPerRead = 200
const readsInFlight = 8
/**
 * Of more instances in one account and Region no keys are looked at: the volumes of thousands would take most of the calls that EC2
 * allows at once (100, then 20 a second), from the plan itself and from all other reads.
 */
const mostInstances = 500

export const volumeIdsIn = ({ facts }: LiveTarget): string[] =>
  Array.isArray(facts['volumeIds']) ? facts['volumeIds'].filter((id) => typeof id === 'string') : []

/**
 * Which of these instances can't start because a volume is encrypted with a key that is disabled: EC2 asks KMS for a grant on each
 * key at each start, and the instance falls back to `stopped` where it gets none.
 * https://docs.aws.amazon.com/ebs/latest/userguide/how-ebs-encryption-works.html
 *
 * Keys of other accounts, and those that may not be read, are passed over. One that is to be deleted isn't found by Cloud
 * Control, and neither is one of a Region where it doesn't know keys: that is a warning.
 */
export const keysThatLock = async (
  scope: Scope,
  instances: readonly { id: string; volumeIds: readonly string[] }[],
): Promise<Foresight[]> => {
  if (instances.length > mostInstances) return []
  const keys = await keysOfVolumes(scope, [...new Set(instances.flatMap(({ volumeIds }) => volumeIds))])
  const own = [...new Set(keys.values())].filter((arn) => arn.split(':')[4] === scope.account.id).sort()
  if (own.length === 0) return []
  const cloudcontrol = await scope.aws.cloudcontrol(scope.account, scope.region)
  const states = new Map<string, 'enabled' | 'disabled' | 'not found'>()
  for (const arn of own) {
    const key = await cloudcontrol.getResource(scope.call, 'AWS::KMS::Key', arn.slice(arn.lastIndexOf('/') + 1))
    states.set(arn, key === undefined ? 'not found' : key['Enabled'] === false ? 'disabled' : 'enabled')
  }
  return instances.flatMap(({ id, volumeIds }): Foresight[] => {
    for (const volume of volumeIds) {
      const arn = keys.get(volume)
      const state = arn === undefined ? undefined : states.get(arn)
      if (state === 'disabled')
        return [
          { id, why: `can't start: its volume ${volume} is encrypted with ${arn}, which is disabled`, isCertain: true },
        ]
      if (state === 'not found')
        return [
          {
            id,
            why: `may not start: its volume ${volume} is encrypted with ${arn}, which AWS doesn't find; it may be about to be deleted`,
            isCertain: false,
          },
        ]
    }
    return []
  })
}

/** The keys of encrypted volumes, by the volumes' ids. */
const keysOfVolumes = async (scope: Scope, ids: readonly string[]): Promise<Map<string, string>> => {
  const ec2 = await scope.aws.ec2(scope.account, scope.region)
  const chunks = chunksOf(ids, idsPerRead)
  const read = await mapBounded(chunks, readsInFlight, (chunk) => ec2.describeVolumes(scope.call, chunk))
  return new Map(
    read.flat().flatMap(({ id, raw }) => {
      const { KmsKeyId: arn } = raw
      return typeof arn === 'string' ? [[id, arn] as const] : []
    }),
  )
}
