import { createBullMq } from './bullmq.ts'
import { concurrency, wideConcurrency } from './contender.ts'
import type { CreateContender } from './contender.ts'
import { createGraphileWorker } from './graphile-worker.ts'
import { createPgBoss } from './pg-boss.ts'
import { createThisEngine } from './this-engine.ts'

export type Entry = {
  title: string
  create: CreateContender
  /** What it needs: a database on the PostgreSQL of all, or a Redis that syncs its log so often. */
  store: 'postgres' | 'redis always' | 'redis everysec'
  /** Whether what was acknowledged outlives a power cut, as it does with a commit of PostgreSQL. */
  isDurable: boolean
}

export const ours = 'this'

export const contenders: Record<string, Entry> = {
  [ours]: { title: 'this engine', create: createThisEngine, store: 'postgres', isDurable: true },
  'graphile-worker': {
    title: 'graphile-worker, tuned',
    create: createGraphileWorker('tuned', concurrency),
    store: 'postgres',
    isDurable: true,
  },
  'graphile-worker-wide': {
    title: `graphile-worker, tuned, ${wideConcurrency} at once`,
    create: createGraphileWorker('tuned', wideConcurrency),
    store: 'postgres',
    isDurable: true,
  },
  'graphile-worker-default': {
    title: 'graphile-worker, default',
    create: createGraphileWorker('default', concurrency),
    store: 'postgres',
    isDurable: true,
  },
  'pg-boss': {
    title: 'pg-boss, work() in batches',
    create: createPgBoss('work', concurrency),
    store: 'postgres',
    isDurable: true,
  },
  'pg-boss-wide': {
    title: `pg-boss, work() in batches of ${wideConcurrency}`,
    create: createPgBoss('work', wideConcurrency),
    store: 'postgres',
    isDurable: true,
  },
  'pg-boss-fetch': {
    title: 'pg-boss, fetch() and complete()',
    create: createPgBoss('fetch', concurrency),
    store: 'postgres',
    isDurable: true,
  },
  bullmq: { title: 'BullMQ, fsync always', create: createBullMq(concurrency), store: 'redis always', isDurable: true },
  'bullmq-wide': {
    title: `BullMQ, fsync always, ${wideConcurrency} at once`,
    create: createBullMq(wideConcurrency),
    store: 'redis always',
    isDurable: true,
  },
  'bullmq-everysec': {
    title: 'BullMQ, fsync every second',
    create: createBullMq(concurrency),
    store: 'redis everysec',
    isDurable: false,
  },
}
