import type { Transaction } from '#platform/db/database.ts'

/** An alert, as the box that keeps them takes it. */
export type Alarm = {
  /** The same key while it is not resolved is the same alert. */
  key: string
  severity: 'info' | 'warning' | 'critical'
  title: string
  detail: string
  source: string
  subject?: { type: string; id: string }
}

/** Where tasks tells of what needs attention; main.ts hands it in, since tasks knows no other box. */
export type Alarms = {
  /** In the caller's transaction when one is given: then it is there exactly when what it is about is. */
  raise: (alarm: Alarm, tx?: Transaction) => Promise<unknown>
  resolve: (key: string) => Promise<void>
}
