import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import type {
  FunctionConfiguration,
  GetFunctionResponse,
  ListAliasesResponse,
  ListEventSourceMappingsResponse,
  ListFunctionsResponse,
  ListLayersResponse,
  ListLayerVersionsResponse,
} from '@aws-sdk/client-lambda'
import type { DescribeLogGroupsResponse } from '@aws-sdk/client-cloudwatch-logs'
import type { GetRoleResponse } from '@aws-sdk/client-iam'
import { ask, createFakeClock, place, temporarySandbox } from '../../testing/host.ts'

// Rules as AWS documents them:
// https://docs.aws.amazon.com/lambda/latest/api/API_ListFunctions.html
// https://docs.aws.amazon.com/lambda/latest/api/API_GetFunction.html
const clock = createFakeClock()
const sandbox = temporarySandbox({ clock, size: 6000 })
const host = sandbox.open()
after(async () => {
  await host.close()
  sandbox.remove()
})

const tell = <Output extends object>(action: string, input: object, service = 'lambda'): Promise<Output> => {
  clock.advance(60) // buckets fill up again
  return ask(host)<Output>(action, input, service)
}
const refused = (work: Promise<unknown>, code: string): Promise<void> =>
  assert.rejects(work, (error: Error) => (assert.equal(error.name, code), true))
const functions = async (input: object = {}): Promise<FunctionConfiguration[]> => {
  const found: FunctionConfiguration[] = []
  let marker: string | undefined
  do {
    const page: ListFunctionsResponse = await tell('ListFunctions', { ...input, Marker: marker })
    found.push(...(page.Functions ?? []))
    marker = page.NextMarker
  } while (marker !== undefined)
  return found
}

test('functions come 50 a page at most, each once, and versions with FunctionVersion ALL', async () => {
  const listed = await functions()
  const names = listed.map(({ FunctionName }) => FunctionName)
  assert.equal(new Set(names).size, names.length)
  assert.ok(names.length > 60, `${names.length}`)
  assert.equal((await tell<ListFunctionsResponse>('ListFunctions', { MaxItems: 1000 })).Functions?.length, 50)
  assert.deepEqual(
    (await functions({ MaxItems: 7 })).map(({ FunctionName }) => FunctionName),
    names,
  )
  const all = await functions({ FunctionVersion: 'ALL', MaxItems: 3 })
  const arns = all.map(({ FunctionArn }) => FunctionArn)
  assert.equal(new Set(arns).size, arns.length)
  assert.deepEqual(
    all.filter(({ Version }) => Version === '$LATEST').map(({ FunctionName }) => FunctionName),
    names,
  )
  for (const { FunctionArn, FunctionName, Version } of all)
    assert.equal(
      FunctionArn,
      `arn:aws:lambda:${place.region}:${place.account}:function:${FunctionName}${Version === '$LATEST' ? '' : `:${Version}`}`,
    )
  await refused(tell('ListFunctions', { MaxItems: 0 }), 'InvalidParameterValueException')
  await refused(tell('ListFunctions', { Marker: 'nonsense' }), 'InvalidParameterValueException')
})

test('the state of a function is told one by one only; everything else is the same', async () => {
  for (const listed of (await functions()).slice(0, 20)) {
    const { Configuration, Tags } = await tell<GetFunctionResponse>('GetFunction', { FunctionName: listed.FunctionArn })
    assert.ok(Configuration)
    const { State, StateReason: _reason, StateReasonCode: _code, LastUpdateStatus, ...others } = Configuration
    assert.ok(State !== undefined && LastUpdateStatus === 'Successful')
    assert.deepEqual(others, listed)
    assert.ok(Tags?.['Name'])
  }
})

test('versions, aliases and unknown names', async () => {
  const all = await functions({ FunctionVersion: 'ALL' })
  const version = all.find(({ Version }) => Version !== '$LATEST')
  const name = version?.FunctionName
  const { Aliases = [] } = await tell<ListAliasesResponse>('ListAliases', { FunctionName: name })
  const live = Aliases.find(({ Name }) => Name === 'live')
  assert.ok(live)
  assert.equal(live.AliasArn, `arn:aws:lambda:${place.region}:${place.account}:function:${name}:live`)
  const { Configuration } = await tell<GetFunctionResponse>('GetFunction', { FunctionName: name, Qualifier: 'live' })
  assert.equal(Configuration?.Version, live.FunctionVersion)
  assert.deepEqual(await tell('GetAlias', { FunctionName: name, Name: 'live' }), live)
  await refused(tell('GetAlias', { FunctionName: name, Name: 'nobody' }), 'ResourceNotFoundException')
  await refused(tell('GetFunction', { FunctionName: name, Qualifier: '99999' }), 'ResourceNotFoundException')
  await refused(tell('GetFunction', { FunctionName: 'nobody' }), 'ResourceNotFoundException')
  await refused(tell('ListAliases', { FunctionName: 'nobody' }), 'ResourceNotFoundException')
  await refused(tell('GetFunction', { FunctionName: 'no body' }), 'InvalidParameterValueException')
})

test('what a function names is there: its role, log group, layers and sources', async () => {
  const listed = await functions()
  const { Layers = [] } = await tell<ListLayersResponse>('ListLayers', {})
  const latest = Layers.map(({ LatestMatchingVersion }) => LatestMatchingVersion?.LayerVersionArn)
  for (const { FunctionName, Role = '', LoggingConfig, Layers: own = [] } of listed) {
    const { Role: role } = await tell<GetRoleResponse>('GetRole', { RoleName: Role.split('/').at(-1) }, 'iam')
    assert.equal(role?.Arn, Role)
    assert.match(decodeURIComponent(role?.AssumeRolePolicyDocument ?? ''), /lambda\.amazonaws\.com/)
    assert.equal(LoggingConfig?.LogGroup, `/aws/lambda/${FunctionName}`)
    const groups = await tell<DescribeLogGroupsResponse>(
      'DescribeLogGroups',
      { logGroupIdentifiers: [LoggingConfig?.LogGroup] },
      'logs',
    )
    assert.equal(groups.logGroups?.length, 1)
    for (const { Arn = '' } of own) assert.ok(latest.includes(Arn), Arn)
  }
  const arns = new Set(listed.map(({ FunctionArn }) => FunctionArn ?? ''))
  const { EventSourceMappings = [] } = await tell<ListEventSourceMappingsResponse>('ListEventSourceMappings', {})
  assert.ok(EventSourceMappings.length > 5)
  for (const mapping of EventSourceMappings) {
    assert.ok(arns.has((mapping.FunctionArn ?? '').replace(/:live$/, '')))
    assert.match(mapping.EventSourceArn ?? '', /^arn:aws:(sqs|kinesis):/)
    assert.deepEqual(await tell('GetEventSourceMapping', { UUID: mapping.UUID }), mapping)
  }
  await refused(tell('GetEventSourceMapping', { UUID: 'nobody' }), 'ResourceNotFoundException')
  assert.deepEqual(await tell('ListLayerVersions', { LayerName: 'nobody' }), { LayerVersions: [] })
  const { LayerVersions = [] } = await tell<ListLayerVersionsResponse>('ListLayerVersions', {
    LayerName: 'observability',
  })
  const numbers = LayerVersions.map(({ Version = 0 }) => Version)
  assert.deepEqual(
    numbers,
    numbers.toSorted((a, b) => b - a),
  )
})
