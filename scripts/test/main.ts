import { mkdtemp, rm } from 'node:fs/promises'
import { constants, tmpdir } from 'node:os'
import { join, relative } from 'node:path'
import { inspect } from 'node:util'
import { root } from '../setup/own-node.mjs'
import { CannotPrepare } from './left-out.ts'
import { createPreparation } from './prepare.ts'
import { createProcesses } from './processes.ts'
import { exitCodeOf, summaryLine, tally } from './result.ts'
import type { TestResult } from './result.ts'
import { runNode } from './run-node.ts'
import { runVitest } from './run-vitest.ts'
import { select, stages } from './stages.ts'

// The test command: stage after stage, the cheapest first. Failures are shown in full, passing stages in one line each, and
// the very last line is the sum over everything.

const isCi = process.env['CI'] === 'true' || process.env['CI'] === '1'
const words = process.argv.slice(2)
const selection = select(words, root)
const temporary = await mkdtemp(join(tmpdir(), 'orchestrator-test-'))
const processes = createProcesses()
const preparation = createPreparation({ root, temporary, processes })
const results: TestResult[] = []
const leftOut: string[] = []

const cleanUp = async (): Promise<void> => {
  await processes.endAll()
  await preparation.stop()
  await rm(temporary, { recursive: true, force: true })
}

let isEnding = false
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
  process.on(signal, () => {
    // One Ctrl-C often arrives twice: from the terminal, and passed on by npm.
    if (isEnding) return
    isEnding = true
    console.log(`\nended by ${signal}`)
    void cleanUp().finally(() => process.exit(128 + constants.signals[signal]))
  })
}

const show = ({ name, file, error }: TestResult): void => {
  console.log(`\n  FAILED ${relative(root, file)}: ${name}`)
  console.log((error ?? '').replaceAll(/^/gm, '    '))
}

try {
  for (const { stage, files } of selection) {
    if (isEnding) break
    const startedAt = performance.now()
    try {
      const env = { ...process.env, ...(await preparation.provide(stage.needs)) }
      const run = stage.runner === 'vitest' ? runVitest : runNode
      const ended = await run({ stage, files, root, temporary, processes, env })
      if (isEnding) break // what failed now failed because it was ended
      results.push(...ended)
      for (const result of ended) if (result.outcome === 'failed') show(result)
      const seconds = ((performance.now() - startedAt) / 1000).toFixed(1)
      console.log(`${stage.name.padEnd(8)} ${summaryLine(tally(ended))} (${files.length} files, ${seconds} s)`)
    } catch (error) {
      if (isEnding) break
      if (error instanceof CannotPrepare) {
        leftOut.push(`${stage.name}: ${files.length} files NOT RUN: ${error.message}`)
        console.log(`${stage.name.padEnd(8)} NOT RUN`)
        continue
      }
      const name = `preparing the stage ${stage.name}`
      const failure: TestResult = { outcome: 'failed', name, file: '', milliseconds: 0, error: inspect(error) }
      results.push(failure)
      show(failure)
    }
  }
} finally {
  if (!isEnding) await cleanUp()
}

const conclude = (): void => {
  if (selection.length === 0) {
    console.log(
      `No test matches "${words.join(' ')}". Stages: ${stages.map(({ name }) => name).join(', ')}; other words are parts of file names.`,
    )
  }
  for (const line of leftOut) console.log(`\n!!! LEFT OUT ${line}${isCi ? ' (a failure under CI)' : ''}`)
  const total = tally(results)
  process.exitCode = exitCodeOf(total, leftOut, isCi)
  console.log(`\n${summaryLine(total)}`)
}

// Ended by a signal: its handler cleans up and leaves, and there is nothing to sum up.
if (!isEnding) conclude()
