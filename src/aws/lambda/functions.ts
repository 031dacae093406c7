import type { FunctionVersion } from '@aws-sdk/client-lambda'
import type { Call } from '../call.ts'
import type { Lambda, LambdaFunction } from '../lambda.ts'
import { orNone } from '../send/or-none.ts'
import { paged } from '../send/paged.ts'
import type { LambdaContext } from './context.ts'
import { notFound } from './context.ts'
import { toFunction } from './function.ts'

/** The API's largest page. */
const pageSize = 50

export const listFunctions =
  (context: LambdaContext): Lambda['listFunctions'] =>
  (call) =>
    pages(context, call, undefined)

/** AWS lists the unpublished code among the versions. */
export const listVersions = (context: LambdaContext): Lambda['listVersions'] =>
  async function* (call) {
    for await (const page of pages(context, call, 'ALL')) yield page.filter(({ version }) => version !== '$LATEST')
  }

async function* pages(
  context: LambdaContext,
  call: Call,
  versions: FunctionVersion | undefined,
): AsyncGenerator<LambdaFunction[]> {
  const { sdk, client, send } = context
  const ask = (token: string | undefined) => {
    const command = new sdk.ListFunctionsCommand({
      MaxItems: pageSize,
      ...(versions === undefined ? {} : { FunctionVersion: versions }),
      ...(token === undefined ? {} : { Marker: token }),
    })
    return send({ action: 'ListFunctions', effect: 'read', call }, command, (options) => client.send(command, options))
  }
  for await (const { Functions } of paged(ask, ({ NextMarker }) => NextMarker))
    yield (Functions ?? []).map((each) => toFunction(context, each))
}

export const getFunction =
  (context: LambdaContext): Lambda['getFunction'] =>
  async (call, name, qualifier) => {
    const { sdk, client, send } = context
    const command = new sdk.GetFunctionCommand({
      FunctionName: name,
      ...(qualifier === undefined ? {} : { Qualifier: qualifier }),
    })
    const output = await orNone(
      send({ action: 'GetFunction', effect: 'read', call }, command, (options) => client.send(command, options)),
      notFound,
    )
    if (output?.Configuration === undefined) return undefined
    const { Configuration, Concurrency, Tags } = output
    return {
      configuration: toFunction(context, Configuration),
      details: {
        state: Configuration.State ?? 'Active',
        stateReason: Configuration.StateReason ?? null,
        lastUpdateStatus: Configuration.LastUpdateStatus ?? null,
        reservedConcurrency: Concurrency?.ReservedConcurrentExecutions ?? null,
      },
      tags: Tags ?? {},
    }
  }

export const listProvisionedConcurrency =
  ({ sdk, client, send }: LambdaContext): Lambda['listProvisionedConcurrency'] =>
  async (call, name) => {
    const ask = (token: string | undefined) => {
      const command = new sdk.ListProvisionedConcurrencyConfigsCommand({
        FunctionName: name,
        ...(token === undefined ? {} : { Marker: token }),
      })
      return send({ action: 'ListProvisionedConcurrencyConfigs', effect: 'read', call }, command, (options) =>
        client.send(command, options),
      )
    }
    const found: Awaited<ReturnType<Lambda['listProvisionedConcurrency']>> = []
    for await (const page of paged(ask, ({ NextMarker }) => NextMarker)) {
      for (const each of page.ProvisionedConcurrencyConfigs ?? []) {
        found.push({
          // The last part of the ARN is the version or alias.
          qualifier: each.FunctionArn?.split(':').at(-1) ?? '',
          requested: each.RequestedProvisionedConcurrentExecutions ?? 0,
          status: each.Status ?? '',
        })
      }
    }
    return found.sort((a, b) => (a.qualifier < b.qualifier ? -1 : 1))
  }
