import type { CloudTrailClient, Event, LookupEventsCommandInput } from '@aws-sdk/client-cloudtrail'
import type { CloudTrail, TrailEvent } from '../cloudtrail.ts'
import { cleanText } from '../send/clean.ts'
import type { Send } from '../send/send.ts'

/** The API's largest page, and pages of one lookup: each costs half a second of the account's quota. */
const pageSize = 50
const mostPages = 3
const actorMaxLength = 300

/** CloudTrail of one account and Region. */
export const createCloudTrail = (context: {
  sdk: typeof import('@aws-sdk/client-cloudtrail')
  client: CloudTrailClient
  send: Send
}): CloudTrail => ({
  lookupEvents: async (call, resource, { from, to }) => {
    const { sdk, client, send } = context
    const found: TrailEvent[] = []
    let token: string | undefined
    for (let page = 0; page < mostPages; page++) {
      // One attribute is all that a lookup takes; what only reads is left out here.
      const input: LookupEventsCommandInput = {
        LookupAttributes: [{ AttributeKey: 'ResourceName', AttributeValue: resource }],
        StartTime: from,
        EndTime: to,
        MaxResults: pageSize,
        ...(token === undefined ? {} : { NextToken: token }),
      }
      const command = new sdk.LookupEventsCommand(input)
      const output = await send({ action: 'LookupEvents', effect: 'read', call }, command, (options) =>
        client.send(command, options),
      )
      found.push(...(output.Events ?? []).flatMap(toTrailEvent))
      token = output.NextToken
      if (!token) break
    }
    return found
  },
})

const toTrailEvent = (event: Event): TrailEvent[] => {
  const { EventId: id, EventName: name, EventTime: at, ReadOnly } = event
  if (id === undefined || name === undefined || at === undefined || ReadOnly === 'true') return []
  return [{ id, name: cleanText(name).slice(0, 100), at, actor: cleanText(actorOf(event)).slice(0, actorMaxLength) }]
}

/** The identity in the record itself, which says more than the name that the lookup answers. */
const actorOf = ({ Username, CloudTrailEvent }: Event): string => {
  const identity = identityIn(CloudTrailEvent)
  for (const key of ['arn', 'invokedBy', 'userName', 'principalId']) {
    const value = identity[key]
    if (typeof value === 'string' && value !== '') return value
  }
  return Username ?? 'unknown'
}

const identityIn = (record: string | undefined): Record<string, unknown> => {
  try {
    const parsed: unknown = JSON.parse(record ?? '{}')
    if (typeof parsed !== 'object' || parsed === null || !('userIdentity' in parsed)) return {}
    const { userIdentity } = parsed
    return typeof userIdentity === 'object' && userIdentity !== null ? { ...userIdentity } : {}
  } catch {
    return {}
  }
}
