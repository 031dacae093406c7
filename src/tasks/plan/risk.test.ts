import { test } from 'node:test'
import assert from 'node:assert/strict'
import type { Risk } from '#contracts/task.ts'
import { riskOfPlan } from './risk.ts'

const many = (count: number, risk: Risk): Risk[] => Array.from({ length: count }, () => risk)

test('100 targets keep the class, 101 raise it by one', () => {
  assert.equal(riskOfPlan(many(100, 'R1')), 'R1')
  assert.equal(riskOfPlan(many(101, 'R1')), 'R2')
  assert.equal(riskOfPlan(many(100, 'R2')), 'R2')
  assert.equal(riskOfPlan(many(101, 'R2')), 'R3')
  assert.equal(riskOfPlan(many(101, 'R3')), 'R4')
  assert.equal(riskOfPlan(many(101, 'R4')), 'R4')
})

test('one risky target makes the whole plan risky', () => {
  assert.equal(riskOfPlan(['R1', 'R3', 'R1']), 'R3')
})
