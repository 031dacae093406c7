import type { Lambda } from '../lambda.ts'
import { getAlias, listAliases } from './aliases.ts'
import type { LambdaContext } from './context.ts'
import { getEventSource, listEventSources } from './event-sources.ts'
import { getFunction, listFunctions, listProvisionedConcurrency, listVersions } from './functions.ts'
import { getLayer, listLayers } from './layers.ts'
import { readLimits } from './limits.ts'

/** Lambda of one account and Region. */
export const createLambda = (context: LambdaContext): Lambda => ({
  listFunctions: listFunctions(context),
  listVersions: listVersions(context),
  getFunction: getFunction(context),
  listProvisionedConcurrency: listProvisionedConcurrency(context),
  listAliases: listAliases(context),
  getAlias: getAlias(context),
  listLayers: listLayers(context),
  getLayer: getLayer(context),
  listEventSources: listEventSources(context),
  getEventSource: getEventSource(context),
  limits: readLimits(context),
})
