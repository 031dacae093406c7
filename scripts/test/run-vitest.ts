import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Processes } from './processes.ts'
import type { TestResult } from './result.ts'
import { complete } from './run-node.ts'
import type { Stage } from './stages.ts'

/** The part of vitest's JSON report (jest's format) that is read here. */
type Report = {
  testResults: {
    name: string
    status: string
    message?: string
    assertionResults: {
      status: string
      fullName: string
      duration?: number | null
      failureMessages?: string[] | null
    }[]
  }[]
}

/** Runs the web app's tests with vitest. */
export const runVitest = async (options: {
  stage: Stage
  files: string[]
  root: string
  temporary: string
  processes: Processes
  env: NodeJS.ProcessEnv
}): Promise<TestResult[]> => {
  const { stage, root } = options
  const report = join(options.temporary, `${stage.name}.json`)
  const { code, output } = await options.processes.run(
    process.execPath,
    [
      join(root, 'node_modules/vitest/vitest.mjs'),
      'run',
      '--reporter=json',
      `--outputFile=${report}`,
      `--maxWorkers=${stage.concurrency}`,
      ...options.files.map((file) => file.replace(/^web\//, '')),
    ],
    { cwd: join(root, 'web'), env: options.env, limitSeconds: stage.timeoutSeconds * 10 },
  )
  const text = await readFile(report, 'utf8').catch(() => undefined)
  return complete(text === undefined ? [] : parseReport(text), stage.name, code, output)
}

/** A file that could not be loaded has no tests of its own in the report and counts as one failure. */
export const parseReport = (text: string): TestResult[] => {
  const report = JSON.parse(text) as Report // vitest's own format, pinned with its version
  return report.testResults.flatMap(({ name: file, status, message, assertionResults }): TestResult[] => {
    const results = assertionResults.map((test): TestResult => ({
      outcome: test.status === 'passed' ? 'passed' : test.status === 'failed' ? 'failed' : 'skipped',
      name: test.fullName,
      file,
      milliseconds: Math.round(test.duration ?? 0),
      ...(test.status === 'failed' ? { error: (test.failureMessages ?? []).join('\n') } : {}),
    }))
    const isBroken = status === 'failed' && !results.some(({ outcome }) => outcome === 'failed')
    return isBroken
      ? [...results, { outcome: 'failed', name: 'loading the file', file, milliseconds: 0, error: message ?? '' }]
      : results
  })
}
