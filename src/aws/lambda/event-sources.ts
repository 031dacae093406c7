import type { EventSourceMappingConfiguration } from '@aws-sdk/client-lambda'
import { toJson } from '../ec2/json.ts'
import type { EventSourceMapping, Lambda } from '../lambda.ts'
import { orNone } from '../send/or-none.ts'
import { paged } from '../send/paged.ts'
import type { LambdaContext } from './context.ts'
import { notFound } from './context.ts'

/** The API's largest page. */
const pageSize = 100

export const listEventSources = (context: LambdaContext): Lambda['listEventSources'] =>
  async function* (call) {
    const { sdk, client, send } = context
    const ask = (token: string | undefined) => {
      const command = new sdk.ListEventSourceMappingsCommand({
        MaxItems: pageSize,
        ...(token === undefined ? {} : { Marker: token }),
      })
      return send({ action: 'ListEventSourceMappings', effect: 'read', call }, command, (options) =>
        client.send(command, options),
      )
    }
    for await (const { EventSourceMappings } of paged(ask, ({ NextMarker }) => NextMarker))
      yield (EventSourceMappings ?? []).map((mapping) => toMapping(context, mapping))
  }

export const getEventSource =
  (context: LambdaContext): Lambda['getEventSource'] =>
  async (call, id) => {
    const { sdk, client, send } = context
    const command = new sdk.GetEventSourceMappingCommand({ UUID: id })
    const output = await orNone(
      send({ action: 'GetEventSourceMapping', effect: 'read', call }, command, (options) =>
        client.send(command, options),
      ),
      notFound,
    )
    return output && toMapping(context, output)
  }

const toMapping = (
  { account, region, partition }: LambdaContext,
  mapping: EventSourceMappingConfiguration & { $metadata?: unknown },
): EventSourceMapping => {
  const { $metadata: _, ...described } = mapping
  const id = mapping.UUID ?? ''
  return {
    id,
    arn: `arn:${partition}:lambda:${region}:${account}:event-source-mapping:${id}`,
    account,
    region,
    state: mapping.State ?? 'Enabled',
    functionArn: mapping.FunctionArn ?? null,
    eventSourceArn: mapping.EventSourceArn ?? null,
    batchSize: mapping.BatchSize ?? null,
    lastModifiedAt: mapping.LastModified?.toISOString() ?? null,
    lastResult: mapping.LastProcessingResult ?? null,
    raw: toJson(described),
  }
}
