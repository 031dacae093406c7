import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import type { Processes } from './processes.ts'
import type { TestResult } from './result.ts'
import type { Stage } from './stages.ts'

/** Runs a stage's files with node:test. What the tests print is kept back and shown with a failure. */
export const runNode = async (options: {
  stage: Stage
  files: string[]
  root: string
  temporary: string
  processes: Processes
  env: NodeJS.ProcessEnv
}): Promise<TestResult[]> => {
  const { stage, files, root } = options
  const results = join(options.temporary, `${stage.name}.jsonl`)
  const args = [
    '--conditions=source',
    `--import=${pathToFileURL(join(root, 'test/support/seed.ts'))}`,
    '--test',
    `--test-isolation=${stage.isolation}`,
    `--test-concurrency=${stage.concurrency}`,
    `--test-timeout=${stage.timeoutSeconds * 1000}`,
    // A file that leaves a timer or a connection open would never end; pure files share their process with the reporter.
    ...(stage.isolation === 'process' ? ['--test-force-exit'] : []),
    `--test-reporter=${join(root, 'scripts/test/node-reporter.ts')}`,
    `--test-reporter-destination=${results}`,
    ...files,
  ]
  // Several tests of a file and several files run one after the other, so the whole stage may take a multiple.
  const limitSeconds = stage.timeoutSeconds * Math.max(3, files.length)
  const { code, output } = await options.processes.run(process.execPath, args, {
    cwd: root,
    env: options.env,
    limitSeconds,
  })
  const parsed = parseResults(await readFile(results, 'utf8').catch(() => ''))
  return complete(parsed, stage.name, code, output)
}

/** The reporter's lines. A torn last line (the process was killed) is left out; the exit code tells of it. */
export const parseResults = (text: string): TestResult[] =>
  text.split('\n').flatMap((line) => {
    try {
      return line === '' ? [] : [JSON.parse(line) as TestResult] // written by our own reporter
    } catch {
      return []
    }
  })

/** A run that ended badly without a failed test (it crashed, was killed, or ran nothing) is itself a failure. */
export const complete = (results: TestResult[], name: string, code: string, output: string): TestResult[] => {
  const hasFailed = results.some(({ outcome }) => outcome === 'failed')
  if (hasFailed && output.trim() !== '') {
    const last = results.findLastIndex(({ outcome }) => outcome === 'failed')
    return results.map((result, index) =>
      index === last
        ? { ...result, error: `${result.error ?? ''}\n--- printed in this stage (its end):\n${tail(output)}` }
        : result,
    )
  }
  if (code === '0' || hasFailed) return results
  return [
    ...results,
    {
      outcome: 'failed',
      name: `the stage ${name} ended early (${code})`,
      file: '',
      milliseconds: 0,
      error: tail(output),
    },
  ]
}

const tail = (text: string): string => text.trimEnd().split('\n').slice(-60).join('\n')
