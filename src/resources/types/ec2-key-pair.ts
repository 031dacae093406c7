import type { KeyPair } from '#aws/ec2-inventory.ts'
import { freeOfCharge } from '#aws/prices.ts'
import { readType } from './read-type.ts'

export const ec2KeyPair = readType<KeyPair>({
  type: 'ec2.key-pair',
  service: 'ec2',
  iamActions: ['ec2:DescribeKeyPairs'],
  // Up to 255 ASCII characters, but an ARN is meant as one.
  // https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_CreateKeyPair.html
  isAwsId: (awsId) => /^(?!arn:)[\x20-\x7e]{1,255}$/.test(awsId),
  arnResource: 'key-pair/',
  reader: async ({ aws, account, region }) => (await aws.ec2(account, region)).inventory.keyPairs,
  observe: (pair) => ({
    name: pair.id,
    state: null,
    cost: freeOfCharge,
    summary: {
      keyPairId: pair.keyPairId,
      keyType: pair.keyType,
      fingerprint: pair.fingerprint,
      createdAt: pair.createdAt,
    },
  }),
  // People change them seldom.
  lifetime: { sweptEverySeconds: 300 },
})
