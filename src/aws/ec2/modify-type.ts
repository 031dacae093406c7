import type { Ec2 } from '../ec2.ts'
import type { Ec2Context } from './context.ts'

/** Sets the type of a stopped instance; AWS takes one attribute of one instance a call. */
export const modifyInstanceType =
  ({ sdk, client, send }: Ec2Context): Ec2['modifyInstanceType'] =>
  async (call, id, instanceType) => {
    const command = new sdk.ModifyInstanceAttributeCommand({ InstanceId: id, InstanceType: { Value: instanceType } })
    await send({ action: 'ModifyInstanceAttribute', effect: 'repeatable', call }, command, (options) =>
      client.send(command, options),
    )
  }
