import { appendEvents } from '#platform/events/append.ts'
import type { NewEvent } from '#platform/events/append.ts'
import type { Database, Transaction } from '#platform/db/database.ts'
import type { Notifier } from '#platform/events/notifier.ts'
import { keepEdges } from '../graph/keep-edges.ts'
import { recordChanges, recordGone } from '../history/record.ts'
import { tellNews } from '../read/news.ts'
import type { News } from '../read/news.ts'
import { replaceEdges } from '../store/edges.ts'
import { toRow } from '../store/row.ts'
import { deleteRows, lockHashes, readHashes, touchRows, upsertRows } from '../store/write.ts'
import type { Observed } from '../types/resource-type.ts'

/**
 * Rows a transaction, so that none lasts longer than the 250 ms which the live feed allows: in a table of 20,000 instances
 * of 3 KB, writing 200 with all their indexes and the event took 50 ms usually and 92 ms at most, on two shared, busy cores.
 */
const chunkSize = 200
/** Ids that one event names; beyond it the reader is told only how many there are. */
const maxEventIds = 100

type Group = { account: string; region: string; type: string }

export type Apply = {
  /**
   * Makes what AWS just said the inventory's truth: writes what changed, publishes it, and leaves the rest alone. All of
   * one account, Region and type. `observedAt` is when AWS was asked (the database's time). Returns the ids that changed.
   */
  apply: (
    group: Group,
    observed: readonly Observed[],
    observedAt: Date,
    options?: { touch?: boolean },
  ) => Promise<string[]>
  /** Marks as gone what AWS no longer knows, unless it was seen since. Returns the ids that were marked. */
  remove: (group: Group, ids: readonly string[], notSeenSince: Date) => Promise<string[]>
}

export const createApply = ({
  db,
  notifier,
  onNews = () => {},
}: {
  db: Database
  notifier: Notifier
  /** Called after each commit, before anybody else is told. */
  onNews?: (news: News) => void
}): Apply => {
  /** Whoever keeps copies of these hears that they are no longer true. */
  const tell = (tx: Transaction, group: Group, ids: readonly string[]): void => {
    if (ids.length === 0) return
    tx.afterCommit(() => {
      onNews({ ...group, ids })
      tellNews(notifier, { ...group, ids })
    })
  }

  const publish = async (tx: Transaction, group: Group, ids: readonly string[], isGone: boolean): Promise<void> => {
    if (ids.length === 0) return
    await appendEvents(tx, [changeEvent(group, ids, isGone)])
    tx.afterCommit(() => notifier.nudge('events'))
  }

  return {
    apply: async (group, observed, observedAt, options = {}) => {
      const changed: string[] = []
      // A page that AWS hands out twice in part (paging is not a snapshot) must not touch a row twice in one statement.
      const distinct = new Map(observed.map((one) => [one.id, one]))
      const rows = [...distinct.values()].map(toRow)
      const basedOn = ({ id }: (typeof rows)[number]) => distinct.get(id)?.basedOn
      for (let from = 0; from < rows.length; from += chunkSize) {
        const chunk = rows.slice(from, from + chunkSize)
        const hashes = await readHashes(
          db,
          group.account,
          chunk.map(({ id }) => id),
        )
        const isUnchanged = (row: (typeof chunk)[number]): boolean => hashes.get(row.id) === row.content_hash
        const toWrite = chunk.filter((row) => !isUnchanged(row))
        const toTouch = options.touch === true ? chunk.filter(isUnchanged).map(({ id }) => id) : []
        if (toWrite.length === 0 && toTouch.length === 0) continue
        const written = await db.transaction(async (tx) => {
          const based = toWrite.filter((row) => basedOn(row) !== undefined).map(({ id }) => id)
          const current = based.length === 0 ? new Map<string, string>() : await lockHashes(tx, group.account, based)
          const valid = toWrite.filter((row) => {
            const base = basedOn(row)
            return base === undefined || base === (current.get(row.id) ?? null)
          })
          const rowsWritten = valid.length === 0 ? [] : await upsertRows(tx, valid, observedAt)
          await recordChanges(tx, group, valid, rowsWritten, observedAt)
          await keepEdges(tx, group, valid, rowsWritten)
          const ids = rowsWritten.map(({ id }) => id)
          if (toTouch.length > 0) await touchRows(tx, group.account, toTouch, observedAt)
          await publish(tx, group, ids, false)
          tell(tx, group, [...ids, ...toTouch])
          return ids
        })
        changed.push(...written)
      }
      return changed
    },

    remove: async (group, ids, notSeenSince) => {
      const removed: string[] = []
      for (let from = 0; from < ids.length; from += chunkSize) {
        const chunk = ids.slice(from, from + chunkSize)
        const marked = await db.transaction(async (tx) => {
          const gone = await deleteRows(tx, group.account, chunk, notSeenSince)
          await recordGone(tx, group, gone, notSeenSince)
          if (gone.length > 0) await replaceEdges(tx, group, gone, [])
          await publish(tx, group, gone, true)
          tell(tx, group, gone)
          return gone
        })
        removed.push(...marked)
      }
      return removed
    },
  }
}

/** What the live feed says of resources that are not as they were. */
export const changeEvent = ({ account, region, type }: Group, ids: readonly string[], isGone: boolean): NewEvent => ({
  topics: ['resources'],
  type: isGone ? 'resource.gone' : 'resource.changed',
  accounts: [account],
  data: { account, region, type, ids: ids.slice(0, maxEventIds), count: ids.length },
})
