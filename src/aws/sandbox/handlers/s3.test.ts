import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import type {
  GetBucketEncryptionOutput,
  GetPublicAccessBlockOutput,
  ListBucketsOutput,
  GetBucketLifecycleConfigurationOutput,
} from '@aws-sdk/client-s3'
import type { GetMetricDataOutput } from '@aws-sdk/client-cloudwatch'
import { ask, createFakeClock, place, temporarySandbox } from '../../testing/host.ts'

// Rules as AWS documents them:
// https://docs.aws.amazon.com/AmazonS3/latest/API/API_ListBuckets.html
// https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html
// https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucketnamingrules.html
const clock = createFakeClock()
const sandbox = temporarySandbox({ clock, size: 6000 })
const host = sandbox.open()
after(async () => {
  await host.close()
  sandbox.remove()
})

const tell = <Output extends object>(action: string, input: object, where = place): Promise<Output> => {
  clock.advance(60) // buckets fill up again
  return ask(host, where)<Output>(action, input, 's3')
}
const refused = (work: Promise<unknown>, code: string): Promise<void> =>
  assert.rejects(work, (error: Error) => (assert.equal(error.name, code), true))
const all = async (input: object = {}, where = place): Promise<ListBucketsOutput['Buckets'] & object> => {
  const buckets: ListBucketsOutput['Buckets'] & object = []
  let token: string | undefined
  do {
    const page = await tell<ListBucketsOutput>('ListBuckets', { ...input, ContinuationToken: token }, where)
    buckets.push(...(page.Buckets ?? []))
    token = page.ContinuationToken
  } while (token !== undefined)
  return buckets
}
const names = async (input: object = {}, where = place) => (await all(input, where)).map(({ Name = '' }) => Name)

test('buckets are listed by name, whole or in pages, with their Regions', async () => {
  const everything = await all()
  const listed = everything.map(({ Name = '' }) => Name)
  assert.deepEqual(listed, [...new Set(listed)].sort())
  assert.deepEqual(await names({ MaxBuckets: 7 }), listed)
  assert.deepEqual(new Set(everything.map(({ BucketRegion }) => BucketRegion)), new Set(['us-east-1', 'eu-west-1']))
  for (const { Name = '', BucketArn } of everything) {
    assert.equal(BucketArn, `arn:aws:s3:::${Name}`)
    assert.match(Name, /^(?=.{3,63}$)[a-z0-9][a-z0-9.-]*[a-z0-9]$/)
  }
})

test("a Region's buckets are asked for at its own endpoint, and together they are all", async () => {
  const there = { ...place, region: 'eu-west-1' }
  const [east, west] = [
    await all({ BucketRegion: 'us-east-1', MaxBuckets: 5 }),
    await all({ BucketRegion: 'eu-west-1' }, there),
  ]
  assert.ok(east.length > 0 && west.length > 0)
  assert.ok(east.every(({ BucketRegion }) => BucketRegion === 'us-east-1'))
  assert.equal(east.length + west.length, (await all()).length)
  await refused(tell('ListBuckets', { BucketRegion: 'eu-west-1' }), 'InvalidArgument')
  await refused(tell('ListBuckets', { MaxBuckets: 0 }), 'InvalidArgument')
  await refused(tell('ListBuckets', { ContinuationToken: 'nonsense' }), 'InvalidArgument')
  const [first = ''] = await names()
  assert.deepEqual(
    (await names({ Prefix: first.slice(0, -3) })).filter((name) => !name.startsWith(first.slice(0, -3))),
    [],
  )
})

test('what a bucket has none of is an error of its own; what all have is there', async () => {
  const codes: Record<string, Set<string>> = {}
  const actions = [
    'GetBucketEncryption',
    'GetBucketVersioning',
    'GetPublicAccessBlock',
    'GetBucketPolicyStatus',
    'GetBucketAcl',
    'GetBucketLifecycleConfiguration',
    'GetBucketNotificationConfiguration',
    'GetBucketTagging',
  ]
  for (const Bucket of await names()) {
    for (const action of actions) {
      const code = await tell(action, { Bucket }).then(
        () => 'there',
        (error: Error) => error.name,
      )
      codes[action] = (codes[action] ?? new Set()).add(code)
    }
  }
  // S3 encrypts every bucket since 2023.
  assert.deepEqual(Object.fromEntries(Object.entries(codes).map(([action, found]) => [action, [...found].sort()])), {
    GetBucketEncryption: ['there'],
    GetBucketVersioning: ['there'],
    GetPublicAccessBlock: ['NoSuchPublicAccessBlockConfiguration', 'there'],
    GetBucketPolicyStatus: ['NoSuchBucketPolicy', 'there'],
    GetBucketAcl: ['there'],
    GetBucketLifecycleConfiguration: ['NoSuchLifecycleConfiguration', 'there'],
    GetBucketNotificationConfiguration: ['there'],
    GetBucketTagging: ['there'],
  })
})

test('a bucket that nobody has does not exist, and that of another account is not to be looked at', async () => {
  await refused(tell('GetBucketVersioning', { Bucket: 'acme-nobody' }), 'NoSuchBucket')
  const [foreign] = await names({}, { account: '111122223333', region: 'us-east-1' })
  await refused(tell('GetBucketVersioning', { Bucket: foreign }), 'AccessDenied')
})

test('some are open to the world, some were never cleaned up, and most are neither', async () => {
  let open = 0
  let withoutLifecycle = 0
  const listed = await names()
  for (const Bucket of listed) {
    const { ServerSideEncryptionConfiguration } = await tell<GetBucketEncryptionOutput>('GetBucketEncryption', {
      Bucket,
    })
    assert.equal(ServerSideEncryptionConfiguration?.Rules?.length, 1)
    const block = await tell<GetPublicAccessBlockOutput>('GetPublicAccessBlock', { Bucket }).catch(() => undefined)
    if (block?.PublicAccessBlockConfiguration?.RestrictPublicBuckets !== true) open++
    const lifecycle = await tell<GetBucketLifecycleConfigurationOutput>('GetBucketLifecycleConfiguration', {
      Bucket,
    }).catch(() => undefined)
    if (lifecycle === undefined) withoutLifecycle++
  }
  assert.ok(open > 0 && open < listed.length / 2, `${open} of ${listed.length}`)
  assert.ok(withoutLifecycle > listed.length / 5 && withoutLifecycle < listed.length, `${withoutLifecycle}`)
})

test("sizes are of whole days, in the bucket's own Region, and a day and a half late", async () => {
  const listed = await all({ BucketRegion: 'us-east-1' })
  const sizes = async (BucketName: string | undefined, region: string) => {
    clock.advance(60)
    const at = clock.now().getTime()
    const metric = (MetricName: string, StorageType: string, Id: string) => ({
      Id,
      MetricStat: {
        Metric: {
          Namespace: 'AWS/S3',
          MetricName,
          Dimensions: [
            { Name: 'BucketName', Value: BucketName },
            { Name: 'StorageType', Value: StorageType },
          ],
        },
        Period: 86_400,
        Stat: 'Average',
      },
    })
    const input = {
      StartTime: new Date(at - 5 * 86_400_000),
      EndTime: new Date(at),
      MetricDataQueries: [
        metric('BucketSizeBytes', 'StandardStorage', 'a'),
        metric('NumberOfObjects', 'AllStorageTypes', 'b'),
        metric('NumberOfObjects', 'StandardStorage', 'c'),
      ],
    }
    const where = { ...place, region }
    const { MetricDataResults = [] } = await ask(host, where)<GetMetricDataOutput>('GetMetricData', input, 'cloudwatch')
    return MetricDataResults.map(({ Timestamps = [], Values = [] }) => ({ Timestamps, Values }))
  }
  let measured = 0
  for (const { Name } of listed) {
    const [bytes, objects, none] = await sizes(Name, 'us-east-1')
    assert.deepEqual(none?.Values, [])
    if (bytes === undefined || bytes.Values.length === 0) continue
    measured++
    const [newest] = bytes.Timestamps
    const lateness = clock.now().getTime() - (newest?.getTime() ?? 0)
    assert.ok(lateness >= 1.5 * 86_400_000 && lateness < 2.6 * 86_400_000, String(lateness))
    assert.equal((newest?.getTime() ?? 1) % 86_400_000, 0)
    assert.ok((objects?.Values[0] ?? 0) >= 1)
    assert.deepEqual(
      (await sizes(Name, 'eu-west-1')).map(({ Values }) => Values),
      [[], [], []],
    )
  }
  assert.ok(measured > listed.length / 2 && measured < listed.length, `${measured} of ${listed.length}`)
})
