import type { Event, LookupEventsCommandInput, LookupEventsCommandOutput } from '@aws-sdk/client-cloudtrail'
import { awsError } from '../aws-error.ts'
import { fromToken, toToken } from '../names.ts'
import type { TrailRecord } from '../store/trail.ts'
import type { Handler } from './context.ts'

/** https://docs.aws.amazon.com/awscloudtrail/latest/APIReference/API_LookupEvents.html */
const mostEvents = 50
const keptMs = 90 * 86_400_000

/** The sandbox's own effects, told as CloudTrail does: by resource, the newest first. */
export const lookupEvents: Handler<LookupEventsCommandInput, LookupEventsCommandOutput> = (input, context) => {
  const { LookupAttributes: attributes = [], MaxResults: limit = mostEvents, NextToken } = input
  const { world, account, region, nowMs } = context
  if (!Number.isInteger(limit) || limit < 1 || limit > mostEvents)
    throw awsError('InvalidMaxResultsException', 'A limit of 1 to 50 is required.')
  const [attribute, ...others] = attributes
  if (others.length > 0)
    throw awsError('InvalidLookupAttributesException', 'You may specify only one lookup attribute.')
  if (attribute !== undefined && attribute.AttributeKey !== 'ResourceName')
    throw awsError('InvalidLookupAttributesException', 'The sandbox looks events up by ResourceName only.')
  const [from, to] = [input.StartTime?.getTime() ?? 0, input.EndTime?.getTime() ?? nowMs]
  if (from > to)
    throw awsError('InvalidTimeRangeException', 'The start time is after the end time, or the time range is invalid.')
  const below = NextToken === undefined ? Number.MAX_SAFE_INTEGER : Number(fromToken(NextToken) ?? Number.NaN)
  if (!Number.isSafeInteger(below))
    throw awsError('InvalidNextTokenException', 'Invalid token or token that was previously used.')

  const records = world.trail({
    account,
    region,
    resource: attribute?.AttributeValue,
    from: Math.max(from, nowMs - keptMs),
    to,
    below,
    limit: limit + 1,
  })
  const page = records.slice(0, limit)
  const last = page.at(-1)
  return {
    Events: page.map(toEvent),
    ...(records.length > limit && last !== undefined ? { NextToken: toToken(String(last.number)) } : {}),
  }
}

const sources: Record<string, string> = { cloudwatch: 'monitoring', elb: 'elasticloadbalancing' }

const toEvent = ({ id, at, service, account, region, action, resource }: TrailRecord): Event => {
  const arn = `arn:aws:sts::${account}:assumed-role/aws-orchestrator/aws-orchestrator`
  const source = `${sources[service] ?? service}.amazonaws.com`
  return {
    EventId: id,
    EventName: action,
    EventTime: new Date(at),
    EventSource: source,
    ReadOnly: 'false',
    Username: 'aws-orchestrator',
    Resources: [{ ResourceName: resource }],
    CloudTrailEvent: JSON.stringify({
      eventVersion: '1.11',
      userIdentity: {
        type: 'AssumedRole',
        principalId: 'AROASANDBOX0000000000:aws-orchestrator',
        arn,
        accountId: account,
      },
      eventTime: new Date(at).toISOString(),
      eventSource: source,
      eventName: action,
      awsRegion: region,
      readOnly: false,
      eventID: id,
      recipientAccountId: account,
    }),
  }
}
