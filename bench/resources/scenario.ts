import type { PostgresServer } from '../tasks/postgres.ts'

/** A bar that a figure is held against, in the report and in the exit code. */
export type Bar = { what: string; value: number; limit: number; unit: string }

/** What a scenario found: a report for people, every figure for programs, and how it stands to its bars. */
export type Outcome = { markdown: string; figures: unknown; bars: readonly Bar[] }

export type Context = {
  /** Resources in the inventory. */
  rows: number
  /** For a first look: fewer repetitions, shorter runs. */
  isQuick: boolean
  /** A server for the whole run, with the product's own settings; a scenario makes databases of its own on it. */
  postgres: () => Promise<PostgresServer>
  say: (line: string) => void
}

/** One file a scenario; `scenarios.ts` lists them. */
export type Scenario = { name: string; about: string; run: (context: Context) => Promise<Outcome> }

/** Whether a figure keeps its bar. */
export const isKept = ({ value, limit }: Bar): boolean => value <= limit
