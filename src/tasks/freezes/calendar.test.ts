import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { FreezeScope } from '#contracts/freeze.ts'
import type { Risk } from '#contracts/task.ts'
import { heldAt, isInScope, nextChange, noticeOf } from './calendar.ts'
import type { CalendarFreeze } from './calendar.ts'

const freeze = (name: string, from: string, to: string, scope: Partial<FreezeScope> = {}): CalendarFreeze => ({
  id: name,
  name,
  reason: 'sale',
  times: { from: new Date(from), to: new Date(to), weekly: null },
  scope: { accounts: [], regions: [], operations: [], minimumRisk: 'R2', ...scope },
})
const stop = { operation: 'ec2.stop', risk: 'R2' as Risk, account: '111111111111', region: 'eu-west-1' }
const noon = new Date('2026-12-24T12:00:00Z')
const day = (scope: Partial<FreezeScope> = {}) => freeze('day', '2026-12-24T00:00:00Z', '2026-12-25T00:00:00Z', scope)

test('a scope names accounts, Regions, operations and the least class; what it leaves open is everything', () => {
  const rows: [Partial<FreezeScope>, Partial<typeof stop>, boolean][] = [
    [{}, {}, true],
    [{}, { risk: 'R1' }, false],
    [{ minimumRisk: 'R1' }, { risk: 'R1' }, true],
    [{ minimumRisk: 'R1' }, { risk: 'R0' }, false],
    [{ minimumRisk: 'R3' }, { risk: 'R2' }, false],
    [{ minimumRisk: 'R3' }, { risk: 'R4' }, true],
    [{ accounts: ['111111111111'] }, {}, true],
    [{ accounts: ['222222222222'] }, {}, false],
    [{ regions: ['eu-west-1'] }, {}, true],
    [{ regions: ['us-east-1'] }, {}, false],
    [{ operations: ['ec2.stop'] }, {}, true],
    [{ operations: ['ec2.*'] }, {}, true],
    [{ operations: ['ec2.*'] }, { operation: 'ec2x.stop' }, false],
    [{ operations: ['ec2.st'] }, {}, false],
    [{ operations: ['logs.*', 'ec2.start'] }, {}, false],
  ]
  for (const [scope, question, expected] of rows) {
    assert.equal(isInScope(day(scope), { ...stop, ...question }), expected, JSON.stringify([scope, question]))
  }
})

test('freezes that overlap or follow each other hold until the last of them is over', () => {
  const freezes = [
    freeze('next', '2026-12-25T00:00:00Z', '2026-12-26T00:00:00Z'),
    freeze('later', '2026-12-27T00:00:00Z', '2026-12-28T00:00:00Z'),
    freeze('other', '2026-12-26T00:00:00Z', '2026-12-27T00:00:00Z', { operations: ['s3.*'] }),
    day(),
  ]
  const held = heldAt(freezes, stop, noon)
  assert.deepEqual([held?.freeze.name, held?.until.toISOString()], ['day', '2026-12-26T00:00:00.000Z'])
  assert.equal(heldAt(freezes, stop, new Date('2026-12-26T00:00:00Z')), null)
  assert.equal(heldAt([], stop, noon), null)
})

test('a plan is told of the freeze that holds it longest, and of how many targets', () => {
  const freezes = [
    day({ accounts: ['111111111111'] }),
    freeze('west', '2026-12-24T00:00:00Z', '2026-12-30T00:00:00Z', { regions: ['us-west-2'] }),
  ]
  const place = (account: string, region: string) => ({ account, region })
  const targets = [
    place('111111111111', 'eu-west-1'),
    place('222222222222', 'us-west-2'),
    place('222222222222', 'eu-west-1'),
    place('111111111111', 'us-west-2'),
  ]
  assert.deepEqual(noticeOf(freezes, { ...stop, targets }, noon), {
    id: 'west',
    name: 'west',
    reason: 'sale',
    until: '2026-12-30T00:00:00.000Z',
    targets: 3,
  })
  assert.equal(noticeOf(freezes, { ...stop, targets: [place('222222222222', 'eu-west-1')] }, noon), null)
})

test('the next change is the nearest beginning or end', () => {
  const freezes = [day(), freeze('later', '2026-12-24T18:00:00Z', '2026-12-28T00:00:00Z')]
  assert.deepEqual(nextChange(freezes, noon), new Date('2026-12-24T18:00:00Z'))
  assert.deepEqual(nextChange(freezes, new Date('2026-12-24T18:00:00Z')), new Date('2026-12-25T00:00:00Z'))
  assert.equal(nextChange(freezes, new Date('2027-01-01T00:00:00Z')), null)
})
