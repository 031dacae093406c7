import assert from 'node:assert/strict'
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { Socket } from 'node:net'
import { after, before, beforeEach, test } from 'node:test'
import { waitFor } from '../../../test/support/wait-for.ts'
import type { Account } from '../cloud.ts'
import { createCredentials } from './credentials.ts'
import { createClientPool } from './pool.ts'

/** Plays any AWS endpoint, and keeps what it was sent. */
const sockets = new Set<Socket>()
/** Answers wait for it. */
let gate: Promise<void> | undefined
const seen: { action: string | null; body: URLSearchParams; accessKey: string | undefined }[] = []
const server = createServer((request, response) => {
  let text = ''
  request.on('data', (chunk: Buffer) => (text += chunk.toString()))
  request.on('end', async () => {
    const body = new URLSearchParams(text)
    const action = body.get('Action')
    seen.push({ action, body, accessKey: /Credential=([^/]+)\//.exec(request.headers.authorization ?? '')?.[1] })
    if (action !== 'AssumeRole') await gate
    response.setHeader('content-type', 'text/xml')
    response.end(
      action === 'AssumeRole'
        ? `<AssumeRoleResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><AssumeRoleResult><Credentials>
             <AccessKeyId>ASIAASSUMED</AccessKeyId><SecretAccessKey>s</SecretAccessKey><SessionToken>t</SessionToken>
             <Expiration>2099-01-01T00:00:00Z</Expiration></Credentials></AssumeRoleResult></AssumeRoleResponse>`
        : '<DescribeInstancesResponse xmlns="http://ec2.amazonaws.com/doc/2016-11-15/"><reservationSet/></DescribeInstancesResponse>',
    )
  })
})
server.on('connection', (socket) => {
  sockets.add(socket)
  socket.on('close', () => sockets.delete(socket))
})
// Connections that nobody uses stay open, as long as the client wants them.
server.keepAliveTimeout = 0
let endpointUrl: string
const kept = { ...process.env }
before(async () => {
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  // A server that listens on a port has an address that is no text.
  endpointUrl = `http://127.0.0.1:${(server.address() as { port: number }).port}`
  process.env['AWS_ACCESS_KEY_ID'] = 'AKIAAMBIENT'
  process.env['AWS_SECRET_ACCESS_KEY'] = 'secret'
  // The SDK reads it by itself; for a sandbox account it must not matter.
  process.env['AWS_ENDPOINT_URL'] = endpointUrl
})
beforeEach(() => void seen.splice(0))
after(() => {
  process.env = kept
  server.closeAllConnections()
  server.close()
})

const account = (cloud: Account['cloud'], credentials: Account['credentials']): Account => ({
  id: '210987654321',
  name: 'x',
  cloud,
  regions: ['eu-west-1'],
  credentials,
  isProduction: false,
})
const describe = async (
  given: Account,
  handle: () => Promise<object> = async () => ({ Reservations: [] }),
): Promise<void> => {
  const pool = createClientPool({ sandbox: { handle }, endpointUrl })
  const { sdk, client } = await pool.of('ec2', given, 'eu-west-1')
  await client.send(new sdk.DescribeInstancesCommand({})).finally(() => pool.close())
}

test('a sandbox account never reaches the network, whatever the environment says and whatever the sandbox answers', async () => {
  await describe(account('sandbox', { kind: 'sandbox' }))
  await assert.rejects(
    describe(account('sandbox', { kind: 'sandbox' }), async () => {
      throw new Error('the sandbox is broken')
    }),
    /the sandbox is broken/,
  )
  assert.deepEqual(seen, [])
})

test("an ambient account uses the process's own credentials, and never the sandbox", async () => {
  await describe(account('aws', { kind: 'ambient' }), () => assert.fail('the sandbox was asked'))
  assert.deepEqual(
    seen.map(({ action, accessKey }) => [action, accessKey]),
    [['DescribeInstances', 'AKIAAMBIENT']],
  )
})

test('a role is assumed with its ExternalId, and only its credentials reach the service', async () => {
  await describe(account('aws', { kind: 'role', roleArn: 'arn:aws:iam::210987654321:role/ops', externalId: 'ext-42' }))
  assert.deepEqual(
    seen.map(({ action, accessKey }) => [action, accessKey]),
    [
      ['AssumeRole', 'AKIAAMBIENT'],
      ['DescribeInstances', 'ASIAASSUMED'],
    ],
  )
  assert.equal(seen[0]?.body.get('ExternalId'), 'ext-42')
  assert.equal(seen[0]?.body.get('RoleArn'), 'arn:aws:iam::210987654321:role/ops')
})

test('a profile that does not exist fails, and nothing ambient takes its place', async () => {
  await assert.rejects(describe(account('aws', { kind: 'profile', profile: 'no-such-profile' })), {
    name: 'CredentialsProviderError',
  })
  assert.deepEqual(seen, [])
})

test('clients are kept for each account, Region and credentials', async () => {
  const pool = createClientPool({ sandbox: { handle: async () => ({}) }, endpointUrl })
  const ambient = account('aws', { kind: 'ambient' })
  const { client } = await pool.of('ec2', ambient, 'eu-west-1')
  assert.equal((await pool.of('ec2', { ...ambient, name: 'renamed' }, 'eu-west-1')).client, client)
  assert.notEqual((await pool.of('ec2', ambient, 'eu-west-2')).client, client)
  assert.notEqual((await pool.of('ec2', account('aws', { kind: 'profile', profile: 'p' }), 'eu-west-1')).client, client)
  pool.close()
})

const ambientOf = (id: string): Account => ({ ...account('aws', { kind: 'ambient' }), id })
const poolOf = (mostClients: number) =>
  createClientPool({ sandbox: { handle: async () => ({}) }, endpointUrl, mostClients })
const clientOf = async (pool: ReturnType<typeof createClientPool>, id: string) => {
  const { sdk, client } = await pool.of('ec2', ambientOf(id), 'eu-west-1')
  return { client, call: () => client.send(new sdk.DescribeInstancesCommand({})) }
}
const open = (count: number) => waitFor(`${count} open connections`, async () => sockets.size === count)

test('no more clients are kept than allowed: the one that was not used for longest goes, with its sockets', async () => {
  await open(0)
  const pool = poolOf(2)
  const first = await clientOf(pool, '1')
  await first.call()
  const second = await clientOf(pool, '2')
  await second.call()
  assert.equal(sockets.size, 2)
  assert.equal((await clientOf(pool, '1')).client, first.client, 'used again')
  await (await clientOf(pool, '3')).call()
  await open(2)
  assert.equal((await clientOf(pool, '1')).client, first.client)
  assert.notEqual((await clientOf(pool, '2')).client, second.client)

  // Whoever still holds one that went may go on with it, and nothing of it stays open.
  const before = sockets.size
  await second.call()
  await open(before)
  pool.close()
  await open(0)
})

test('a call that is under way when its client goes is not broken; its sockets are closed after it', async () => {
  const pool = poolOf(1)
  const first = await clientOf(pool, '1')
  let release = (): void => {}
  gate = new Promise<void>((resolve) => (release = resolve))
  const calls = [first.call(), first.call()]
  await waitFor('both calls', async () => seen.length === 2)
  await clientOf(pool, '2')
  await clientOf(pool, '3')
  assert.equal(sockets.size, 2)
  release()
  gate = undefined
  for (const { $metadata } of await Promise.all(calls)) assert.equal($metadata.httpStatusCode, 200)
  await open(0)
  assert.equal(seen.length, 2, 'nothing was sent again')
  pool.close()
})

test('a role is assumed once for all clients of an account and Region, also for those that are made anew', async () => {
  const pool = poolOf(1)
  const role = account('aws', { kind: 'role', roleArn: 'arn:aws:iam::210987654321:role/ops', externalId: null })
  for (let round = 0; round < 3; round++) {
    const { sdk, client } = await pool.of('ec2', role, 'eu-west-1')
    await client.send(new sdk.DescribeInstancesCommand({}))
    await clientOf(pool, '1') // the other one goes
  }
  const actions = seen.map(({ action }) => action)
  assert.deepEqual(
    [actions.filter((action) => action === 'AssumeRole').length, actions.filter((action) => action !== 'AssumeRole')],
    [1, ['DescribeInstances', 'DescribeInstances', 'DescribeInstances']],
  )
  pool.close()
})

test('credentials are asked for anew five minutes before they end, once for all who wait, and again after a failure', async () => {
  const role = account('aws', { kind: 'role', roleArn: 'arn:aws:iam::210987654321:role/ops', externalId: null })
  let nowMs = 0
  const provider = await createCredentials({ endpointUrl, now: () => nowMs })(role, 'eu-west-1')
  assert.ok(typeof provider === 'function')
  // The answers are good until 2099.
  const end = Date.parse('2099-01-01T00:00:00Z')
  await Promise.all([provider(), provider()])
  await provider()
  assert.equal(seen.length, 1)
  nowMs = end - 300_001
  await provider()
  assert.equal(seen.length, 1)
  nowMs = end - 300_000
  await Promise.all([provider(), provider()])
  assert.equal(seen.length, 2)

  const none = createCredentials({ endpointUrl })
  const missing = account('aws', { kind: 'profile', profile: 'no-such-profile' })
  for (let times = 0; times < 2; times++) {
    const failing = await none(missing, 'eu-west-1')
    assert.ok(typeof failing === 'function')
    await assert.rejects(failing(), { name: 'CredentialsProviderError' })
  }
})
