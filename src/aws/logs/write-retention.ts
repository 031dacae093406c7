import type { Logs } from '../logs.ts'
import type { LogsContext } from './context.ts'

export const putRetention =
  ({ sdk, client, send }: LogsContext): Logs['putRetention'] =>
  async (call, name, days) => {
    const command = new sdk.PutRetentionPolicyCommand({ logGroupName: name, retentionInDays: days })
    await send({ action: 'PutRetentionPolicy', effect: 'repeatable', call }, command, (options) =>
      client.send(command, options),
    )
  }

/** Removing what isn't there is no error. */
export const deleteRetention =
  ({ sdk, client, send }: LogsContext): Logs['deleteRetention'] =>
  async (call, name) => {
    const command = new sdk.DeleteRetentionPolicyCommand({ logGroupName: name })
    await send({ action: 'DeleteRetentionPolicy', effect: 'repeatable', call }, command, (options) =>
      client.send(command, options),
    )
  }
