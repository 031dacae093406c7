import type {
  AliasConfiguration,
  EventSourceMappingConfiguration,
  GetAliasCommandInput,
  GetAliasCommandOutput,
  GetEventSourceMappingCommandInput,
  GetEventSourceMappingCommandOutput,
  LayerVersionsListItem,
  ListAliasesCommandInput,
  ListAliasesCommandOutput,
  ListEventSourceMappingsCommandInput,
  ListEventSourceMappingsCommandOutput,
  ListLayersCommandInput,
  ListLayersCommandOutput,
  ListLayerVersionsCommandInput,
  ListLayerVersionsCommandOutput,
  Runtime,
} from '@aws-sdk/client-lambda'
import type { SeedEventSource, SeedFunction, SeedLayer } from '../estate/function.ts'
import { layersOf } from '../estate/function.ts'
import { uuidOf } from '../estate/hex.ts'
import type { Handler, HandlerContext } from './context.ts'
import { named } from './lambda-functions.ts'
import { lambdaPage, notFound } from './lambda-page.ts'

/** Aliases of a function, or those of them that lead to one version. */
export const listAliases: Handler<ListAliasesCommandInput, ListAliasesCommandOutput> = (input, context) => {
  const { made } = named(input.FunctionName, undefined, context)
  const aliases = made.aliases.filter(
    ({ version }) => input.FunctionVersion === undefined || version === input.FunctionVersion,
  )
  const { items, next } = lambdaPage(
    aliases.length,
    (at) => aliases.slice(at, at + 1).map((alias) => toAlias(made, alias, context)),
    input,
    50,
  )
  return { Aliases: items, ...(next === undefined ? {} : { NextMarker: next }) }
}

export const getAlias: Handler<GetAliasCommandInput, GetAliasCommandOutput> = (input, context) => {
  const { made } = named(input.FunctionName, undefined, context)
  const alias = made.aliases.find(({ name }) => name === input.Name)
  if (alias === undefined) throw notFound(`Cannot find alias arn: ${made.arn}:${input.Name ?? ''}`)
  return toAlias(made, alias, context)
}

const toAlias = (
  made: SeedFunction,
  { name, version, canary }: SeedFunction['aliases'][number],
  { world }: HandlerContext,
): AliasConfiguration => ({
  AliasArn: `${made.arn}:${name}`,
  Name: name,
  FunctionVersion: version,
  Description: '',
  ...(canary === null ? {} : { RoutingConfig: { AdditionalVersionWeights: { [canary.version]: canary.weight } } }),
  RevisionId: uuidOf(world.estate.seed, made.partition.number, made.index, name.length, 351),
})

export const listLayers: Handler<ListLayersCommandInput, ListLayersCommandOutput> = (input, context) => {
  const layers = layersOf(context.world.estate.seed, context.partition)
  const { items, next } = lambdaPage(
    layers.length,
    (at) =>
      layers.slice(at, at + 1).map((layer) => ({
        LayerName: layer.name,
        LayerArn: layer.arn,
        LatestMatchingVersion: toLayerVersion(layer, layer.versions[0] ?? 1),
      })),
    input,
    50,
  )
  return { Layers: items, ...(next === undefined ? {} : { NextMarker: next }) }
}

/** Newest first; of a layer that isn't there AWS lists none. */
export const listLayerVersions: Handler<ListLayerVersionsCommandInput, ListLayerVersionsCommandOutput> = (
  input,
  context,
) => {
  const name = input.LayerName?.split(':').at(-1)
  const layer = layersOf(context.world.estate.seed, context.partition).find((one) => one.name === name)
  const versions = layer?.versions ?? []
  const { items, next } = lambdaPage(
    versions.length,
    (at) => (layer === undefined ? [] : versions.slice(at, at + 1).map((version) => toLayerVersion(layer, version))),
    input,
    50,
  )
  return { LayerVersions: items, ...(next === undefined ? {} : { NextMarker: next }) }
}

const toLayerVersion = (layer: SeedLayer, version: number): LayerVersionsListItem => ({
  LayerVersionArn: `${layer.arn}:${version}`,
  Version: version,
  Description: layer.description,
  CreatedDate: new Date(layer.createdMs + version * 86_400_000).toISOString().replace('Z', '+0000'),
  // Names of real ones.
  CompatibleRuntimes: layer.runtimes as Runtime[],
})

/** Mappings of every function, of one, or from one source. */
export const listEventSourceMappings: Handler<
  ListEventSourceMappingsCommandInput,
  ListEventSourceMappingsCommandOutput
> = (input, context) => {
  const { world, partition } = context
  const only = input.FunctionName === undefined ? undefined : named(input.FunctionName, undefined, context).made
  const { items, next } = lambdaPage(
    partition.functions,
    (index) => {
      const { eventSource } = world.estate.function(partition, index)
      const isWanted =
        eventSource !== null &&
        (only === undefined || only.index === index) &&
        (input.EventSourceArn === undefined || input.EventSourceArn === eventSource.eventSourceArn)
      return isWanted ? [toMapping(eventSource, context)] : []
    },
    input,
    100,
  )
  return { EventSourceMappings: items, ...(next === undefined ? {} : { NextMarker: next }) }
}

export const getEventSourceMapping: Handler<GetEventSourceMappingCommandInput, GetEventSourceMappingCommandOutput> = (
  { UUID },
  context,
) => {
  const found = context.world.functions(context.partition).eventSource(UUID ?? '')
  if (found === undefined) throw notFound('The resource you requested does not exist.')
  return toMapping(found, context)
}

const toMapping = (source: SeedEventSource, { region, account }: HandlerContext): EventSourceMappingConfiguration => {
  const isStream = source.eventSourceArn.startsWith('arn:aws:kinesis:')
  return {
    UUID: source.id,
    EventSourceArn: source.eventSourceArn,
    FunctionArn: source.functionArn,
    EventSourceMappingArn: `arn:aws:lambda:${region}:${account}:event-source-mapping:${source.id}`,
    BatchSize: source.batchSize,
    LastModified: new Date(source.modifiedMs),
    State: source.isEnabled ? 'Enabled' : 'Disabled',
    StateTransitionReason: 'USER_INITIATED',
    ...(isStream
      ? {
          StartingPosition: 'LATEST' as const,
          ParallelizationFactor: 1,
          MaximumRetryAttempts: -1,
          LastProcessingResult: source.isEnabled ? 'OK' : 'No records processed',
        }
      : {}),
  }
}
