import type { Call } from '../call.ts'
import type { Ec2Volume } from '../ec2.ts'
import { batchesOf } from './batches.ts'
import type { Ec2Context } from './context.ts'
import { toVolume } from './volume.ts'

/** The API's largest page. */
const pageSize = 500

/** A filter takes at most 200 values. */
const idsInAFilter = 200

/** Every volume of the account and Region. */
export const listVolumes =
  (context: Ec2Context) =>
  (call: Call): AsyncIterable<Ec2Volume[]> =>
    pages(context, call)

/** The volumes with these ids; those that don't exist are left out. */
export const describeVolumes =
  (context: Ec2Context) =>
  async (call: Call, ids: readonly string[]): Promise<Ec2Volume[]> => {
    const found: Ec2Volume[] = []
    for (const Values of batchesOf(ids, idsInAFilter)) {
      for await (const page of pages(context, call, [{ Name: 'volume-id', Values }])) found.push(...page)
    }
    return found
  }

async function* pages(
  { sdk, client, send, ...place }: Ec2Context,
  call: Call,
  filters?: { Name: string; Values: string[] }[],
): AsyncGenerator<Ec2Volume[]> {
  let token: string | undefined
  do {
    const command = new sdk.DescribeVolumesCommand({
      MaxResults: pageSize,
      ...(filters === undefined ? {} : { Filters: filters }),
      ...(token === undefined ? {} : { NextToken: token }),
    })
    const output = await send({ action: 'DescribeVolumes', effect: 'read', call }, command, (options) =>
      client.send(command, options),
    )
    yield (output.Volumes ?? []).map((volume) => toVolume(place, volume))
    token = output.NextToken
  } while (token)
}
