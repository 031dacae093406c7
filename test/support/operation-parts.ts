import assert from 'node:assert/strict'
import type { Account } from '#aws/cloud.ts'
import type { Operation, Scope, Step, StepTarget } from '#tasks/operation.ts'
import { arnOf, createFakeAws, sandboxAccount } from './fake-ec2.ts'
import type { FakeEc2 } from './fake-ec2.ts'

/** Where a step of an operation runs in its tests. */
export const scopeOf = (ec2: FakeEc2, account: Account = sandboxAccount): Scope => ({
  aws: createFakeAws(ec2),
  account,
  region: 'eu-central-1',
  call: { priority: 'bulk' },
})

/** An instance as a step gets it, by its short id. */
export const targetOf = (
  id: string,
  given: Pick<StepTarget, 'before' | 'after'> & Partial<StepTarget>,
): StepTarget => ({
  itemId: id,
  id: arnOf(id),
  results: {},
  polls: 0,
  ...given,
})

/** The first step of that kind, and of that name where one is given. */
export const stepOf = <Kind extends Step['kind']>(
  { steps }: Pick<Operation, 'steps'>,
  kind: Kind,
  name?: string,
): Extract<Step, { kind: Kind }> => {
  const found = steps.find((step) => (name === undefined ? step.kind === kind : step.name === name))
  assert.equal(found?.kind, kind)
  return found as Extract<Step, { kind: Kind }> // its kind was just checked
}
