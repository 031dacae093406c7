import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { systemClock } from '#platform/clock.ts'
import type { Database } from '#platform/db/database.ts'
import { createCrypto } from '#security/crypto.ts'
import { freshDatabase } from '../../../test/support/database.ts'
import type { Account } from '../cloud.ts'
import { AwsFailure } from '../failure.ts'
import { quietLog } from '../testing/host.ts'
import { createEnsureFirst } from './first.ts'
import { createAccountRepository } from './repository.ts'
import type { AccountRepository } from './repository.ts'

let db: Database
let drop: () => Promise<void>
let accounts: AccountRepository
before(async () => {
  ;({ db, drop } = await freshDatabase())
  accounts = createAccountRepository({ sql: db, clock: systemClock, crypto: createCrypto(Buffer.alloc(32, 7)) })
})
after(() => drop())

const role: Account = {
  id: '210987654321',
  name: 'payments',
  cloud: 'aws',
  regions: ['eu-west-1', 'us-gov-west-1'],
  credentials: {
    kind: 'role',
    roleArn: 'arn:aws:iam::210987654321:role/ops/orchestrator',
    externalId: 'very-secret-external-id',
  },
  isProduction: true,
}
const identity = async () => ({ account: '333344445555', arn: 'arn:aws:sts::333344445555:assumed-role/x/y' })

describe('a fresh installation', () => {
  test('on the sandbox begins with its accounts, one of them production; once', async () => {
    const ensureFirst = createEnsureFirst({ accounts, identity, region: undefined, log: quietLog })
    const [added, byAnother] = await Promise.all([ensureFirst('sandbox'), ensureFirst('sandbox')])
    assert.equal(added.length + byAnother.length, 4)
    const all = await accounts.list()
    assert.deepEqual(
      all.map(({ name }) => name),
      ['development', 'production', 'shared-services', 'staging'],
    )
    assert.deepEqual(
      all.filter(({ isProduction }) => isProduction).map(({ name }) => name),
      ['production'],
    )
    for (const { cloud, credentials } of all) assert.deepEqual([cloud, credentials.kind], ['sandbox', 'sandbox'])
    assert.deepEqual(await ensureFirst('aws'), [])
  })

  test('on real AWS begins with the account that its own credentials belong to', async () => {
    const none = { ...accounts, list: async () => [] }
    const [account] = await createEnsureFirst({ accounts: none, identity, region: 'eu-central-1', log: quietLog })(
      'aws',
    )
    assert.deepEqual(account, {
      id: '333344445555',
      name: '333344445555',
      cloud: 'aws',
      regions: ['eu-central-1'],
      credentials: { kind: 'ambient' },
      isProduction: true,
    })
  })

  test('without credentials is told what to do', async () => {
    const none = { ...accounts, list: async () => [] }
    const refuse = async () => {
      throw new AwsFailure({
        kind: 'permanent',
        code: 'CredentialsProviderError',
        message: 'Could not load',
        service: 'sts',
        action: 'GetCallerIdentity',
      })
    }
    const ensureFirst = createEnsureFirst({ accounts: none, identity: refuse, region: undefined, log: quietLog })
    await assert.rejects(ensureFirst('aws'), {
      code: 'account_identity',
      message: /CredentialsProviderError.*ORCHESTRATOR_CLOUD=sandbox/,
    })
  })
})

describe('accounts', () => {
  test('are kept, changed and removed', async () => {
    assert.deepEqual(await accounts.create(role), role)
    assert.deepEqual(await accounts.get(role.id), role)
    await assert.rejects(accounts.create(role), { code: 'account_exists' })
    const changed = await accounts.update(role.id, {
      name: 'payments-eu',
      credentials: { kind: 'profile', profile: 'payments' },
    })
    assert.deepEqual(changed, { ...role, name: 'payments-eu', credentials: { kind: 'profile', profile: 'payments' } })
    assert.deepEqual(await accounts.get(role.id), changed)
    await accounts.remove(role.id)
    await assert.rejects(accounts.get(role.id), { code: 'account_not_found', message: /210987654321/ })
    await assert.rejects(accounts.remove(role.id), { code: 'account_not_found' })
    await assert.rejects(accounts.update(role.id, { name: 'x' }), { code: 'account_not_found' })
  })

  test('an ExternalId is sealed in the database', async () => {
    await accounts.create(role)
    const rows = await db.query<Record<string, unknown>>({
      text: 'select * from accounts where id = $1',
      values: [role.id],
    })
    assert.equal(JSON.stringify(rows).includes('very-secret'), false)
    const withoutKey = createAccountRepository({ sql: db, clock: systemClock, crypto: undefined })
    await assert.rejects(withoutKey.get(role.id), { code: 'account_invalid' })
    await accounts.remove(role.id)
  })

  test('what is written in a transaction is there with its commit, and gone with its rollback', async () => {
    await assert.rejects(
      db.transaction(async (tx) => {
        await accounts.create(role, tx)
        throw new Error('rolled back')
      }),
    )
    await assert.rejects(accounts.get(role.id), { code: 'account_not_found' })
    await db.transaction(async (tx) => void (await accounts.create(role, tx)))
    assert.ok((await accounts.list()).some(({ id }) => id === role.id))
    await accounts.remove(role.id)
  })

  const wrong: [string, Partial<Account>, path: string][] = [
    ['an id that is none', { id: '12345', credentials: { kind: 'ambient' } }, 'id'],
    ['no Region', { regions: [] }, 'regions'],
    ['a Region that is none', { regions: ['europe'] }, 'regions'],
    ['an empty name', { name: ' ' }, 'name'],
    ['a name with NUL', { name: 'a\u0000' }, 'name'],
    ['a real account with sandbox credentials', { credentials: { kind: 'sandbox' } }, 'credentials.kind'],
    [
      'a sandbox account with ambient credentials',
      { cloud: 'sandbox', credentials: { kind: 'ambient' } },
      'credentials.kind',
    ],
    [
      'a role of another account',
      { credentials: { kind: 'role', roleArn: 'arn:aws:iam::999988887777:role/x', externalId: null } },
      'credentials.roleArn',
    ],
    [
      'a role that is none',
      { credentials: { kind: 'role', roleArn: 'role/x', externalId: null } },
      'credentials.roleArn',
    ],
    [
      'an ExternalId that STS refuses',
      { credentials: { kind: 'role', roleArn: 'arn:aws:iam::210987654321:role/x', externalId: 'no spaces' } },
      'credentials.externalId',
    ],
    ['a profile with a bracket', { credentials: { kind: 'profile', profile: 'a]b' } }, 'credentials.profile'],
  ]
  for (const [what, changes, path] of wrong) {
    test(`${what} is refused, with the field`, async () => {
      await assert.rejects(
        accounts.create({ ...role, ...changes }),
        (error: { code?: string; errors?: { path: string }[] }) => {
          assert.equal(error.code, 'account_invalid')
          assert.deepEqual(
            error.errors?.map((field) => field.path),
            [path],
          )
          assert.equal(JSON.stringify(error).includes('no spaces'), false)
          return true
        },
      )
    })
  }
})
