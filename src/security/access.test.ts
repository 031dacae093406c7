import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { roleNames } from '#contracts/principal.ts'
import type { Principal, Role } from '#contracts/principal.ts'
import type { Database } from '#platform/db/database.ts'
import { createLog } from '#platform/log.ts'
import { actions, createAccess } from './access.ts'
import type { AccessResource, Action } from './access.ts'
import { createEngine } from './access/engine.ts'
import { loadPolicies } from './access/policies.ts'

const written: unknown[] = []
// Only the one statement of a denial reaches the database.
const db = { query: async (statement: unknown) => (written.push(statement), []) } as unknown as Database
const access = createAccess({ db, log: createLog({ level: 'silent' }), policies: await loadPolicies() })

const who = (roles: Role[], more: Partial<Principal> = {}): Principal => ({
  userId: 'ada',
  email: 'ada@example.org',
  roles,
  via: 'session',
  credentialId: null,
  scopes: null,
  ...more,
})
const may = async (principal: Principal, action: Action, resource?: AccessResource): Promise<boolean> =>
  (await access.decide(principal, action, resource)).allowed

const reads = [
  'task.read',
  'operation.read',
  'queue.read',
  'freeze.read',
  'schedule.read',
  'resource.read',
  'account.read',
  'role.read',
  'policy.read',
  'alert.read',
]
/** The table of the design, written down by hand. Everybody has tokens of their own. */
const table: Record<Role, readonly string[]> = {
  viewer: [...reads, 'token.manage', 'view.manage'],
  operator: [
    ...reads,
    'token.manage',
    'view.manage',
    'task.create',
    'task.cancel',
    'recommendation.manage',
    'resource.refresh',
    'schedule.manage',
  ],
  approver: [...reads, 'token.manage', 'view.manage', 'task.approve'],
  auditor: [...reads, 'token.manage', 'view.manage', 'audit.read', 'audit.export', 'user.read'],
  admin: actions,
}

for (const role of roleNames) {
  test(`${role}: may do exactly what the table says`, async () => {
    const allowed: string[] = []
    for (const action of actions) if (await may(who([role]), action)) allowed.push(action)
    assert.deepEqual(allowed.sort(), [...table[role]].sort())
  })
}

test('roles add up, and no role is no right but tokens of one own', async () => {
  assert.equal(await may(who(['viewer', 'approver']), 'task.approve'), true)
  assert.equal(await may(who(['operator', 'approver']), 'task.create'), true)
  for (const action of actions) assert.equal(await may(who([]), action), action === 'token.manage', action)
})

test('operators cancel their own tasks, administrators any', async () => {
  const own: AccessResource = { type: 'Task', id: 't1', ownerId: 'ada' }
  const other: AccessResource = { type: 'Task', id: 't2', ownerId: 'bob' }
  assert.equal(await may(who(['operator']), 'task.cancel', own), true)
  assert.equal(await may(who(['operator']), 'task.cancel', other), false)
  assert.equal(await may(who(['operator']), 'task.cancel', { type: 'Task', id: 't3' }), false)
  assert.equal(await may(who(['admin']), 'task.cancel', other), true)
})

test('a denial names the rules that are missing, is audited and thrown', async () => {
  written.length = 0
  const resource: AccessResource = {
    type: 'Resource',
    id: 'arn:aws:ec2:eu-central-1:111122223333:instance/i-1',
    tags: { env: 'prod' },
  }
  const { allowed, reasons } = await access.decide(who(['viewer']), 'task.create', resource)
  assert.equal(allowed, false)
  assert.match(reasons.join(' '), /No rule permits task.create for the roles viewer.*operator\.act/)
  await assert.rejects(access.require(who(['viewer']), 'task.create', resource), { code: 'forbidden', status: 403 })
  assert.equal(written.length, 1)
  assert.match(JSON.stringify(written[0]), /denied/)
  await access.require(who(['operator']), 'task.create', resource)
  assert.equal(written.length, 1, 'what is allowed is not audited')
})

test('a token whose scopes do not name the action is told so', async () => {
  const { allowed, reasons } = await access.decide(who(['admin'], { scopes: ['task.read'] }), 'user.manage')
  assert.equal(allowed, false)
  assert.match(reasons.join(' '), /token\.scope/)
})

test('a question that makes no sense is a no', async () => {
  assert.equal(await may(who(['admin']), 'user.manage', { type: 'Channel', id: 'c' }), false)
  assert.equal(await may(who(['admin']), 'launch.missiles' as Action), false) // as: what a caller could get wrong
  assert.equal(await may(who(['admin']), 'user.read', { type: 'User', id: 'ada' }), true)
})

const text = fc.oneof(fc.string({ maxLength: 12 }), fc.constantFrom('admin', 'ada', 'bob', 'prod', '', '__entity', '*'))
const anyResource: fc.Arbitrary<AccessResource | undefined> = fc.option(
  fc.record(
    {
      type: fc.constantFrom('System', 'Account', 'Resource', 'Task', 'User', 'Token', 'Alert', 'Channel'),
      id: text,
      account: text,
      region: text,
      cloud: fc.constantFrom('sandbox', 'aws'),
      tags: fc.dictionary(text, text, { maxKeys: 3 }),
      isProduction: fc.boolean(),
      operation: text,
      risk: fc.constantFrom('R0', 'R1', 'R4', 'x'),
      ownerId: text,
    },
    { requiredKeys: ['type', 'id'] },
  ) as fc.Arbitrary<AccessResource>, // fast-check's record type has no optional keys under exactOptionalPropertyTypes
  { nil: undefined },
)
const anyAction = fc.constantFrom(...actions)
const anyRoles = fc.subarray([...roleNames])

test('property: whatever the attributes, a viewer does nothing but read and keep own tokens', () =>
  fc.assert(
    fc.asyncProperty(anyAction, anyResource, async (action, resource) => {
      if (await may(who(['viewer']), action, resource)) assert.ok(table.viewer.includes(action), action)
      if (action === 'token.manage' && resource?.type === 'Token') {
        assert.equal(await may(who(['viewer']), action, resource), resource.ownerId === 'ada')
      }
    }),
    { numRuns: 300 },
  ))

test('property: a token never may what its user may not, nor what its scopes do not name', () =>
  fc.assert(
    fc.asyncProperty(
      anyRoles,
      anyAction,
      anyResource,
      fc.subarray([...actions]),
      async (roles, action, resource, scopes) => {
        const byToken = await may(who(roles, { via: 'token', scopes }), action, resource)
        const byUser = await may(who(roles), action, resource)
        assert.equal(byToken, byUser && scopes.includes(action))
      },
    ),
    { numRuns: 300 },
  ))

test('property: one more role never takes a right away', () =>
  fc.assert(
    fc.asyncProperty(
      anyRoles,
      fc.constantFrom(...roleNames),
      anyAction,
      anyResource,
      async (roles, more, action, resource) => {
        if (await may(who(roles), action, resource)) assert.ok(await may(who([...roles, more]), action, resource))
      },
    ),
    { numRuns: 200 },
  ))

test('property: a cached decision is the decision', async () => {
  const policies = await loadPolicies()
  const engine = createEngine(policies)
  const fresh = createAccess({ db, log: createLog({ level: 'silent' }), policies })
  await fc.assert(
    fc.asyncProperty(
      anyRoles,
      anyAction,
      anyResource,
      fc.constantFrom('ada', 'bob'),
      async (roles, action, resource, userId) => {
        const principal = who(roles, { userId })
        assert.equal(
          (await fresh.decide(principal, action, resource)).allowed,
          engine(principal, action, resource).allowed,
        )
      },
    ),
    { numRuns: 300 },
  )
})

test('ten thousand targets of one kind cost one decision', async () => {
  await may(who(['operator']), 'task.create', { type: 'Resource', id: 'warm-up', account: '1', region: 'r' })
  // Processor time: that doesn't grow with what else the machine does.
  const started = process.cpuUsage()
  for (let n = 0; n < 10_000; n++) {
    await may(who(['operator']), 'task.create', {
      type: 'Resource',
      id: `i-${n}`,
      account: '1',
      region: 'r',
      tags: { Name: `web-${n}` },
    })
  }
  const ms = process.cpuUsage(started).user / 1000
  assert.ok(ms < 500, `${ms} ms`) // uncached: over 1,000
})
