import type { LayerVersionsListItem } from '@aws-sdk/client-lambda'
import { toJson } from '../ec2/json.ts'
import type { Lambda, LambdaLayer } from '../lambda.ts'
import { orNone } from '../send/or-none.ts'
import { paged } from '../send/paged.ts'
import type { LambdaContext } from './context.ts'
import { notFound } from './context.ts'

/** The API's largest page. */
const pageSize = 50

export const listLayers = (context: LambdaContext): Lambda['listLayers'] =>
  async function* (call) {
    const { sdk, client, send } = context
    const ask = (token: string | undefined) => {
      const command = new sdk.ListLayersCommand({
        MaxItems: pageSize,
        ...(token === undefined ? {} : { Marker: token }),
      })
      return send({ action: 'ListLayers', effect: 'read', call }, command, (options) => client.send(command, options))
    }
    for await (const { Layers } of paged(ask, ({ NextMarker }) => NextMarker)) {
      yield (Layers ?? []).flatMap(({ LayerName, LatestMatchingVersion }) =>
        LayerName === undefined || LatestMatchingVersion === undefined
          ? []
          : [toLayer(context, LayerName, LatestMatchingVersion)],
      )
    }
  }

/** Versions come newest first. A layer whose versions were all deleted is no layer any more. */
export const getLayer =
  (context: LambdaContext): Lambda['getLayer'] =>
  async (call, name) => {
    const { sdk, client, send } = context
    const command = new sdk.ListLayerVersionsCommand({ LayerName: name, MaxItems: pageSize })
    const output = await orNone(
      send({ action: 'ListLayerVersions', effect: 'read', call }, command, (options) => client.send(command, options)),
      notFound,
    )
    const [latest] = (output?.LayerVersions ?? []).toSorted((a, b) => (b.Version ?? 0) - (a.Version ?? 0))
    return latest && toLayer(context, name, latest)
  }

const toLayer = (
  { account, region, partition }: LambdaContext,
  name: string,
  latest: LayerVersionsListItem,
): LambdaLayer => {
  const arn = `arn:${partition}:lambda:${region}:${account}:layer:${name}`
  const version = latest.Version ?? 0
  const created = new Date(latest.CreatedDate ?? '')
  return {
    name,
    arn,
    account,
    region,
    latestVersion: version,
    latestVersionArn: `${arn}:${version}`,
    description: latest.Description === undefined || latest.Description === '' ? null : latest.Description,
    runtimes: latest.CompatibleRuntimes ?? [],
    createdAt: Number.isNaN(created.getTime()) ? null : created.toISOString(),
    raw: toJson(latest),
  }
}
