import { inspect } from 'node:util'
import type { TestEvent } from 'node:test/reporters'
import type { TestResult } from './result.ts'

/**
 * A reporter for node:test that writes one JSON line for each test that ended. Suites are not counted, only tests; a file
 * that could not be loaded or left something running is reported by node as a failed test.
 */
export default async function* report(source: AsyncIterable<TestEvent>): AsyncGenerator<string> {
  for await (const event of source) {
    if (event.type !== 'test:pass' && event.type !== 'test:fail') continue
    const { data } = event
    if (data.details.type === 'suite' && event.type === 'test:pass') continue
    const isSkipped = isSet(data.skip) || isSet(data.todo)
    const error = event.type === 'test:fail' ? event.data.details.error : undefined
    // A suite fails with its tests, which are counted themselves; only its own failure (a hook) counts.
    if (data.details.type === 'suite' && failureType(error) === 'subtestsFailed') continue
    const result: TestResult = {
      outcome: isSkipped ? 'skipped' : event.type === 'test:pass' ? 'passed' : 'failed',
      name: data.name,
      file: data.file ?? '',
      milliseconds: Math.round(data.details.duration_ms),
      ...(error === undefined ? {} : { error: describe(error) }),
    }
    yield `${JSON.stringify(result)}\n`
  }
}

// Node passes `skip: false`, `true` or a reason.
const isSet = (mark: string | boolean | undefined): boolean => mark !== undefined && mark !== false

const failureType = (error: unknown): unknown => (error as { failureType?: unknown } | undefined)?.failureType

/** Node wraps what a test threw; the wrapper says nothing. */
const describe = (error: Error): string =>
  typeof error.cause === 'object' && error.cause !== null
    ? inspect(error.cause, { depth: 4 })
    : String(error.cause ?? error.message)
