import type { CloudWatch } from '../cloudwatch.ts'
import { toPutInput } from './alarm.ts'
import type { CloudWatchContext } from './context.ts'

/** Makes an alarm or replaces its definition; with the same definition again nothing changes. */
export const putMetricAlarm =
  ({ sdk, client, send }: CloudWatchContext): CloudWatch['putMetricAlarm'] =>
  async (call, name, definition) => {
    const command = new sdk.PutMetricAlarmCommand(toPutInput(name, definition))
    await send({ action: 'PutMetricAlarm', effect: 'repeatable', call }, command, (options) =>
      client.send(command, options),
    )
  }

export const deleteAlarms =
  ({ sdk, client, send }: CloudWatchContext): CloudWatch['deleteAlarms'] =>
  async (call, names) => {
    const command = new sdk.DeleteAlarmsCommand({ AlarmNames: [...names] })
    await send({ action: 'DeleteAlarms', effect: 'repeatable', call }, command, (options) =>
      client.send(command, options),
    )
  }
