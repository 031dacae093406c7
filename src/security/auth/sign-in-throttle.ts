import type { Clock } from '#platform/clock.ts'
import type { Database, Sql } from '#platform/db/database.ts'
import { createBoundedCache } from '#platform/bounded-cache.ts'
import type { Crypto } from '../crypto.ts'
import { errors } from '../errors.ts'

/** Typing errors that cost nothing, for one account from one address. */
const freeAttempts = 5
/** Failures from one address, whatever the account, within the window (an office behind one address shares this). */
const attemptsPerAddress = 50
/** Failures of one account from anywhere, counted in the database: guesses spread over addresses and gateways. */
const attemptsPerAccount = 20
const windowMs = 15 * 60_000
const longestWaitSeconds = 900
const remembered = 20_000

type Failures = { count: number; lastAtMs: number }

export type SignInThrottle = {
  /** @throws `sign_in_throttled` with the seconds to wait. */
  assertOpen: (email: string, ip: string) => Promise<void>
  failed: (email: string, ip: string) => Promise<void>
  succeeded: (email: string, ip: string) => Promise<void>
  purge: () => Promise<void>
}

/**
 * Slows guessing down. Per account and address the wait doubles from one second after five failures. An account that is
 * attacked from many addresses is closed for a minute at a time, but not for addresses from which its user was signed in
 * lately: a stranger must not be able to lock its user out. Unknown accounts are treated alike.
 */
export const createSignInThrottle = (deps: { db: Database; crypto: Crypto; clock: Clock }): SignInThrottle => {
  const { db, crypto, clock } = deps
  const failures = createBoundedCache<Failures>(remembered)
  const keyOf = (email: string): Buffer => crypto.mac('sign-in failures', email)

  const recent = (key: string): Failures => {
    const known = failures.get(key)
    return known && clock.monotonicMs() - known.lastAtMs < windowMs ? known : { count: 0, lastAtMs: 0 }
  }
  const count = (key: string): void =>
    failures.set(key, { count: recent(key).count + 1, lastAtMs: clock.monotonicMs() })
  const waitSeconds = ({ count: failed, lastAtMs }: Failures, free: number): number => {
    if (failed < free) return 0
    const untilMs = lastAtMs + Math.min(2 ** (failed - free), longestWaitSeconds) * 1000
    return Math.ceil((untilMs - clock.monotonicMs()) / 1000)
  }

  return {
    assertOpen: async (email, ip) => {
      const here = Math.max(
        waitSeconds(recent(`${email} ${ip}`), freeAttempts),
        waitSeconds(recent(ip), attemptsPerAddress),
      )
      const seconds = here > 0 ? here : await lockedSeconds(db, keyOf(email), email, ip)
      if (seconds > 0) {
        throw errors.sign_in_throttled(`Too many failed sign-ins. Try again in ${seconds} s.`, {
          retryAfterSeconds: seconds,
        })
      }
    },
    failed: async (email, ip) => {
      count(`${email} ${ip}`)
      count(ip)
      await countFailure(db, keyOf(email), attemptsPerAccount)
    },
    succeeded: async (email, ip) => {
      failures.delete(`${email} ${ip}`)
      await db.query({
        name: 'failures.clear',
        text: 'delete from sign_in_failures where email_hash = $1',
        values: [keyOf(email)],
      })
    },
    purge: async () => {
      await db.query({ text: `delete from sign_in_failures where last_failure_at < now() - interval '1 day'` })
    },
  }
}

const lockedSeconds = async (sql: Sql, emailHash: Buffer, email: string, ip: string): Promise<number> => {
  const [row] = await sql.query<{ seconds: number }>({
    name: 'failures.locked',
    text: `select ceil(extract(epoch from f.locked_until - now()))::int as seconds from sign_in_failures f
      where f.email_hash = $1 and f.locked_until > now() and not exists (
        select 1 from sessions s join users u on u.id = s.user_id
        where u.email = $2 and u.deleted_at is null and s.ip = $3 and s.created_at > now() - interval '30 days')`,
    values: [emailHash, email, ip],
  })
  return row?.seconds ?? 0
}

const countFailure = (sql: Sql, emailHash: Buffer, limit: number): Promise<unknown> =>
  sql.query({
    name: 'failures.count',
    text: `insert into sign_in_failures as f (email_hash, failures, last_failure_at) values ($1, 1, now())
      on conflict (email_hash) do update set
        failures = case when f.last_failure_at < now() - interval '1 hour' then 1 else f.failures + 1 end,
        last_failure_at = now(),
        locked_until = case when f.failures + 1 >= $2 and f.last_failure_at >= now() - interval '1 hour'
          then now() + interval '1 minute' end`,
    values: [emailHash, limit],
  })
