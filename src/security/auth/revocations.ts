import type { Clock } from '#platform/clock.ts'
import type { Sql } from '#platform/db/database.ts'
import type { Listener } from '#platform/db/listen.ts'
import type { Notifier } from '#platform/events/notifier.ts'
import type { Log } from '#platform/log.ts'
import { messageOf } from '#platform/app-error.ts'
import { errors } from '../errors.ts'

const channel = 'revocations'
/** Longer than an access token lives: afterwards it is refused for its age, and API tokens are looked up again. */
const rememberedMs = 20 * 60_000
const pollMs = 2_000
/** Transactions that revoke are short; one that commits later than this after its timestamp would be missed. */
const overlapMs = 60_000
/** Without a look at the database for this long nobody is let in: a revoked token must not outlive an outage. */
const staleMs = 30_000
const idsPerNotification = 100

export type Revocations = {
  isRevoked: (credentialId: string) => boolean
  /** Tells this process at once and all others by notification. Call it after the commit that revoked them. */
  announce: (credentialIds: readonly string[]) => void
  onRevoked: (callback: (credentialId: string) => void) => () => void
  /** @throws `revocations_stale` when the database could not be asked for too long. */
  assertFresh: () => void
  /** Looks at the database once. */
  read: () => Promise<void>
  /** Looks once, then listens and polls. */
  start: () => Promise<void>
  stop: () => Promise<void>
}

/**
 * Which credentials ended early, known in every process without asking the database per request. A revocation is in
 * force at once in the process that made it, within milliseconds in the others (NOTIFY), within 2 s when the notification
 * was lost (poll), and after 30 s without an answer from the database nobody is let in.
 */
export const createRevocations = (deps: {
  db: Sql
  clock: Clock
  log: Log
  notifier?: Notifier | undefined
  listener?: Listener | undefined
}): Revocations => {
  const { db, clock, log, notifier, listener } = deps
  const forgetAt = new Map<string, number>()
  const callbacks = new Set<(credentialId: string) => void>()
  const stopping = new AbortController()
  let checkedAtMs: number | undefined
  let since: Date | undefined
  let loop: Promise<void> | undefined

  const add = (credentialId: string): void => {
    if (forgetAt.has(credentialId)) return
    forgetAt.set(credentialId, clock.monotonicMs() + rememberedMs)
    for (const callback of callbacks) callback(credentialId)
  }

  const look = async (): Promise<void> => {
    const startedMs = clock.monotonicMs()
    const rows = await readRevoked(db, since, rememberedMs)
    for (const id of rows.ids) add(id)
    since = new Date(rows.now.getTime() - overlapMs)
    checkedAtMs = startedMs
    for (const [id, atMs] of forgetAt) if (atMs < startedMs) forgetAt.delete(id)
  }

  const poll = async (): Promise<void> => {
    for (;;) {
      await clock.sleep(pollMs, stopping.signal)
      if (stopping.signal.aborted) return
      await look().catch((error: unknown) => log.warn({ err: error }, `revocations not read: ${messageOf(error)}`))
    }
  }

  return {
    isRevoked: (credentialId) => forgetAt.has(credentialId),
    announce: (credentialIds) => {
      for (const id of credentialIds) add(id)
      for (let from = 0; from < credentialIds.length; from += idsPerNotification) {
        notifier?.nudge(channel, credentialIds.slice(from, from + idsPerNotification).join())
      }
    },
    onRevoked: (callback) => {
      callbacks.add(callback)
      return () => void callbacks.delete(callback)
    },
    assertFresh: () => {
      if (checkedAtMs !== undefined && clock.monotonicMs() - checkedAtMs <= staleMs) return
      throw errors.revocations_stale(
        'Whether this sign-in is still valid can not be checked: the database does not answer.',
      )
    },
    read: look,
    start: async () => {
      listener?.on(channel, (payload) => payload.split(',').forEach(add))
      await look()
      loop = poll()
    },
    stop: async () => {
      stopping.abort()
      await loop
    },
  }
}

const readRevoked = async (
  db: Sql,
  since: Date | undefined,
  windowMs: number,
): Promise<{ ids: string[]; now: Date }> => {
  const [row] = await db.query<{ ids: string[]; now: Date }>({
    name: 'revocations.read',
    text: `select now() as now, array(
        select id::text from sessions where revoked_at >= since.at
        union all select id::text from api_tokens where revoked_at >= since.at) as ids
      from (select coalesce($1::timestamptz, now() - $2 * interval '1 millisecond') as at) as since`,
    values: [since ?? null, windowMs],
  })
  return row ?? { ids: [], now: new Date() }
}
