import type { Lambda } from '../lambda.ts'
import type { LambdaContext } from './context.ts'

/** AWS's default of an account and Region, where it doesn't say. https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html */
const usualConcurrency = 1000

export const readLimits =
  ({ sdk, client, send }: LambdaContext): Lambda['limits'] =>
  async (call) => {
    const command = new sdk.GetAccountSettingsCommand({})
    const { AccountLimit: limit } = await send(
      { action: 'GetAccountSettings', effect: 'read', call },
      command,
      (options) => client.send(command, options),
    )
    const concurrency = limit?.ConcurrentExecutions ?? usualConcurrency
    return { concurrency, unreservedConcurrency: limit?.UnreservedConcurrentExecutions ?? concurrency }
  }
