import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import type { CloudWatch } from '#aws/cloudwatch.ts'
import { AwsFailure } from '#aws/failure.ts'
import type { Iam } from '#aws/iam.ts'
import type { Lambda, LambdaFunction } from '#aws/lambda.ts'
import type { Logs } from '#aws/logs.ts'
import type { S3 } from '#aws/s3.ts'
import type { Tagging } from '#aws/tagging.ts'
import type { Backend } from './support/backend.ts'
import { openLoopback } from './support/loopback.ts'
import { fillMotoCosts } from './support/moto-costs.ts'
import { fillMoto } from './support/moto-services.ts'
import { openMoto } from './support/moto.ts'
import { openSandbox } from './support/sandbox.ts'

/** The adapters of S3, Lambda, IAM, tags, dashboards and metric filters, against the sandbox and, when it is there, moto. */
const motoUrl = process.env['ORCHESTRATOR_TEST_MOTO_URL']
const backends: { name: string; open: () => Promise<Backend> }[] = [
  { name: 'sandbox', open: openSandbox },
  ...(motoUrl === undefined
    ? []
    : [
        {
          name: 'moto',
          open: async () => {
            const backend = await openMoto(motoUrl)
            await fillMoto(motoUrl, backend.region, backend.logGroups[0] ?? '')
            await fillMotoCosts(motoUrl, today)
            return backend
          },
        },
      ]),
]

const call = { priority: 'interactive' } as const
const today = new Date().toISOString().slice(0, 10)
const all = async <One>(pages: AsyncIterable<One[]>): Promise<One[]> => {
  const found: One[] = []
  for await (const page of pages) found.push(...page)
  return found
}

for (const { name, open } of backends) {
  describe(`services on ${name}`, () => {
    let backend: Backend
    let s3: S3
    let lambda: Lambda
    let iam: Iam
    let tagging: Tagging
    let cloudwatch: CloudWatch
    let logs: Logs
    before(async () => {
      backend = await open()
      const { aws, account, region } = backend
      s3 = await aws.s3(account, region)
      lambda = await aws.lambda(account, region)
      iam = await aws.iam(account)
      tagging = await aws.tagging(account, region)
      cloudwatch = await aws.cloudwatch(account, region)
      logs = await aws.logs(account, region)
    })
    after(() => backend.close())
    const arn = (service: string, resource: string): string =>
      `arn:aws:${service}:${backend.region}:${backend.account.id}:${resource}`

    test('buckets are listed once, and found by name; others are left out', async () => {
      const buckets = await all(s3.listBuckets(call))
      assert.ok(buckets.length > 6)
      const names = buckets.map((bucket) => bucket.name)
      assert.equal(new Set(names).size, names.length)
      for (const bucket of buckets) {
        assert.equal(bucket.arn, `arn:aws:s3:::${bucket.name}`)
        assert.equal(bucket.region, backend.region)
        assert.ok(bucket.createdAt !== null)
      }
      const [first = ''] = names
      for (const wanted of [
        [first, 'nobody-at-all'],
        [...names, 'nobody-at-all', first.slice(0, -1)],
      ]) {
        const found = (await s3.findBuckets(call, wanted)).map((bucket) => bucket.name)
        assert.deepEqual(found.sort(), wanted.filter((each) => names.includes(each)).sort())
      }
    })

    test('a bucket is described part by part; one that nobody has is none', async () => {
      const described = []
      for (const bucket of await all(s3.listBuckets(call))) described.push(await s3.describeBucket(call, bucket.name))
      const open = described.find((bucket) => bucket?.policyStatus?.isPublic === true)
      assert.ok(open)
      assert.notEqual(open.publicAccessBlock?.restrictPublicBuckets, true)
      assert.deepEqual(open.unreadable, [])
      assert.ok(described.some((bucket) => bucket?.policyStatus === null))
      assert.ok(described.some((bucket) => bucket?.versioning?.status === 'Enabled'))
      assert.ok(described.some((bucket) => bucket?.versioning?.status === 'Disabled'))
      assert.ok(described.some((bucket) => bucket?.encryption?.algorithm === 'aws:kms'))
      assert.ok(described.some((bucket) => bucket?.lifecycleRules === null))
      assert.ok(described.some((bucket) => bucket?.lifecycleRules?.[0]?.['Status'] === 'Enabled'))
      assert.ok(described.some((bucket) => bucket?.publicAccessBlock === null))
      for (const bucket of described) {
        assert.equal(bucket?.acl?.isPublic ?? false, bucket?.acl?.isPublic)
        assert.ok(bucket?.tags?.['Name'])
      }
      assert.equal(await s3.describeBucket(call, 'nobody-at-all'), undefined)
    })

    test('functions are listed once, and one by one they are what the list says', async () => {
      const listed = await all(lambda.listFunctions(call))
      assert.ok(listed.length > 3)
      assert.equal(new Set(listed.map((each) => each.name)).size, listed.length)
      for (const each of listed.slice(0, 5)) {
        const found = await lambda.getFunction(call, each.name)
        assert.deepEqual(found?.configuration, each)
        assert.equal(each.arn, arn('lambda', `function:${each.name}`))
        assert.equal(each.version, '$LATEST')
        assert.equal(found.details.state, 'Active')
        assert.ok(found.tags['Name'])
        assert.equal(each.logGroupName, `/aws/lambda/${each.name}`)
        assert.ok(each.environmentNames.length > 0)
        assert.doesNotMatch(JSON.stringify(each), /do not show/)
      }
      assert.equal(await lambda.getFunction(call, 'nobody'), undefined)
    })

    test('versions, aliases, layers and event sources', async () => {
      const versions = await all(lambda.listVersions(call))
      assert.ok(versions.length > 0)
      for (const each of versions) {
        assert.match(each.version, /^\d+$/)
        assert.equal(each.arn, arn('lambda', `function:${each.name}:${each.version}`))
      }
      const [version] = versions as [LambdaFunction]
      assert.deepEqual((await lambda.getFunction(call, version.name, version.version))?.configuration, version)

      const aliases = await lambda.listAliases(call, version.name)
      const live = aliases.find((alias) => alias.name === 'live')
      assert.equal(live?.arn, arn('lambda', `function:${version.name}:live`))
      assert.deepEqual(await lambda.getAlias(call, version.name, 'live'), live)
      assert.equal(await lambda.getAlias(call, version.name, 'nobody'), undefined)
      assert.deepEqual(await lambda.listAliases(call, 'nobody'), [])

      const layers = await all(lambda.listLayers(call))
      const [layer] = layers
      assert.equal(layer?.arn, arn('lambda', `layer:${layer?.name}`))
      assert.deepEqual(await lambda.getLayer(call, layer.name), layer)
      assert.equal(await lambda.getLayer(call, 'nobody'), undefined)

      const [source] = await all(lambda.listEventSources(call))
      assert.ok(source)
      assert.ok(source.functionArn?.startsWith(arn('lambda', 'function:')))
      assert.ok((source.batchSize ?? 0) > 0)
      assert.deepEqual(await lambda.getEventSource(call, source.id), source)
      assert.equal(await lambda.getEventSource(call, '00000000-0000-4000-8000-000000000000'), undefined)
    })

    test('what services cost is told day by day, in dollars, and what cost nothing is left out', async () => {
      const explorer = await backend.aws.costExplorer(backend.account)
      let requests = 0
      const asking = { today, days: 3, mostRequests: 5, onRequest: () => void requests++ }
      const costs = (await explorer.dailyCosts(call, asking)).filter(({ service }) => service === 'AWS Lambda')
      const days = [3, 2, 1].map((back) => new Date(Date.parse(today) - back * 86_400_000).toISOString().slice(0, 10))
      assert.deepEqual(
        costs.map(({ day }) => day),
        days,
      )
      assert.ok(costs.every(({ usd }) => usd > 0))
      assert.equal(requests, 1)
    })

    test('roles are listed with their policies, and one by one they are the same', async () => {
      const roles = await all(iam.listRoles(call))
      const [role] = roles.filter((each) => each.instanceProfileArns.length > 0 && each.inlinePolicyNames.length > 0)
      assert.ok(role)
      assert.ok(role.arn.startsWith(`arn:aws:iam::${backend.account.id}:role/`))
      assert.ok(role.attachedPolicyArns.length > 0)
      assert.match(role.trustedPrincipals[0] ?? '', /^(ec2|lambda)\.amazonaws\.com$/)
      assert.equal(role.tags['Name'], role.name)
      assert.deepEqual(await iam.getRole(call, role.name), role)
      assert.equal(await iam.getRole(call, 'nobody'), undefined)
    })

    test('whatever has tags is listed, by type too, and found by ARN', async () => {
      const arnsOf = async (types?: string[]) => (await all(tagging.listResources(call, types))).map((one) => one.arn)
      const everything = await arnsOf()
      assert.equal(new Set(everything).size, everything.length)
      const buckets = (await all(s3.listBuckets(call))).map((bucket) => bucket.arn)
      assert.deepEqual((await arnsOf(['s3'])).sort(), buckets.sort())
      const functions = (await all(lambda.listFunctions(call))).map((each) => each.arn)
      assert.deepEqual((await arnsOf(['lambda:function'])).sort(), functions.sort())
      const queue = everything.find((each) => each.startsWith('arn:aws:sqs:')) ?? ''
      const [bucket = ''] = buckets
      const found = await tagging.describeResources(call, [queue, bucket, arn('sqs', 'nobody')])
      assert.deepEqual(found.map((one) => one.arn).sort(), [queue, bucket].sort())
      assert.ok(found.every((one) => one.tags['Name']))
    })

    test('dashboards and metric filters', async () => {
      const dashboards = await all(cloudwatch.listDashboards(call))
      const [dashboard] = dashboards
      assert.equal(dashboard?.arn, `arn:aws:cloudwatch::${backend.account.id}:dashboard/${dashboard?.name}`)
      assert.ok(Array.isArray((await cloudwatch.getDashboard(call, dashboard.name))?.['widgets']))
      assert.deepEqual((await all(cloudwatch.listDashboards(call, dashboard.name)))[0], dashboard)
      assert.equal(await cloudwatch.getDashboard(call, 'nobody'), undefined)

      const [filter] = await all(logs.listMetricFilters(call))
      assert.ok(filter)
      assert.equal(filter.arn, arn('logs', `log-group:${filter.logGroupName}:metric-filter:${filter.name}`))
      assert.ok(filter.metrics[0]?.name)
      const own = await all(logs.listMetricFilters(call, filter.logGroupName))
      assert.ok(own.every((each) => each.logGroupName === filter.logGroupName))
      assert.ok(own.some((each) => each.name === filter.name))
    })

    test('a group that is gone has no metric filters', async () =>
      assert.deepEqual(await all(logs.listMetricFilters(call, '/nobody')), []))

    // A server of ours speaks both protocols, below.
    test('provisioned concurrency and Cloud Control; moto has neither call', async () => {
      const { aws, account, region } = backend
      const [one] = await all(lambda.listFunctions(call))
      const concurrency = () => lambda.listProvisionedConcurrency(call, one?.name ?? '')
      const cloudcontrol = await aws.cloudcontrol(account, region)
      const queue = (await all(tagging.listResources(call, ['sqs'])))[0]?.arn.split(':').at(-1)
      const identifier = `https://sqs.${region}.amazonaws.com/${account.id}/${queue}`
      const properties = () => cloudcontrol.getResource(call, 'AWS::SQS::Queue', identifier)
      if (name === 'moto') {
        await assert.rejects(concurrency(), AwsFailure)
        await assert.rejects(properties(), AwsFailure)
        return
      }
      assert.ok(Array.isArray(await concurrency()))
      assert.equal((await properties())?.['QueueName'], queue)
      assert.equal(await cloudcontrol.getResource(call, 'AWS::SQS::Queue', 'nobody'), undefined)
      assert.equal(await cloudcontrol.getResource(call, 'AWS::XRay::Group', 'nobody'), undefined)
    })
  })
}

test('what moto does not have, over the wire', async () => {
  const { aws, account, close } = await openLoopback()
  const cloudcontrol = await aws.cloudcontrol(account, 'eu-west-1')
  const identifier = 'https://sqs.eu-west-1.amazonaws.com/123456789012/contract'
  assert.deepEqual(await cloudcontrol.getResource(call, 'AWS::SQS::Queue', identifier), { QueueName: 'contract' })
  assert.equal(await cloudcontrol.getResource(call, 'AWS::SQS::Queue', 'nobody'), undefined)
  assert.equal(await cloudcontrol.getResource(call, 'AWS::XRay::Group', 'nobody'), undefined)
  const lambda = await aws.lambda(account, 'eu-west-1')
  assert.deepEqual(await lambda.listProvisionedConcurrency(call, 'contract'), [
    { qualifier: '7', requested: 3, status: 'READY' },
    { qualifier: 'live', requested: 3, status: 'READY' },
  ])
  await close()
})
