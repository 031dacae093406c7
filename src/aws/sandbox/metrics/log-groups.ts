import { logSourceOf } from '../log-events/events.ts'
import type { Family } from './measure.ts'

/** A line with what CloudWatch Logs adds to it, in the mean. */
const bytesOfALine = 140

/** What is written into log groups, by the same lines that can be read there. */
export const logGroupFamily: Family = {
  namespace: 'AWS/Logs',
  dimensions: ['LogGroupName'],
  names: ['IncomingLogEvents', 'IncomingBytes'],
  of: (context, { LogGroupName = '' }, name) => {
    if (context.world.logGroups(context.partition).get(LogGroupName) === undefined) return undefined
    const source = logSourceOf(context, LogGroupName)
    if (source === undefined) return undefined
    return (atMs) => source.countAt(atMs).lines * (name === 'IncomingBytes' ? bytesOfALine : 1)
  },
}
