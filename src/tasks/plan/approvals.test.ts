import { test } from 'node:test'
import assert from 'node:assert/strict'
import type { Risk } from '#contracts/task.ts'
import type { SelfApproval } from '../approval-rules.ts'
import { approvalsOf } from './approvals.ts'
import type { PreApproved } from './approvals.ts'

const sandbox = { id: '111122223333', cloud: 'sandbox', isProduction: false } as const
const real = { id: '444455556666', cloud: 'aws', isProduction: false } as const

const approvals = (given: {
  risk: Risk
  targets: number
  productionTargets?: number
  accounts?: (typeof sandbox | typeof real)[]
  selfApproval?: SelfApproval
  preApproved?: PreApproved
}) =>
  approvalsOf({
    operation: 'ec2.stop',
    productionTargets: 0,
    accounts: [sandbox],
    selfApproval: 'sandbox',
    preApproved: undefined,
    ...given,
  })

test('R2: ten targets run at once, eleven need an approval', () => {
  assert.equal(approvals({ risk: 'R2', targets: 10 }).needed, 0)
  assert.equal(approvals({ risk: 'R2', targets: 11 }).needed, 1)
  assert.match(approvals({ risk: 'R2', targets: 11 }).reason, /11 targets/)
})

test('R2: one production target needs an approval', () => {
  const { needed, reason } = approvals({ risk: 'R2', targets: 3, productionTargets: 1 })
  assert.equal(needed, 1)
  assert.equal(reason, 'R2: 1 of 3 targets are production.')
})

test('R0 and R1 need none however many targets are production; R3 needs one and R4 two', () => {
  assert.equal(approvals({ risk: 'R0', targets: 5, productionTargets: 5 }).needed, 0)
  assert.equal(approvals({ risk: 'R1', targets: 100, productionTargets: 100 }).needed, 0)
  assert.equal(approvals({ risk: 'R3', targets: 1 }).needed, 1)
  assert.equal(approvals({ risk: 'R4', targets: 1 }).needed, 2)
})

test('what is to be typed is said where a typed confirmation may be asked for', () => {
  assert.equal(approvals({ risk: 'R2', targets: 12 }).confirmation, 'ec2.stop 12')
  assert.equal(approvals({ risk: 'R2', targets: 12, accounts: [sandbox, real] }).confirmation, null)
  assert.equal(approvals({ risk: 'R2', targets: 12, selfApproval: 'never' }).confirmation, null)
  assert.equal(
    approvals({ risk: 'R2', targets: 12, accounts: [real], selfApproval: 'always' }).confirmation,
    'ec2.stop 12',
  )
  assert.equal(approvals({ risk: 'R4', targets: 12, accounts: [real] }).confirmation, 'ec2.stop 12')
  assert.equal(approvals({ risk: 'R2', targets: 2 }).confirmation, null)
})

test('the undo of an approved task needs none, and says why, unless its class is above that of the task', () => {
  const preApproved = { why: 'Approved with the task it takes back.', highestRisk: 'R3' } as const
  const { needed, reason } = approvals({ risk: 'R3', targets: 200, preApproved })
  assert.equal(needed, 0)
  assert.equal(reason, 'Approved with the task it takes back.')
  const higher = approvals({ risk: 'R4', targets: 200, preApproved })
  assert.equal(higher.needed, 2)
  assert.match(higher.reason, /^R4/)
})

// operations.md of the design, "Risk classes": R0 and R1 at once; R2 one approval when production or above 10; R3 one; R4 two.
test('class, targets and production decide how many people are asked', () => {
  const rows: [Risk, number, number, number][] = [
    ['R0', 1, 0, 0],
    ['R0', 5000, 5000, 0],
    ['R1', 11, 0, 0],
    ['R1', 100, 100, 0],
    ['R2', 1, 0, 0],
    ['R2', 1, 1, 1],
    ['R2', 10, 0, 0],
    ['R2', 10, 1, 1],
    ['R2', 11, 0, 1],
    ['R3', 1, 0, 1],
    ['R3', 5000, 0, 1],
    ['R4', 1, 0, 2],
    ['R4', 5000, 5000, 2],
    ['R4', 0, 0, 0],
  ]
  for (const [risk, targets, productionTargets, needed] of rows) {
    const given = approvals({ risk, targets, productionTargets }).needed
    assert.equal(given, needed, `${risk}, ${targets} targets, ${productionTargets} of them production`)
  }
})
