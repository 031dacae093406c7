import { globSync } from 'node:fs'

/** What the test command prepares before a stage and tells its tests by a variable of the environment. */
export type Need = 'database' | 'moto' | 'redis' | 'chromium' | 'web-app'

export type Stage = {
  name: string
  /** Globs, from the repository's root. */
  files: string[]
  runner: 'node' | 'vitest'
  /** Pure tests share one process (30 times faster); everything with state of its own gets a process per file. */
  isolation: 'none' | 'process'
  concurrency: number
  /** For one test, and for one file: only what hangs is ended by it, on the slowest of machines too. */
  timeoutSeconds: number
  needs: Need[]
}

/** In the order in which they run: the cheapest first. */
export const stages: Stage[] = [
  {
    name: 'unit',
    files: ['src/**/*.test.ts', 'bench/**/*.test.ts', 'test/tooling/*.test.ts'],
    runner: 'node',
    isolation: 'none',
    concurrency: 1,
    timeoutSeconds: 600,
    needs: [],
  },
  {
    name: 'db',
    files: ['src/**/*.db.test.ts'],
    runner: 'node',
    isolation: 'process',
    concurrency: 2,
    timeoutSeconds: 900,
    needs: ['database'],
  },
  {
    // Each file starts a Redis of its own, which it freezes and kills.
    name: 'redis',
    files: ['src/**/*.redis.test.ts'],
    runner: 'node',
    isolation: 'process',
    concurrency: 1,
    timeoutSeconds: 600,
    needs: ['database', 'redis'],
  },
  {
    name: 'web',
    files: ['web/**/*.test.ts', 'web/**/*.test.tsx'],
    runner: 'vitest',
    isolation: 'process',
    concurrency: 2,
    timeoutSeconds: 300,
    needs: [],
  },
  {
    name: 'system',
    files: ['test/system/**/*.test.ts'],
    runner: 'node',
    isolation: 'process',
    concurrency: 1,
    timeoutSeconds: 1_800,
    needs: ['database', 'web-app'],
  },
  {
    name: 'crash',
    files: ['test/crash/**/*.test.ts', 'test/upgrade/**/*.test.ts'],
    runner: 'node',
    isolation: 'process',
    concurrency: 1,
    timeoutSeconds: 1_800,
    needs: ['database'],
  },
  {
    // Starts a PostgreSQL of its own, which it kills.
    name: 'chaos',
    files: ['test/chaos/**/*.test.ts'],
    runner: 'node',
    isolation: 'process',
    concurrency: 1,
    timeoutSeconds: 3_600,
    needs: [],
  },
  {
    name: 'aws',
    files: ['test/aws/**/*.test.ts'],
    runner: 'node',
    isolation: 'process',
    concurrency: 1,
    timeoutSeconds: 1_800,
    needs: ['database', 'moto'],
  },
  {
    name: 'browser',
    files: ['test/browser/**/*.test.ts'],
    runner: 'node',
    isolation: 'process',
    concurrency: 1,
    timeoutSeconds: 1_800,
    needs: ['database', 'web-app', 'chromium'],
  },
]

export type Selection = { stage: Stage; files: string[] }[]

/**
 * Which files to run. Words that name a stage choose stages, all others must be part of a file's path (any of them).
 * Stages without a file are left out.
 */
export const select = (words: string[], root: string): Selection => {
  const chosen = stages.filter((stage) => words.includes(stage.name))
  const parts = words.filter((word) => !stages.some((stage) => stage.name === word))
  return (chosen.length > 0 ? chosen : stages)
    .map((stage) => ({
      stage,
      files: filesOf(stage, root).filter((file) => parts.length === 0 || parts.some((part) => file.includes(part))),
    }))
    .filter(({ files }) => files.length > 0)
}

const filesOf = (stage: Stage, root: string): string[] =>
  globSync(stage.files, { cwd: root, exclude: (path) => /(^|\/)(node_modules|dist)$/.test(path) })
    .filter((file) => stage.name !== 'unit' || !/\.(db|redis)\.test\.ts$/.test(file))
    .toSorted()
