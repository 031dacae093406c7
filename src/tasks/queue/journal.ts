import type { Database } from '#platform/db/database.ts'
import { createGroupCommit } from '#platform/db/group-commit.ts'
import type { Advance } from '../store/advance-items.ts'
import { appendJournal, trimJournal } from '../store/journal.ts'

/** What stands in the items' rows by now is forgotten at most so often. */
const trimEveryMs = 1_000

/**
 * The journal of one worker process: steps of everybody who waits in this moment go on record in one row, which costs half
 * of moving the items' own rows. Those follow: with the items' end, or when they stay with a step for a moment
 * (record.ts). Until then the journal is what counts if this process is lost.
 */
export const createJournal = (db: Database) => {
  let seq = 0
  /** Of each item whose row is behind: the line that says where it stands, and its `move`. */
  const behind = new Map<string, { worker: string; seq: number; move: number }>()
  /** Lines that are being written. */
  const underway = new Set<number>()
  let trimmedMs = 0
  let trimmedSeq = 0

  const flush = async (advances: Advance[]): Promise<boolean[]> => {
    // Of one worker nearly always: another identity comes only after a lost lease.
    const workers = new Map<string, Advance[]>()
    for (const advance of advances) {
      const same = workers.get(advance.worker)
      if (same) same.push(advance)
      else workers.set(advance.worker, [advance])
    }
    const isWritten = new Map<string, boolean>()
    for (const [worker, own] of workers) {
      const line = seq
      seq += own.length // at least as many as it can take rows
      for (const { id, move } of own) behind.set(id, { worker, seq: line, move })
      underway.add(line)
      try {
        isWritten.set(worker, await appendJournal(db, worker, line, own))
      } finally {
        underway.delete(line)
      }
    }
    trim(advances[0]!.worker) // a flush is never empty
    return advances.map(({ worker }) => isWritten.get(worker) ?? false)
  }

  const trim = (worker: string): void => {
    const now = performance.now()
    if (now - trimmedMs < trimEveryMs) return
    trimmedMs = now
    let oldest = Math.min(seq, ...underway)
    for (const [id, entry] of behind) {
      if (entry.worker === worker) oldest = Math.min(oldest, entry.seq)
      else behind.delete(id) // of an identity that is gone
    }
    if (oldest <= trimmedSeq) return
    trimmedSeq = oldest
    void trimJournal(db, worker, oldest).catch(() => {}) // the next one takes it along
  }

  // Seq of one process: two identities of it never share a row of the journal, since its key has the worker.
  const group = createGroupCommit({ flush, maxBatch: 500, lanes: 2 })
  return {
    /** False when the lease has run out: nothing was recorded. */
    append: group.add,
    /** The item's row says as much as that advance, or more. */
    settled: ({ id, move }: Pick<Advance, 'id' | 'move'>): void => {
      const entry = behind.get(id)
      if (entry !== undefined && entry.move <= move) behind.delete(id)
    },
    /** Carries over: `work` brings the rows of all items of this worker up to what is on record when it begins. */
    carryOver: async <T>(work: () => Promise<T>): Promise<T> => {
      const upTo = Math.min(seq, ...underway) // a line that is begun from now on has this number or a higher one
      const result = await work()
      for (const [id, entry] of behind) if (entry.seq < upTo) behind.delete(id)
      return result
    },
    idle: group.idle,
  }
}
