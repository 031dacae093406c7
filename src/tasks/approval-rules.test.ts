import { test } from 'node:test'
import assert from 'node:assert/strict'
import fc from 'fast-check'
import { approvalRules, isConfirmed } from './approval-rules.ts'
import type { SelfApproval } from './approval-rules.ts'

const cloud = fc.constantFrom('sandbox' as const, 'aws' as const)
const accounts = fc.array(fc.record({ id: fc.constantFrom('1', '2', '3'), cloud, isProduction: fc.boolean() }), {
  minLength: 1,
  maxLength: 4,
})
const question = fc.record({
  plan: fc.record({
    operation: fc.constant('ec2.stop'),
    risk: fc.constantFrom('R2' as const, 'R3' as const, 'R4' as const),
    approvals: fc.record({
      needed: fc.integer({ min: 1, max: 2 }),
      reason: fc.constant('why'),
      confirmation: fc.constant(null),
    }),
  }),
  targets: fc.integer({ min: 1, max: 5000 }),
  accounts,
  selfApproval: fc.constantFrom<SelfApproval>('sandbox', 'always', 'never'),
  requesterId: fc.constantFrom('ann', 'bob'),
  approverId: fc.constantFrom('ann', 'bob'),
})

test('nobody approves their own plan on a real account, whatever else is true, unless self-approval is on for all', () => {
  fc.assert(
    fc.property(question, (q) => {
      const isOwn = q.requesterId === q.approverId
      const touchesReal = q.accounts.some((account) => account.cloud === 'aws')
      if (isOwn && touchesReal && q.selfApproval !== 'always') assert.equal(approvalRules(q).allowed, false)
    }),
  )
})

test('with self-approval off nobody approves their own plan, the sandbox included', () => {
  fc.assert(
    fc.property(question, (q) => {
      if (q.requesterId === q.approverId) assert.equal(approvalRules({ ...q, selfApproval: 'never' }).allowed, false)
    }),
  )
})

test('a self-approval is always confirmed by typing, recorded as such, and enough alone', () => {
  fc.assert(
    fc.property(question, (q) => {
      const ruling = approvalRules({ ...q, approverId: q.requesterId })
      assert.equal(ruling.selfApproved, true)
      if (ruling.allowed) {
        assert.equal(ruling.mustConfirm, `ec2.stop ${q.targets}`)
        assert.equal(ruling.isEnough, true)
      }
    }),
  )
})

test('another person may always approve; R4 takes two of them, typing', () => {
  fc.assert(
    fc.property(question, (q) => {
      const ruling = approvalRules({ ...q, requesterId: 'ann', approverId: 'bob' })
      assert.equal(ruling.allowed, true)
      assert.equal(ruling.selfApproved, false)
      assert.equal(ruling.mustConfirm !== null, q.plan.risk === 'R4')
      assert.equal(ruling.isEnough, q.plan.approvals.needed === 1)
    }),
  )
})

test('a plan that needs no approval can not be approved', () => {
  const ruling = approvalRules({
    plan: { operation: 'ec2.tag', risk: 'R1', approvals: { needed: 0, reason: '', confirmation: null } },
    targets: 1,
    accounts: [{ id: '1', cloud: 'sandbox', isProduction: false }],
    selfApproval: 'always',
    requesterId: 'ann',
    approverId: 'bob',
  })
  assert.equal(ruling.allowed, false)
})

test('the typed text has to be exact but for blanks', () => {
  assert.equal(isConfirmed('ec2.stop 12', ' ec2.stop  12 '), true)
  assert.equal(isConfirmed('ec2.stop 12', 'ec2.stop 13'), false)
  assert.equal(isConfirmed('ec2.stop 12', 'ec2.stop'), false)
  assert.equal(isConfirmed('ec2.stop 12', undefined), false)
  assert.equal(isConfirmed(null, undefined), true)
})
