import type {
  DescribeLogStreamsCommandInput,
  DescribeLogStreamsCommandOutput,
  FilterLogEventsCommandInput,
  FilterLogEventsCommandOutput,
  GetLogEventsCommandInput,
  GetLogEventsCommandOutput,
} from '@aws-sdk/client-cloudwatch-logs'
import { awsError } from '../aws-error.ts'
import { logSourceOf } from '../log-events/events.ts'
import type { LogEvent, LogSource } from '../log-events/events.ts'
import { matcherOf } from '../log-events/pattern.ts'
import type { SandboxLogGroup } from '../log-groups.ts'
import { minuteMs } from '../metrics/load.ts'
import { groupNamed, invalid, nameOf } from './log-groups.ts'
import type { Handler } from './context.ts'

const mostEvents = 10_000
/** Minutes that one call looks through: a long search comes in pages, of which some are empty, as AWS's does. */
const mostMinutes = 2_000
const dayMs = 86_400_000
/** Nothing was written before that many days, and nothing is kept for longer than a group's retention. */
const oldestDays = 400

const nobody: LogSource = { streams: [], countAt: () => ({ lines: 0, errors: 0 }), eventsIn: () => [] }

/** From when on a group has events. */
const firstMsOf = (group: SandboxLogGroup, nowMs: number): number =>
  Math.max(group.createdMs, nowMs - Math.min(oldestDays, group.retentionInDays ?? oldestDays) * dayMs)

export const filterLogEvents: Handler<FilterLogEventsCommandInput, FilterLogEventsCommandOutput> = (input, context) => {
  const { limit = mostEvents, logStreamNames, logStreamNamePrefix, nextToken } = input
  const group = groupNamed(input.logGroupName ?? nameOf(input.logGroupIdentifier ?? ''), context)
  if (!Number.isInteger(limit) || limit < 1 || limit > mostEvents) throw invalid(`limit must be 1 to ${mostEvents}.`)
  if (logStreamNames !== undefined && logStreamNamePrefix !== undefined)
    throw invalid('logStreamNames and logStreamNamePrefix are mutually exclusive parameters.')
  const matches = matcherOf(input.filterPattern ?? '')
  if (matches === undefined) throw invalid('The sandbox knows filter patterns of words and phrases only.')
  const from = nextToken === undefined ? { minute: 0, skip: 0 } : positionOf(nextToken)
  const startMs = Math.max(input.startTime ?? 0, firstMsOf(group, context.nowMs))
  const endMs = Math.min(input.endTime ?? context.nowMs, context.nowMs)
  const source = logSourceOf(context, group.name) ?? nobody
  const isOfStream = (stream: string): boolean =>
    (logStreamNames === undefined || logStreamNames.includes(stream)) && stream.startsWith(logStreamNamePrefix ?? '')

  const found: LogEvent[] = []
  const last = Math.floor(endMs / minuteMs)
  let minute = Math.max(from.minute, Math.floor(startMs / minuteMs))
  let skip = minute === from.minute ? from.skip : 0
  let next: string | undefined
  for (const lookedFrom = minute; minute <= last; minute++, skip = 0) {
    if (minute - lookedFrom >= mostMinutes) {
      next = tokenOf(minute, 0)
      break
    }
    const events = source
      .eventsIn(minute)
      .filter(({ atMs, stream, message }) => atMs >= startMs && atMs < endMs && isOfStream(stream) && matches(message))
    const room = limit - found.length
    found.push(...events.slice(skip, skip + room))
    if (events.length - skip > room) {
      next = tokenOf(minute, skip + room)
      break
    }
  }
  return {
    events: found.map(({ id, atMs, stream, message }) => ({
      eventId: id,
      timestamp: atMs,
      ingestionTime: atMs + 1000,
      logStreamName: stream,
      message,
    })),
    searchedLogStreams: [],
    ...(next === undefined ? {} : { nextToken: next }),
  }
}

const tokenOf = (minute: number, skip: number): string => Buffer.from(`${minute}/${skip}`).toString('base64url')

const positionOf = (token: string): { minute: number; skip: number } => {
  const match = /^(\d{1,12})\/(\d{1,6})$/.exec(Buffer.from(token, 'base64url').toString())
  if (match === null) throw invalid('The specified nextToken is invalid.')
  return { minute: Number(match[1]), skip: Number(match[2]) }
}

/** Events of one stream: the newest page unless `startFromHead`. Pages onwards in time only. */
export const getLogEvents: Handler<GetLogEventsCommandInput, GetLogEventsCommandOutput> = (input, context) => {
  const { logStreamName = '', limit = mostEvents, startFromHead = false, nextToken } = input
  const group = groupNamed(input.logGroupName ?? nameOf(input.logGroupIdentifier ?? ''), context)
  if (!Number.isInteger(limit) || limit < 1 || limit > mostEvents) throw invalid(`limit must be 1 to ${mostEvents}.`)
  const source = logSourceOf(context, group.name)
  if (source === undefined || !source.streams.includes(logStreamName))
    throw awsError('ResourceNotFoundException', 'The specified log stream does not exist.')
  const after = nextToken === undefined ? undefined : /^f\/(\d{1,16})$/.exec(nextToken)?.[1]
  if (nextToken !== undefined && after === undefined) throw invalid('The specified nextToken is invalid.')
  const endMs = Math.min(input.endTime ?? context.nowMs, context.nowMs)
  const startMs = Math.max(input.startTime ?? 0, firstMsOf(group, context.nowMs), Number(after ?? -1) + 1)
  const found: LogEvent[] = []
  const isForward = startFromHead || after !== undefined
  const [first, last] = [Math.floor(startMs / minuteMs), Math.floor(endMs / minuteMs)]
  for (let looked = 0; looked <= Math.min(last - first, mostMinutes) && found.length < limit; looked++) {
    const minute = isForward ? first + looked : last - looked
    const events = source
      .eventsIn(minute)
      .filter(({ atMs, stream }) => stream === logStreamName && atMs >= startMs && atMs < endMs)
    if (isForward) found.push(...events)
    else found.unshift(...events)
  }
  const events = isForward ? found.slice(0, limit) : found.slice(-limit)
  return {
    events: events.map(({ atMs, message }) => ({ timestamp: atMs, ingestionTime: atMs + 1000, message })),
    // At the end AWS returns the token that it was given.
    nextForwardToken: `f/${events.at(-1)?.atMs ?? after ?? startMs}`,
    nextBackwardToken: `b/${events[0]?.atMs ?? startMs}`,
  }
}

export const describeLogStreams: Handler<DescribeLogStreamsCommandInput, DescribeLogStreamsCommandOutput> = (
  { logGroupName, logGroupIdentifier, logStreamNamePrefix = '', limit = 50, nextToken, descending = false },
  context,
) => {
  const group = groupNamed(logGroupName ?? nameOf(logGroupIdentifier ?? ''), context)
  if (!Number.isInteger(limit) || limit < 1 || limit > 50) throw invalid('limit must be 1 to 50.')
  const position = nextToken === undefined ? 0 : Number(nextToken)
  if (!Number.isInteger(position) || position < 0) throw invalid('The specified nextToken is invalid.')
  const all = (logSourceOf(context, group.name)?.streams ?? [])
    .filter((stream) => stream.startsWith(logStreamNamePrefix))
    .toSorted()
  if (descending) all.reverse()
  const page = all.slice(position, position + limit)
  const arn = `${group.arn}:log-stream:`
  return {
    logStreams: page.map((logStreamName) => ({
      logStreamName,
      arn: `${arn}${logStreamName}`,
      creationTime: group.createdMs,
      firstEventTimestamp: firstMsOf(group, context.nowMs),
      lastEventTimestamp: context.nowMs - minuteMs,
      lastIngestionTime: context.nowMs,
      storedBytes: 0,
    })),
    ...(position + limit < all.length ? { nextToken: String(position + limit) } : {}),
  }
}
