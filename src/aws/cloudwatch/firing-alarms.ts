import type { Dimension, MetricAlarm } from '@aws-sdk/client-cloudwatch'
import type { CloudWatch, FiringAlarm } from '../cloudwatch.ts'
import type { CloudWatchContext } from './context.ts'

/** The API's largest page. */
const pageSize = 100

/** DescribeAlarms can't be asked for an instance, but for a state: those that ring are few. */
export const firingAlarms =
  ({ sdk, client, send }: CloudWatchContext): CloudWatch['firingAlarms'] =>
  async (call) => {
    const firing: FiringAlarm[] = []
    let token: string | undefined
    do {
      const command = new sdk.DescribeAlarmsCommand({
        StateValue: 'ALARM',
        AlarmTypes: ['MetricAlarm'],
        MaxRecords: pageSize,
        ...(token === undefined ? {} : { NextToken: token }),
      })
      const output = await send({ action: 'DescribeAlarms', effect: 'read', call }, command, (options) =>
        client.send(command, options),
      )
      firing.push(...(output.MetricAlarms ?? []).map(toAlarm).filter(({ instanceIds }) => instanceIds.length > 0))
      token = output.NextToken
    } while (token)
    return firing
  }

const toAlarm = (alarm: MetricAlarm): FiringAlarm => ({
  name: alarm.AlarmName ?? '',
  instanceIds: [
    ...new Set([
      ...instancesIn(alarm.Dimensions),
      ...(alarm.Metrics ?? []).flatMap(({ MetricStat }) => instancesIn(MetricStat?.Metric?.Dimensions)),
    ]),
  ],
  since: (alarm.StateTransitionedTimestamp ?? alarm.StateUpdatedTimestamp)?.toISOString() ?? null,
})

const instancesIn = (dimensions: Dimension[] | undefined): string[] =>
  (dimensions ?? []).flatMap(({ Name, Value }) => (Name === 'InstanceId' && Value !== undefined ? [Value] : []))
