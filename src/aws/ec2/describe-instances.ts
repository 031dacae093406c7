import type { Call } from '../call.ts'
import type { Ec2Instance } from '../ec2.ts'
import { batchesOf } from './batches.ts'
import type { Ec2Context } from './context.ts'
import { toInstance } from './instance.ts'

/** A filter takes at most 200 values. */
const idsInAFilter = 200
/** The API's largest page. */
const pageSize = 1000

/** The instances with these ids; those that don't exist are left out. */
export const describeInstances =
  (context: Ec2Context) =>
  async (call: Call, ids: readonly string[]): Promise<Ec2Instance[]> => {
    const found: Ec2Instance[] = []
    for (const batch of batchesOf(ids, idsInAFilter)) {
      // By filter: an unknown id in InstanceIds fails the whole call, and InstanceIds can't be paged.
      for await (const page of pages(context, call, [{ Name: 'instance-id', Values: batch }])) found.push(...page)
    }
    return found
  }

/** Every instance of the account and Region, or those in these states. */
export const listInstances =
  (context: Ec2Context) =>
  (call: Call, options: { states?: readonly string[] } = {}): AsyncIterable<Ec2Instance[]> =>
    pages(
      context,
      call,
      options.states === undefined ? undefined : [{ Name: 'instance-state-name', Values: [...options.states] }],
    )

async function* pages(
  { sdk, client, send, ...place }: Ec2Context,
  call: Call,
  filters?: { Name: string; Values: string[] }[],
): AsyncGenerator<Ec2Instance[]> {
  let token: string | undefined
  do {
    const command = new sdk.DescribeInstancesCommand({
      MaxResults: pageSize,
      ...(filters === undefined ? {} : { Filters: filters }),
      ...(token === undefined ? {} : { NextToken: token }),
    })
    const output = await send({ action: 'DescribeInstances', effect: 'read', call }, command, (options) =>
      client.send(command, options),
    )
    yield (output.Reservations ?? [])
      .flatMap(({ Instances }) => Instances ?? [])
      .map((instance) => toInstance(place, instance))
    token = output.NextToken
  } while (token)
}
