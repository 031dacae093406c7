import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { CreateAccountCommand, CreateOrganizationCommand, OrganizationsClient } from '@aws-sdk/client-organizations'
import { CreateQueueCommand, SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs'
import { AwsFailure } from '#aws/failure.ts'
import type { MemberAccount } from '#aws/organizations.ts'
import type { Backend } from './support/backend.ts'
import { openMoto } from './support/moto.ts'
import { openSandbox } from './support/sandbox.ts'
import { waitFor } from '../support/wait-for.ts'

const motoUrl = process.env['ORCHESTRATOR_TEST_MOTO_URL']
const call = { priority: 'interactive' } as const

const membersOf = async (backend: Backend): Promise<MemberAccount[]> => {
  const members: MemberAccount[] = []
  const account = backend.name === 'sandbox' ? await backend.aws.accounts.get('222233334444') : backend.account
  for await (const page of (await backend.aws.organizations(account)).listAccounts(call)) members.push(...page)
  return members
}

describe('the organization of the sandbox', () => {
  let backend: Backend
  before(async () => void (backend = await openSandbox()))
  after(() => backend.close())

  test('lists its members for the account that may, and for no other', async () => {
    const members = await membersOf(backend)
    assert.ok(members.length > 4)
    assert.deepEqual(new Set(members.map(({ status }) => status)), new Set(['active', 'closed']))
    const organizations = await backend.aws.organizations(backend.account)
    const refused = await organizations
      .listAccounts(call)
      [Symbol.asyncIterator]()
      .next()
      .then(
        () => assert.fail('it did not fail'),
        (error: unknown) => error,
      )
    assert.ok(refused instanceof AwsFailure && refused.code === 'AccessDeniedException', String(refused))
  })
})

if (motoUrl !== undefined) {
  describe('a queue and an organization on moto', () => {
    let backend: Backend
    let settings: { region: string; endpoint: string; credentials: { accessKeyId: string; secretAccessKey: string } }
    before(async () => {
      backend = await openMoto(motoUrl)
      settings = {
        region: backend.region,
        endpoint: motoUrl,
        credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
      }
    })
    after(() => backend.close())

    test('an organization is listed page by page', async () => {
      const client = new OrganizationsClient({ ...settings, region: 'us-east-1' })
      await client.send(new CreateOrganizationCommand({ FeatureSet: 'ALL' }))
      const names = Array.from({ length: 25 }, (_, n) => `member-${n}`)
      for (const AccountName of names)
        await client.send(new CreateAccountCommand({ AccountName, Email: `${AccountName}@example.com` }))
      const members = await membersOf(backend)
      assert.ok(names.every((name) => members.some((member) => member.name === name && member.status === 'active')))
      assert.ok(members.every(({ id }) => /^\d{12}$/.test(id)))
      assert.equal(new Set(members.map(({ id }) => id)).size, members.length)
    })

    test('messages are received once while they are hidden, and never again when they were deleted', async () => {
      const client = new SQSClient(settings)
      const QueueName = `contract-${Date.now()}`
      const { QueueUrl = '' } = await client.send(new CreateQueueCommand({ QueueName }))
      for (let n = 0; n < 12; n++)
        await client.send(new SendMessageCommand({ QueueUrl, MessageBody: JSON.stringify({ n, text: 'größer' }) }))
      const sqs = await backend.aws.sqs(backend.account, backend.region)
      const first = await sqs.receive(call, QueueUrl, 60)
      const second = await sqs.receive(call, QueueUrl, 1)
      assert.equal(first.length, 10)
      assert.equal(second.length, 2)
      assert.equal(JSON.parse(first[0]?.body ?? '').text, 'größer')
      await sqs.delete(
        call,
        QueueUrl,
        first.map(({ handle }) => handle),
      )
      const received: Awaited<ReturnType<typeof sqs.receive>>[number][] = []
      // Those that were not deleted come again when their time is over.
      const again = await waitFor('both', async () => {
        received.push(...(await sqs.receive(call, QueueUrl, 60)))
        return received.length >= 2 && received
      })
      assert.deepEqual(again.map(({ body }) => body).sort(), second.map(({ body }) => body).sort())
      // A long poll of an empty queue ends when nobody wants it any more.
      const giveUp = AbortSignal.timeout(500)
      await assert.rejects(sqs.receive({ ...call, signal: giveUp }, QueueUrl, 60), AwsFailure)
    })
  })
}
