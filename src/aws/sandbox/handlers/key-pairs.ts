import type { DescribeKeyPairsCommandInput, DescribeKeyPairsCommandOutput, KeyPairInfo } from '@aws-sdk/client-ec2'
import { awsError } from '../aws-error.ts'
import { decodeId } from '../estate/ids.ts'
import { keyPairKind } from '../estate/key-pair.ts'
import type { SeedKeyPair } from '../estate/key-pair.ts'
import type { Handler, HandlerContext } from './context.ts'
import { describePage, valuesNamed } from './describe.ts'
import { toTagList } from './made.ts'

/** Key pairs; AWS tells all of them in one answer. */
export const describeKeyPairs: Handler<DescribeKeyPairsCommandInput, DescribeKeyPairsCommandOutput> = (
  input,
  context,
) => {
  const { keyPairs } = context.world.estate.around(context.partition)
  const byName = new Map(keyPairs.map((pair) => [pair.name, pair.id]))
  const ids = [
    ...(input.KeyPairIds ?? []),
    ...(input.KeyNames ?? []).map((name) => {
      const id = byName.get(name)
      if (id === undefined) throw awsError('InvalidKeyPair.NotFound', `The key pair '${name}' does not exist`)
      return id
    }),
  ]
  const { items } = describePage<KeyPairInfo>({ Filters: input.Filters, DryRun: input.DryRun }, ids, {
    idFilter: 'key-pair-id',
    find: (id) => toKeyPair(findKeyPair(id, context), context),
    count: keyPairs.length,
    at: (position) => toKeyPair(keyPairs[position], context),
    values: ({ KeyPairId, KeyName, KeyFingerprint }, name) =>
      valuesNamed(name, { 'key-pair-id': [KeyPairId], 'key-name': [KeyName], fingerprint: [KeyFingerprint] }),
    unknown: (id) => awsError('InvalidKeyPair.NotFound', `The key pair '${id}' does not exist`),
  })
  return { KeyPairs: items }
}

export const findKeyPair = (id: string, { world, partition }: HandlerContext): SeedKeyPair | undefined => {
  const found = decodeId('key', world.estate.seed, keyPairKind, id)
  return found?.partition === partition.number ? world.estate.around(partition).keyPairs[found.index] : undefined
}

const toKeyPair = (pair: SeedKeyPair | undefined, { world }: HandlerContext): KeyPairInfo | undefined =>
  pair && {
    KeyPairId: pair.id,
    KeyName: pair.name,
    KeyType: pair.type,
    KeyFingerprint: pair.fingerprint,
    CreateTime: new Date(pair.createdMs),
    Tags: toTagList(world.tags(pair)),
  }
