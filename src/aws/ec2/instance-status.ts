import type { Call } from '../call.ts'
import type { Ec2InstanceStatus } from '../ec2.ts'
import { AwsFailure } from '../failure.ts'
import { batchesOf } from './batches.ts'
import type { Ec2Context } from './context.ts'

/** The most ids that DescribeInstanceStatus takes; it has no filter by id and no paging with ids. */
const idsInACall = 100

/**
 * Status checks of running instances ("ok", "initializing", "impaired", "insufficient-data", "not-applicable"). Instances
 * that aren't running, or don't exist, are left out.
 */
export const describeInstanceStatus =
  (context: Ec2Context) =>
  async (call: Call, ids: readonly string[]): Promise<Ec2InstanceStatus[]> => {
    const found: Ec2InstanceStatus[] = []
    for (const batch of batchesOf(ids, idsInACall)) found.push(...(await describeKnown(context, call, batch)))
    return found
  }

const describeKnown = async (context: Ec2Context, call: Call, ids: string[]): Promise<Ec2InstanceStatus[]> => {
  if (ids.length === 0) return []
  const { sdk, client, send } = context
  const command = new sdk.DescribeInstanceStatusCommand({ InstanceIds: ids })
  try {
    const output = await send({ action: 'DescribeInstanceStatus', effect: 'read', call }, command, (options) =>
      client.send(command, options),
    )
    return (output.InstanceStatuses ?? []).map((status) => ({
      id: status.InstanceId ?? '',
      system: status.SystemStatus?.Status ?? 'insufficient-data',
      instance: status.InstanceStatus?.Status ?? 'insufficient-data',
    }))
  } catch (error) {
    // One unknown id fails the call; AWS names them, so ask again for the rest.
    if (!(error instanceof AwsFailure) || error.code !== 'InvalidInstanceID.NotFound') throw error
    const rest = ids.filter((id) => !error.culprits.includes(id))
    if (rest.length === ids.length) throw error
    return describeKnown(context, call, rest)
  }
}
