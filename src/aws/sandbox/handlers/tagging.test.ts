import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import type { GetResourceOutput } from '@aws-sdk/client-cloudcontrol'
import type { GetDashboardOutput, ListDashboardsOutput } from '@aws-sdk/client-cloudwatch'
import type { DescribeMetricFiltersResponse } from '@aws-sdk/client-cloudwatch-logs'
import type { DescribeInstancesResult } from '@aws-sdk/client-ec2'
import type { GetAccountAuthorizationDetailsResponse } from '@aws-sdk/client-iam'
import type { GetResourcesOutput } from '@aws-sdk/client-resource-groups-tagging-api'
import { ask, createFakeClock, place, temporarySandbox } from '../../testing/host.ts'

// Rules as AWS documents them:
// https://docs.aws.amazon.com/resourcegroupstagging/latest/APIReference/API_GetResources.html
// https://docs.aws.amazon.com/cloudcontrolapi/latest/APIReference/API_GetResource.html
const clock = createFakeClock()
const sandbox = temporarySandbox({ clock, size: 1500 })
const host = sandbox.open()
after(async () => {
  await host.close()
  sandbox.remove()
})

const tell = <Output extends object>(service: string, action: string, input: object, where = place) => {
  clock.advance(60) // buckets fill up again
  return ask(host, where)<Output>(action, input, service)
}
const refused = (work: Promise<unknown>, code: string): Promise<void> =>
  assert.rejects(work, (error: Error) => (assert.equal(error.name, code), true))
const tagged = async (input: object = {}) => {
  const found: { arn: string; tags: Record<string, string | undefined> }[] = []
  let token = ''
  do {
    const page = await tell<GetResourcesOutput>('tagging', 'GetResources', {
      ...input,
      ...(token === '' ? {} : { PaginationToken: token }),
    })
    for (const { ResourceARN = '', Tags = [] } of page.ResourceTagMappingList ?? [])
      found.push({ arn: ResourceARN, tags: Object.fromEntries(Tags.map(({ Key = '', Value }) => [Key, Value])) })
    token = page.PaginationToken ?? ''
  } while (token !== '')
  return found
}

test('everything that has tags is listed once, whatever the page', async () => {
  const all = await tagged({ ResourcesPerPage: 100 })
  const arns = all.map(({ arn }) => arn)
  assert.equal(new Set(arns).size, arns.length)
  assert.deepEqual(
    (await tagged({ ResourcesPerPage: 17 })).map(({ arn }) => arn),
    arns,
  )
  assert.deepEqual([...new Set(arns.map((arn) => arn.split(':')[2]))].sort(), [
    'dynamodb',
    'ec2',
    'kinesis',
    'lambda',
    'rds',
    's3',
    'sqs',
  ])
  for (const { tags } of all) assert.ok(Object.keys(tags).length > 0)
  await refused(tell('tagging', 'GetResources', { ResourcesPerPage: 101 }), 'InvalidParameterException')
})

test('by type, by tags, and by ARN', async () => {
  const queues = await tagged({ ResourceTypeFilters: ['sqs'] })
  assert.ok(queues.length > 5 && queues.every(({ arn }) => arn.startsWith('arn:aws:sqs:')))
  const instances = await tagged({
    ResourceTypeFilters: ['ec2:instance'],
    TagFilters: [{ Key: 'env', Values: ['test', 'ci'] }],
  })
  assert.ok(instances.length > 0)
  for (const { arn, tags } of instances) {
    assert.match(arn, /:instance\/i-/)
    assert.ok(['test', 'ci'].includes(tags['env'] ?? ''))
  }
  const [one, other] = queues
  const ResourceARNList = [one?.arn, other?.arn, `arn:aws:sqs:${place.region}:${place.account}:nobody`]
  assert.deepEqual(await tagged({ ResourceARNList }), [one, other])
  await refused(tell('tagging', 'GetResources', { ResourceARNList: ['nonsense'] }), 'InvalidParameterException')
  await refused(tell('tagging', 'GetResources', { ResourceARNList, ResourcesPerPage: 10 }), 'InvalidParameterException')
})

test("tags that were changed are the ones that are listed, and a terminated instance's are gone", async () => {
  const instances = async () =>
    new Map((await tagged({ ResourceTypeFilters: ['ec2:instance'] })).map(({ arn, tags }) => [arn, tags]))
  const before = await instances()
  const described = await tell<DescribeInstancesResult>('ec2', 'DescribeInstances', { MaxResults: 1000 })
  const ids = (described.Reservations ?? []).flatMap(({ Instances = [] }) =>
    Instances.map(({ InstanceId }) => InstanceId),
  )
  const id = ids.find(
    (each) => before.get(`arn:aws:ec2:${place.region}:${place.account}:instance/${each}`)?.['protected'] === undefined,
  )
  const arn = `arn:aws:ec2:${place.region}:${place.account}:instance/${id}`
  await tell('ec2', 'CreateTags', { Resources: [id], Tags: [{ Key: 'color', Value: 'blue' }] })
  assert.equal((await instances()).get(arn)?.['color'], 'blue')
  await tell('ec2', 'TerminateInstances', { InstanceIds: [id] })
  clock.advance(120)
  assert.equal((await instances()).get(arn), undefined)
})

test('Cloud Control reads what is tagged, and says what it does not know', async () => {
  const [queue] = await tagged({ ResourceTypeFilters: ['sqs'] })
  const name = queue?.arn.split(':').at(-1)
  const Identifier = `https://sqs.${place.region}.amazonaws.com/${place.account}/${name}`
  const found = await tell<GetResourceOutput>('cloudcontrol', 'GetResource', {
    TypeName: 'AWS::SQS::Queue',
    Identifier,
  })
  const properties = JSON.parse(found.ResourceDescription?.Properties ?? '')
  assert.deepEqual([properties.QueueName, properties.Arn], [name, queue?.arn])
  await refused(
    tell('cloudcontrol', 'GetResource', { TypeName: 'AWS::SQS::Queue', Identifier: `${Identifier}x` }),
    'ResourceNotFoundException',
  )
  await refused(
    tell('cloudcontrol', 'GetResource', { TypeName: 'AWS::XRay::Group', Identifier: 'x' }),
    'UnsupportedActionException',
  )
})

test("roles are the account's in every Region, with their policies, in pages", async () => {
  const roles = async (region: string) => {
    const names: string[] = []
    let Marker: string | undefined
    do {
      const page = await tell<GetAccountAuthorizationDetailsResponse>(
        'iam',
        'GetAccountAuthorizationDetails',
        { Filter: ['Role'], MaxItems: 9, Marker },
        { ...place, region },
      )
      names.push(...(page.RoleDetailList ?? []).map(({ RoleName = '' }) => RoleName))
      assert.equal(page.IsTruncated, page.Marker !== undefined)
      Marker = page.Marker
    } while (Marker !== undefined)
    return names
  }
  const here = await roles('us-east-1')
  assert.deepEqual(here, [...new Set(here)].sort())
  assert.deepEqual(await roles('eu-west-1'), here)
  await refused(tell('iam', 'GetRole', { RoleName: 'nobody' }), 'NoSuchEntity')
})

test('dashboards are the same in every Region and draw machines that are there', async () => {
  const list = async (region: string) =>
    (await tell<ListDashboardsOutput>('cloudwatch', 'ListDashboards', {}, { ...place, region })).DashboardEntries ?? []
  const entries = await list('us-east-1')
  assert.ok(entries.length > 0)
  assert.deepEqual(await list('eu-west-1'), entries)
  for (const { DashboardName, DashboardArn, Size } of entries) {
    assert.equal(DashboardArn, `arn:aws:cloudwatch::${place.account}:dashboard/${DashboardName}`)
    const { DashboardBody = '' } = await tell<GetDashboardOutput>('cloudwatch', 'GetDashboard', { DashboardName })
    assert.equal(Buffer.byteLength(DashboardBody), Size)
    const { region, metrics } = JSON.parse(DashboardBody).widgets[1].properties
    const InstanceIds = metrics.map((metric: string[]) => metric[3])
    await tell('ec2', 'DescribeInstances', { InstanceIds }, { ...place, region })
  }
  await refused(tell('cloudwatch', 'GetDashboard', { DashboardName: 'nobody' }), 'ResourceNotFound')
})

test('metric filters stand on groups that are there', async () => {
  const filters = await tell<DescribeMetricFiltersResponse>('logs', 'DescribeMetricFilters', {})
  const [first] = filters.metricFilters ?? []
  assert.ok(first?.logGroupName)
  const own = await tell<DescribeMetricFiltersResponse>('logs', 'DescribeMetricFilters', {
    logGroupName: first.logGroupName,
  })
  assert.ok((own.metricFilters ?? []).every(({ logGroupName }) => logGroupName === first.logGroupName))
  await refused(tell('logs', 'DescribeMetricFilters', { logGroupName: '/nobody' }), 'ResourceNotFoundException')
  await refused(tell('logs', 'DescribeMetricFilters', { limit: 51 }), 'InvalidParameterException')
  await refused(tell('logs', 'DescribeMetricFilters', { metricName: 'x' }), 'InvalidParameterException')
})
