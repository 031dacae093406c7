import type { Ec2Instance, Ec2Volume } from '#aws/ec2.ts'
import type { Scope } from '../../operation.ts'

/** The volumes of some instances, by their ids: sizes and types, which DescribeInstances doesn't tell. */
export const readVolumes = async (
  scope: Scope,
  instances: Iterable<Ec2Instance>,
): Promise<ReadonlyMap<string, Ec2Volume>> => {
  const ids = [...instances].flatMap(({ volumeIds }) => volumeIds)
  if (ids.length === 0) return new Map()
  const ec2 = await scope.aws.ec2(scope.account, scope.region)
  return new Map((await ec2.describeVolumes(scope.call, ids)).map((volume) => [volume.id, volume]))
}

export const sizeGibOf = (ids: readonly string[], volumes: ReadonlyMap<string, Ec2Volume>): number =>
  ids.reduce((sum, id) => sum + (volumes.get(id)?.sizeGib ?? 0), 0)
