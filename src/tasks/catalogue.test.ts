import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import assert from 'node:assert/strict'
import { operationSchema } from '#contracts/operation.ts'
import { createCatalogue } from './catalogue.ts'
import { operationInfo } from './http/operations.ts'

const operations = createCatalogue().list()

test('every definition keeps the promises of its type', () => {
  for (const operation of operations) {
    assert.match(operation.name, /^[a-z0-9]+(\.[a-zA-Z]+)+$/)
    assert.ok(operation.batchSize >= 1 && operation.maxTargets >= operation.batchSize)
    assert.equal(
      new Set(operation.steps.map(({ name }) => name)).size,
      operation.steps.length,
      'steps are told apart by name',
    )
    assert.equal(operation.steps[0]?.kind, 'check', 'what was approved is looked at again first')
    operationSchema.parse(operationInfo(operation))
  }
})

test('every effect can be read back, or is never repeated', () => {
  for (const { name, steps } of operations) {
    for (const step of steps) {
      if (step.kind === 'act')
        assert.equal(step.effect === 'readable', step.reread !== undefined, `${name} ${step.name}`)
    }
  }
})

test('an undo label comes with an inverse that exists; where something can only be made anew by hand, the note says how', () => {
  for (const { name, undo } of operations) {
    if (undo.label === 'exact' || undo.label === 'best-effort') assert.ok(undo.inverse !== null, name)
    if (undo.label === 'none') assert.equal(undo.inverse, null, name)
    if (undo.inverse === null) assert.ok((undo.note ?? '').length > 20, name)
    const inverse = undo.inverse?.({})
    if (inverse)
      assert.ok(
        operations.some((operation) => operation.name === inverse.operation),
        name,
      )
  }
})

test('every operation whose undo is exact has a property test that does it and takes it back', () => {
  const tested = {
    'cloudwatch.alarm.put': 'alarm-put.db.test.ts',
    'ec2.resize': 'ec2-changes.db.test.ts',
    'ec2.snapshot': 'ec2-changes.db.test.ts',
    'ec2.tag': 'tags-undo.db.test.ts',
    'ec2.untag': 'tags-undo.db.test.ts',
  }
  const exact = operations.filter(({ undo }) => undo.label === 'exact').map(({ name }) => name)
  assert.deepEqual(exact.toSorted(), Object.keys(tested).toSorted())
  for (const [name, file] of Object.entries(tested)) {
    const text = readFileSync(new URL(file, import.meta.url), 'utf8')
    assert.ok(text.includes('fc.assert') && text.includes(`'${name}'`), `${name} in ${file}`)
  }
})

test('names from outside find no inherited property', () => {
  for (const name of ['constructor', '__proto__', '']) assert.equal(createCatalogue().find(name), undefined)
})
