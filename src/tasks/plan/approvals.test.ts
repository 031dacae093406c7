import { test } from 'node:test'
import assert from 'node:assert/strict'
import type { Risk } from '#contracts/task.ts'
import type { SelfApproval } from '../approval-rules.ts'
import { approvalsOf } from './approvals.ts'

const sandbox = { id: '111122223333', cloud: 'sandbox', isProduction: false } as const
const real = { id: '444455556666', cloud: 'aws', isProduction: false } as const

const approvals = (given: {
  risk: Risk
  targets: number
  productionTargets?: number
  accounts?: (typeof sandbox | typeof real)[]
  selfApproval?: SelfApproval
  preApproved?: string
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

test('the undo of an approved task needs none, and says why', () => {
  const { needed, reason } = approvals({
    risk: 'R3',
    targets: 200,
    preApproved: 'Approved with the task it takes back.',
  })
  assert.equal(needed, 0)
  assert.equal(reason, 'Approved with the task it takes back.')
})
