import assert from 'node:assert/strict'
import { once } from 'node:events'
import { createServer } from 'node:http'
import { after, before, beforeEach, test } from 'node:test'
import type { Account } from '../cloud.ts'
import { createClientPool } from './pool.ts'

/** Plays any AWS endpoint, and keeps what it was sent. */
const seen: { action: string | null; body: URLSearchParams; accessKey: string | undefined }[] = []
const server = createServer((request, response) => {
  let text = ''
  request.on('data', (chunk: Buffer) => (text += chunk.toString()))
  request.on('end', () => {
    const body = new URLSearchParams(text)
    const action = body.get('Action')
    seen.push({ action, body, accessKey: /Credential=([^/]+)\//.exec(request.headers.authorization ?? '')?.[1] })
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
