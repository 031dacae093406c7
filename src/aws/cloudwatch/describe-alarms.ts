import type { DescribeAlarmsCommandInput } from '@aws-sdk/client-cloudwatch'
import type { Call } from '../call.ts'
import type { Alarm, CloudWatch } from '../cloudwatch.ts'
import { batchesOf } from '../ec2/batches.ts'
import { toCompositeAlarm, toMetricAlarm } from './alarm.ts'
import type { CloudWatchContext } from './context.ts'

/** The API's largest page, and the most names of a call. */
const pageSize = 100

/** The alarms with these names; those that don't exist are left out. */
export const describeAlarms =
  (context: CloudWatchContext): CloudWatch['describeAlarms'] =>
  async (call, names) => {
    const found: Alarm[] = []
    for (const batch of batchesOf(names, pageSize)) {
      for await (const page of pages(context, call, { AlarmNames: batch })) found.push(...page)
    }
    return found
  }

export const listAlarms =
  (context: CloudWatchContext): CloudWatch['listAlarms'] =>
  (call, prefix) =>
    pages(context, call, prefix === undefined || prefix === '' ? {} : { AlarmNamePrefix: prefix })

async function* pages(
  context: CloudWatchContext,
  call: Call,
  which: Pick<DescribeAlarmsCommandInput, 'AlarmNames' | 'AlarmNamePrefix'>,
): AsyncGenerator<Alarm[]> {
  const { sdk, client, send } = context
  let token: string | undefined
  do {
    const command = new sdk.DescribeAlarmsCommand({
      // Without it composite alarms are left out, and a name that one of them has would look free.
      AlarmTypes: ['MetricAlarm', 'CompositeAlarm'],
      MaxRecords: pageSize,
      ...which,
      ...(token === undefined ? {} : { NextToken: token }),
    })
    const output = await send({ action: 'DescribeAlarms', effect: 'read', call }, command, (options) =>
      client.send(command, options),
    )
    yield [
      ...(output.MetricAlarms ?? []).map((alarm) => toMetricAlarm(context, alarm)),
      ...(output.CompositeAlarms ?? []).map((alarm) => toCompositeAlarm(context, alarm)),
    ]
    token = output.NextToken
  } while (token)
}
