import type { InstanceStateChange } from '@aws-sdk/client-ec2'
import type { Call } from '../call.ts'
import type { Ec2 } from '../ec2.ts'
import type { Ec2Context } from './context.ts'

/** Starts stopped instances; one that runs already is left alone. Refused whole when one of them can't be started. */
export const startInstances =
  ({ sdk, client, send }: Ec2Context): Ec2['startInstances'] =>
  async (call, ids) => {
    const command = new sdk.StartInstancesCommand({ InstanceIds: [...ids] })
    const output = await send(
      { action: 'StartInstances', effect: 'repeatable', call, resources: ids.length },
      command,
      (options) => client.send(command, options),
    )
    return toChanges(output.StartingInstances)
  }

/** Stops running instances; one that is stopped already is left alone. Refused whole when one of them can't be stopped. */
export const stopInstances =
  ({ sdk, client, send }: Ec2Context): Ec2['stopInstances'] =>
  async (call, ids, { hibernate, force, skipOsShutdown }) => {
    const command = new sdk.StopInstancesCommand({
      InstanceIds: [...ids],
      ...(hibernate === undefined ? {} : { Hibernate: hibernate }),
      ...(force === undefined ? {} : { Force: force }),
      ...(skipOsShutdown === undefined ? {} : { SkipOsShutdown: skipOsShutdown }),
    })
    const output = await send(
      { action: 'StopInstances', effect: 'repeatable', call, resources: ids.length },
      command,
      (options) => client.send(command, options),
    )
    return toChanges(output.StoppingInstances)
  }

/** Asks for a reboot. Each call is a reboot of its own, so an attempt whose outcome is unknown is not repeated. */
export const rebootInstances =
  ({ sdk, client, send }: Ec2Context) =>
  async (call: Call, ids: readonly string[]): Promise<void> => {
    const command = new sdk.RebootInstancesCommand({ InstanceIds: [...ids] })
    await send({ action: 'RebootInstances', effect: 'at-most-once', call, resources: ids.length }, command, (options) =>
      client.send(command, options),
    )
  }

/** Terminates instances; one that is terminated already is left alone. Name instances of one Availability Zone only. */
export const terminateInstances =
  ({ sdk, client, send }: Ec2Context): Ec2['terminateInstances'] =>
  async (call, ids) => {
    const command = new sdk.TerminateInstancesCommand({ InstanceIds: [...ids] })
    const output = await send(
      { action: 'TerminateInstances', effect: 'repeatable', call, resources: ids.length },
      command,
      (options) => client.send(command, options),
    )
    return toChanges(output.TerminatingInstances)
  }

const toChanges = (changes: InstanceStateChange[] | undefined): { id: string; previous: string; current: string }[] =>
  (changes ?? []).map((change) => ({
    id: change.InstanceId ?? '',
    previous: change.PreviousState?.Name ?? 'unknown',
    current: change.CurrentState?.Name ?? 'unknown',
  }))
