import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { BucketConfiguration } from '#aws/s3.ts'
import { observeBucket } from './s3-bucket.ts'

const bucket = { name: 'b', arn: 'arn:aws:s3:::b', account: '1', region: 'us-east-1', createdAt: null }
const all = { blockPublicAcls: true, ignorePublicAcls: true, blockPublicPolicy: true, restrictPublicBuckets: true }
const summaryOf = (configuration: Partial<BucketConfiguration>) =>
  observeBucket(bucket, {}, { configuration: { unreadable: [], ...configuration }, size: null }).summary

// What each switch holds off: https://docs.aws.amazon.com/AmazonS3/latest/userguide/access-control-block-public-access.html
const cases: [what: string, configuration: Partial<BucketConfiguration>, isPublic: boolean | null][] = [
  ['no policy and no grant', { policyStatus: null, acl: { isPublic: false }, publicAccessBlock: null }, false],
  ['an open policy', { policyStatus: { isPublic: true }, acl: { isPublic: false }, publicAccessBlock: null }, true],
  [
    'an open policy behind all four',
    { policyStatus: { isPublic: true }, acl: { isPublic: false }, publicAccessBlock: all },
    false,
  ],
  [
    'an open policy that a block of new policies came too late for',
    {
      policyStatus: { isPublic: true },
      acl: { isPublic: false },
      publicAccessBlock: { ...all, restrictPublicBuckets: false },
    },
    true,
  ],
  ['a grant to everybody', { policyStatus: null, acl: { isPublic: true }, publicAccessBlock: null }, true],
  [
    'a grant that is ignored',
    {
      policyStatus: null,
      acl: { isPublic: true },
      publicAccessBlock: { ...all, blockPublicPolicy: false, restrictPublicBuckets: false },
    },
    false,
  ],
  ['a part that may not be read', { policyStatus: { isPublic: false }, publicAccessBlock: null }, null],
]
for (const [what, configuration, isPublic] of cases) {
  test(`${what}: ${isPublic === null ? 'not known' : isPublic ? 'public' : 'not public'}`, () =>
    assert.equal(summaryOf(configuration)['isPublic'], isPublic))
}

test('nothing is known of a bucket that was only listed; none and not known are two things', () => {
  const { summary, cost, config } = observeBucket(bucket, {}, undefined)
  for (const part of ['encryption', 'versioning', 'publicAccessBlock', 'isPublic', 'lifecycleRules', 'sizeBytes'])
    assert.equal(summary[part], null, part)
  assert.equal(cost, null)
  assert.equal(config['Details'], undefined)
  const known = summaryOf({ encryption: null, lifecycleRules: null, publicAccessBlock: null })
  assert.deepEqual([known['encryption'], known['lifecycleRules'], known['publicAccessBlock']], ['none', 0, 'none'])
})
