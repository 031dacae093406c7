import { Readable } from 'node:stream'
import type { ResourceFilter } from '#contracts/inventory.ts'
import type { Principal } from '#contracts/principal.ts'
import type { ExportFormat } from '#contracts/resource-export.ts'
import type { Database } from '#platform/db/database.ts'
import { actorOf, appendAudit } from '#security/audit.ts'
import { errors } from '../errors.ts'
import { select } from '../read/filter.ts'
import type { FirstSync } from '../read/first-sync.ts'
import type { Readable as ReadableAccounts } from '../read/readable.ts'
import { sweptAtOf } from '../read/swept-at.ts'
import { columnsNamed } from './columns.ts'
import { toCsv, toJson, toJsonLines } from './formats.ts'
import { pagesOf } from './pages.ts'

export type ExportResources = (
  asker: { principal: Principal; requestId: string },
  request: ResourceFilter & { format: ExportFormat; columns?: readonly string[] | undefined },
) => Promise<Readable>

/** Each holds a page in memory and keeps a connection busy for a part of its time. */
const mostAtOnce = 4

/** Everything that matches and the asker may read, as one text that is made while it is taken. */
export const createExportResources = (deps: {
  db: Database
  readable: ReadableAccounts
  firstSync: FirstSync
}): ExportResources => {
  const { db, readable, firstSync } = deps
  let running = 0

  return async ({ principal, requestId }, { format, columns, ...filter }) => {
    const named = columns === undefined && format !== 'csv' ? null : columnsNamed(columns)
    const selection = select(filter, await readable.accounts(principal))
    if (running >= mostAtOnce) {
      throw errors.too_many_exports(`${mostAtOnce} exports are being written already. Try again in a moment.`, {
        retryAfterSeconds: 10,
      })
    }
    running++
    let hasEnded = false
    const end = (): void => {
      if (!hasEnded) running--
      hasEnded = true
    }
    try {
      const { partitions } = await firstSync.partitions(selection.accounts, selection.isAskedFor)
      await appendAudit(db, [
        {
          actor: actorOf(principal),
          action: 'resource.export',
          subject: { type: 'System', id: 'inventory' },
          outcome: 'allowed',
          requestId,
          details: { ...filter, format, columns: columns ?? null },
        },
      ])
      const pages = pagesOf(db, selection.where, sweptAtOf(partitions))
      const text =
        format === 'csv'
          ? toCsv(pages, named ?? columnsNamed())
          : format === 'json'
            ? toJson(pages, named)
            : toJsonLines(pages, named)
      return Readable.from(text).once('close', end)
    } catch (error) {
      end()
      throw error
    }
  }
}
