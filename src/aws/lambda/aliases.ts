import type { AliasConfiguration } from '@aws-sdk/client-lambda'
import { toJson } from '../ec2/json.ts'
import type { Lambda, LambdaAlias } from '../lambda.ts'
import { orNone } from '../send/or-none.ts'
import { paged } from '../send/paged.ts'
import type { LambdaContext } from './context.ts'
import { notFound } from './context.ts'

/** Of a function that was deleted meanwhile there are none. */
export const listAliases =
  (context: LambdaContext): Lambda['listAliases'] =>
  async (call, functionName) => {
    const { sdk, client, send } = context
    const ask = async (token: string | undefined) => {
      const command = new sdk.ListAliasesCommand({
        FunctionName: functionName,
        ...(token === undefined ? {} : { Marker: token }),
      })
      return orNone(
        send({ action: 'ListAliases', effect: 'read', call }, command, (options) => client.send(command, options)),
        notFound,
      )
    }
    const found: LambdaAlias[] = []
    for await (const page of paged(ask, (output) => output?.NextMarker))
      found.push(...(page?.Aliases ?? []).map((alias) => toAlias(context, functionName, alias)))
    return found
  }

export const getAlias =
  (context: LambdaContext): Lambda['getAlias'] =>
  async (call, functionName, name) => {
    const { sdk, client, send } = context
    const command = new sdk.GetAliasCommand({ FunctionName: functionName, Name: name })
    const output = await orNone(
      send({ action: 'GetAlias', effect: 'read', call }, command, (options) => client.send(command, options)),
      notFound,
    )
    return output && toAlias(context, functionName, output)
  }

const toAlias = (
  { account, region, partition }: LambdaContext,
  functionName: string,
  alias: AliasConfiguration & { $metadata?: unknown },
): LambdaAlias => {
  const { $metadata: _, ...described } = alias
  const name = alias.Name ?? ''
  return {
    functionName,
    name,
    arn: `arn:${partition}:lambda:${region}:${account}:function:${functionName}:${name}`,
    account,
    region,
    description: alias.Description === undefined || alias.Description === '' ? null : alias.Description,
    version: alias.FunctionVersion ?? '$LATEST',
    routing: alias.RoutingConfig?.AdditionalVersionWeights ?? {},
    raw: toJson(described),
  }
}
