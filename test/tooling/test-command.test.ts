import assert from 'node:assert/strict'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { root } from '../../scripts/setup/own-node.mjs'
import { createProcesses } from '../../scripts/test/processes.ts'
import { exitCodeOf, summaryLine, tally } from '../../scripts/test/result.ts'
import type { TestResult } from '../../scripts/test/result.ts'
import { complete, parseResults, runNode } from '../../scripts/test/run-node.ts'
import { parseReport } from '../../scripts/test/run-vitest.ts'
import { select, stages } from '../../scripts/test/stages.ts'
import type { Stage } from '../../scripts/test/stages.ts'

const folder = await mkdtemp(join(tmpdir(), 'orchestrator-tooling-'))
after(() => rm(folder, { recursive: true, force: true }))
const result = (outcome: TestResult['outcome']): TestResult => ({ outcome, name: 'n', file: 'f', milliseconds: 1 })

test('the last line says how many passed, failed, and, if any, were skipped', () => {
  assert.equal(summaryLine(tally([result('passed'), result('passed'), result('failed')])), '2 passed, 1 failed')
  assert.equal(summaryLine(tally([result('passed'), result('skipped')])), '1 passed, 0 failed, 1 skipped')
})

test('a run is bad when anything failed, when nothing ran, and under CI when anything was left out', () => {
  assert.equal(exitCodeOf({ passed: 5, failed: 0, skipped: 1 }, [], true), 0)
  assert.equal(exitCodeOf({ passed: 5, failed: 1, skipped: 0 }, [], false), 1)
  assert.equal(exitCodeOf({ passed: 0, failed: 0, skipped: 3 }, [], false), 1)
  assert.equal(exitCodeOf({ passed: 5, failed: 0, skipped: 0 }, ['browser'], false), 0)
  assert.equal(exitCodeOf({ passed: 5, failed: 0, skipped: 0 }, ['browser'], true), 1)
})

test('a run that ends early is a failure even when no test failed', () => {
  assert.deepEqual(tally(complete([result('passed')], 'unit', 'SIGSEGV', 'crashed')), {
    passed: 1,
    failed: 1,
    skipped: 0,
  })
  assert.deepEqual(tally(complete([result('passed')], 'unit', '0', '')), { passed: 1, failed: 0, skipped: 0 })
  assert.deepEqual(parseResults(`${JSON.stringify(result('passed'))}\n{"outcome":"pas`), [result('passed')])
})

// node:test refuses to be run inside itself in the same process, so each of these is a process of its own.
const runFixture = async (name: string, source: string, isolation: Stage['isolation']) => {
  const file = join(folder, `${name}.test.ts`)
  await writeFile(file, source)
  const stage: Stage = { name, files: [], runner: 'node', isolation, concurrency: 1, timeoutSeconds: 20, needs: [] }
  const { NODE_TEST_CONTEXT: _, ...env } = process.env
  return runNode({ stage, files: [file], root, temporary: folder, processes: createProcesses(), env })
}

const mixed = `import { test, describe } from 'node:test'
import assert from 'node:assert/strict'
describe('suite', () => {
  test('good', () => {})
  test('bad', () => assert.equal(1, 2))
  test('skipped', { skip: 'not here' }, () => {})
  test('later', { todo: true }, () => {})
})
test('good too', () => {})`

for (const isolation of ['none', 'process'] as const) {
  test(`node:test, isolation ${isolation}: tests are counted, suites are not, and a failure says why`, async () => {
    const results = await runFixture(`mixed-${isolation}`, mixed, isolation)
    assert.deepEqual(tally(results), { passed: 2, failed: 1, skipped: 2 })
    assert.match(results.find(({ outcome }) => outcome === 'failed')?.error ?? '', /1 !== 2/)
  })

  test(`node:test, isolation ${isolation}: a file that can't be loaded is a failure`, async () => {
    assert.equal(tally(await runFixture(`broken-${isolation}`, `import './nothing.ts'`, isolation)).failed, 1)
  })

  test(`node:test, isolation ${isolation}: a process that exits in the middle is a failure`, async () => {
    const source = `import { test } from 'node:test'\ntest('a', () => {})\ntest('b', () => process.exit(3))\ntest('c', () => {})`
    assert.ok(tally(await runFixture(`exits-${isolation}`, source, isolation)).failed >= 1)
  })
}

test("vitest's report: tests, skipped ones, and a file that can't be loaded", () => {
  // The shape of vitest's JSON reporter, https://vitest.dev/guide/reporters#json-reporter
  const report = {
    testResults: [
      {
        name: '/web/a.test.ts',
        status: 'failed',
        message: '',
        assertionResults: [
          { status: 'passed', fullName: 'a works', duration: 1.2 },
          { status: 'failed', fullName: 'a fails', duration: 2, failureMessages: ['AssertionError: 1'] },
          { status: 'pending', fullName: 'a later' },
          { status: 'skipped', fullName: 'a not' },
          { status: 'todo', fullName: 'a todo' },
        ],
      },
      { name: '/web/b.test.ts', status: 'failed', message: 'Failed to resolve import', assertionResults: [] },
    ],
  }
  assert.deepEqual(tally(parseReport(JSON.stringify(report))), { passed: 1, failed: 2, skipped: 3 })
})

test('words choose stages by name and files by a part of their path', () => {
  assert.deepEqual(
    select(['unit'], root).map(({ stage }) => stage.name),
    ['unit'],
  )
  assert.deepEqual(
    select(['test-command'], root).map(({ stage, files }) => [stage.name, files]),
    [['unit', ['test/tooling/test-command.test.ts']]],
  )
  assert.deepEqual(select(['no such test'], root), [])
  assert.deepEqual(
    select(['unit'], root)[0]?.files.filter((file) => file.includes('.db.test.')),
    [],
  )
  assert.equal(new Set(stages.map(({ name }) => name)).size, stages.length)
})
