import { z } from 'zod'
import type { Effect } from '../effects.ts'
import { locate, resourceTypes, typeNamed } from '../types/registry.ts'

/** A message of SQS holds no more than 1 MiB; an event that names more than we look at is left to the sweeps. */
export const bodyMaxCharacters = 1024 * 1024
const maxIds = 200
const maxNodes = 5_000
const maxDepth = 12

/** https://docs.aws.amazon.com/eventbridge/latest/ref/overiew-event-structure.html */
const eventSchema = z.object({
  'detail-type': z.string(),
  source: z.string(),
  account: z.string().regex(/^\d{12}$/),
  region: z.string().max(64),
  resources: z.array(z.string().max(2048)).max(1000).default([]),
  detail: z.record(z.string(), z.unknown()),
})

/** Where an API's calls name what they change by a name alone. Names may be almost anything, so only these are believed. */
const named: Record<string, Record<string, string>> = {
  'autoscaling.amazonaws.com': { autoScalingGroupName: 'autoscaling.group' },
  'lambda.amazonaws.com': { functionName: 'lambda.function' },
  'logs.amazonaws.com': { logGroupName: 'logs.group' },
  'monitoring.amazonaws.com': { alarmName: 'cloudwatch.alarm', alarmNames: 'cloudwatch.alarm' },
  's3.amazonaws.com': { bucketName: 's3.bucket' },
}

/**
 * What an event says has changed, to be read again: never what it says it has become, since events come late and out of order.
 * Null where it is no event at all; nothing where it is about nothing that the inventory has.
 */
export const changesOf = (body: string): Effect[] | null => {
  if (body.length > bodyMaxCharacters) return null
  const event = parse(body)
  if (event === null) return null
  const { account, region, detail } = event
  const ids = new Map<string, Set<string>>()
  let count = 0
  const add = (type: string, where: string, id: string): void => {
    if (count >= maxIds) return
    const key = `${type}\n${where}`
    const group = ids.get(key) ?? new Set<string>()
    if (!group.has(id)) count++
    ids.set(key, group.add(id))
  }

  const note = (text: string): void => {
    if (text.length > 2048) return
    if (text.startsWith('arn:')) {
      const located = locate(text)
      // What belongs to somebody else is not this account's to tell.
      if (located !== null && (located.account ?? account) === account)
        add(located.type.type, located.region ?? region, located.awsId)
      return
    }
    if (!/^[a-z]{1,6}-[0-9a-f]{8,17}$/.test(text)) return
    const type = resourceTypes.find((one) => one.service === 'ec2' && one.isAwsId(text))
    if (type !== undefined) add(type.type, region, text)
  }

  for (const text of [...event.resources, ...textsIn(stateOf(event))]) note(text)
  const eventSource = detail['eventSource']
  const names = named[typeof eventSource === 'string' ? eventSource : ''] ?? {}
  const parameters = detail['requestParameters']
  for (const [parameter, name] of Object.entries(names)) {
    const type = typeNamed(name)
    if (type === undefined || typeof parameters !== 'object' || parameters === null) continue
    const given = (parameters as Record<string, unknown>)[parameter]
    for (const id of [given].flat()) {
      if (typeof id === 'string' && type.isAwsId(id)) add(name, region, id)
      else if (typeof id === 'string') note(id)
    }
  }
  return [...ids].map(([key, group]) => {
    const [type = '', where = ''] = key.split('\n')
    return { account, region: where, type, ids: [...group] }
  })
}

const parse = (body: string): z.infer<typeof eventSchema> | null => {
  try {
    const parsed = eventSchema.safeParse(JSON.parse(body))
    return parsed.success ? parsed.data : null
  } catch {
    return null
  }
}

/** The parts of an event that name what it is about; of a call of an API what went in and came out, and only if it was carried out. */
const stateOf = (event: z.infer<typeof eventSchema>): unknown => {
  const { detail } = event
  if (event['detail-type'] !== 'AWS API Call via CloudTrail') return detail
  return detail['errorCode'] === undefined ? [detail['requestParameters'], detail['responseElements']] : []
}

/** Every text in a value, as far as it is worth looking. */
function* textsIn(value: unknown): Generator<string> {
  let nodes = 0
  const open: { value: unknown; depth: number }[] = [{ value, depth: 0 }]
  for (let one = open.pop(); one !== undefined && nodes < maxNodes; one = open.pop()) {
    nodes++
    if (typeof one.value === 'string') yield one.value
    else if (typeof one.value === 'object' && one.value !== null && one.depth < maxDepth)
      for (const inner of Object.values(one.value)) open.push({ value: inner, depth: one.depth + 1 })
  }
}
