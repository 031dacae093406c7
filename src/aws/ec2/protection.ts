import type { Call } from '../call.ts'
import type { Ec2Context } from './context.ts'

/** Whether an instance has stop protection (disableApiStop). */
export const isStopProtected =
  ({ sdk, client, send }: Ec2Context) =>
  async (call: Call, id: string): Promise<boolean> => {
    const command = new sdk.DescribeInstanceAttributeCommand({ InstanceId: id, Attribute: 'disableApiStop' })
    const output = await send({ action: 'DescribeInstanceAttribute', effect: 'read', call }, command, (options) =>
      client.send(command, options),
    )
    return output.DisableApiStop?.Value ?? false
  }

/** Whether an instance has termination protection (disableApiTermination). */
export const isTerminationProtected =
  ({ sdk, client, send }: Ec2Context) =>
  async (call: Call, id: string): Promise<boolean> => {
    const command = new sdk.DescribeInstanceAttributeCommand({ InstanceId: id, Attribute: 'disableApiTermination' })
    const output = await send({ action: 'DescribeInstanceAttribute', effect: 'read', call }, command, (options) =>
      client.send(command, options),
    )
    return output.DisableApiTermination?.Value ?? false
  }
