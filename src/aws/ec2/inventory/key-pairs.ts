import type { KeyPairInfo } from '@aws-sdk/client-ec2'
import type { KeyPair } from '../../ec2-inventory.ts'
import type { Reader } from '../../reader.ts'
import type { Ec2Context } from '../context.ts'
import { toJson } from '../json.ts'
import { toTags } from '../tags.ts'
import { createReader } from './reader.ts'

/** DescribeKeyPairs has no pages. */
export const readKeyPairs = ({ sdk, client, send, ...place }: Ec2Context): Reader<KeyPair> =>
  createReader({
    fetch: async (call, { Filters }) => {
      const command = new sdk.DescribeKeyPairsCommand(Filters === undefined ? {} : { Filters: Filters.map(literal) })
      const output = await send({ action: 'DescribeKeyPairs', effect: 'read', call }, command, (options) =>
        client.send(command, options),
      )
      return { items: output.KeyPairs }
    },
    idFilter: 'key-name',
    to: (pair) => toKeyPair(place, pair),
  })

/** A name may have characters that a filter takes for wildcards. */
const literal = ({ Name, Values }: { Name?: string | undefined; Values?: string[] | undefined }) => ({
  Name,
  Values: (Values ?? []).map((value) => value.replaceAll(/[\\*?]/g, '\\$&')),
})

const toKeyPair = (
  { account, region, partition }: { account: string; region: string; partition: string },
  pair: KeyPairInfo,
): KeyPair => {
  // AWS describes no key pair without a name.
  const id = pair.KeyName ?? ''
  return {
    id,
    arn: `arn:${partition}:ec2:${region}:${account}:key-pair/${id}`,
    account,
    region,
    keyPairId: pair.KeyPairId ?? null,
    keyType: pair.KeyType || null,
    fingerprint: pair.KeyFingerprint ?? null,
    createdAt: pair.CreateTime?.toISOString() ?? null,
    tags: toTags(pair.Tags),
    raw: toJson(pair),
  }
}
