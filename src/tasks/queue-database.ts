import type { Database } from '#platform/db/database.ts'
import { openDatabase } from '#platform/db/database.ts'
import type { Log } from '#platform/log.ts'

/**
 * The pool of the queue. Its statements touch few rows, always by index, of tables that grow and shrink within seconds:
 * what the planner last learned about them is as good as wrong. Left to itself it scanned all items for each claim (7 ms
 * instead of 0.8 ms at 5,000 items) and planned every statement anew for eight partitions (1-3 ms).
 */
export const openQueueDatabase = (options: { connectionString: string; log: Log; maxConnections?: number }): Database =>
  openDatabase({
    connectionString: options.connectionString,
    log: options.log,
    maxConnections: options.maxConnections ?? 8,
    applicationName: 'aws-orchestrator queue',
    settings: {
      plan_cache_mode: 'force_generic_plan',
      enable_seqscan: 'off',
      enable_bitmapscan: 'off',
      enable_hashjoin: 'off',
      enable_mergejoin: 'off',
      jit: 'off',
    },
  })
