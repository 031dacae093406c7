import type { Principal } from '#contracts/principal.ts'
import type { Database } from '#platform/db/database.ts'
import { uuidv7 } from '#platform/ids.ts'
import { actorOf, appendAudit } from '../audit.ts'
import type { Crypto } from '../crypto.ts'
import { errors } from '../errors.ts'
import { findById } from '../users/store.ts'
import type { UserRow } from '../users/store.ts'
import type { AccessTokens } from './access-token.ts'
import { readRefreshToken, refreshTokenFor } from './refresh-token.ts'
import type { Revocations } from './revocations.ts'
import * as store from './session-store.ts'

export const sessionSeconds = 30 * 24 * 3600
const idleSeconds = 7 * 24 * 3600
/** Two tabs of one browser may present the same cookie within this time. */
const raceSeconds = 10

/** Where a request comes from, as far as sessions care. */
export type Origin = { ip: string; userAgent: string | null; isSameOriginPage: boolean; requestId: string }
export type OpenSession = { user: UserRow; accessToken: string; refreshToken: string; cookieSeconds: number }

export type Sessions = ReturnType<typeof createSessions>

const signInAgain = 'Sign in again.'

/**
 * Sessions and the rotation of their refresh tokens. Each refresh moves the session to its next generation. A token of an
 * older generation is a copy in other hands, so the session is ended for everyone - unless it is plainly a race:
 * - the request began while its generation was still current (two refreshes overlapped), or
 * - it is the generation just before, at most 10 s later, from a page of ours in the same browser at the same address
 *   (`Sec-Fetch-Site`, which scripts can't set): a second tab whose request left before the first tab's answer came.
 * A race is answered with the current token again, not with a further one: the family stays one line, so of a thief and a
 * victim who both hold it, the second to come back later is noticed.
 */
export const createSessions = (deps: {
  db: Database
  crypto: Crypto
  accessTokens: AccessTokens
  revocations: Revocations
}) => {
  const { db, crypto, accessTokens, revocations } = deps

  const opened = async (session: store.SessionRow, user: UserRow): Promise<OpenSession> => ({
    user,
    accessToken: await accessTokens.sign(principalOf(session, user)),
    refreshToken: refreshTokenFor(crypto, session.id, session.generation),
    cookieSeconds: Math.min(
      idleSeconds,
      Math.max(0, Math.floor((session.expires_at.getTime() - session.rotated_at.getTime()) / 1000)),
    ),
  })

  return {
    /** Opens a session in the transaction of the sign-in, which holds the user's lock. */
    open: (tx: Pick<Database, 'query'>, userId: string, origin: Origin): Promise<store.SessionRow> =>
      store.insertSession(tx, {
        id: uuidv7(),
        userId,
        lifetimeSeconds: sessionSeconds,
        idleSeconds,
        ip: origin.ip,
        userAgent: origin.userAgent,
      }),
    opened,

    /** @throws `invalid_refresh` */
    refresh: async (token: string, origin: Origin): Promise<OpenSession> => {
      const read = readRefreshToken(crypto, token)
      if (read === undefined) throw errors.invalid_refresh(`The refresh cookie is not one of ours. ${signInAgain}`)
      const onArrival = await store.findSession(db, read.sessionId)
      const outcome = await db.transaction(async (tx) => {
        const session = await store.lockSession(tx, read.sessionId)
        const user = session && (await findById(tx, session.user_id))
        if (!session || session.revoked_at || session.is_over || !user || user.disabled_at)
          return { kind: 'over' } as const
        if (read.generation === session.generation) {
          return { kind: 'open', session: await store.rotateSession(tx, session.id, idleSeconds), user } as const
        }
        const overlapped = onArrival?.generation === read.generation
        const isSecondTab =
          read.generation === session.generation - 1 &&
          session.rotated_seconds_ago <= raceSeconds &&
          origin.isSameOriginPage &&
          origin.ip === session.ip &&
          origin.userAgent === session.user_agent
        if (overlapped || isSecondTab) return { kind: 'open', session, user } as const
        await store.revokeSession(tx, session.id, session.user_id, 'a used refresh token came back')
        await appendAudit(tx, [
          {
            actor: { id: user.id, email: user.email, via: 'session', credentialId: session.id },
            action: 'auth.refresh_reuse',
            subject: { type: 'Session', id: session.id },
            outcome: 'denied',
            requestId: origin.requestId,
            details: {
              generation: read.generation,
              current: session.generation,
              ip: origin.ip,
              userAgent: origin.userAgent,
            },
          },
        ])
        tx.afterCommit(() => revocations.announce([session.id]))
        return { kind: 'reused' } as const
      })
      if (outcome.kind === 'open') return opened(outcome.session, outcome.user)
      if (outcome.kind === 'over') throw errors.invalid_refresh(`The session is over. ${signInAgain}`)
      throw errors.invalid_refresh(
        `This refresh cookie was used before, so the session was ended for safety. ${signInAgain}`,
      )
    },

    /** Ends the session that a refresh token belongs to, if any. */
    endByToken: async (token: string, requestId: string): Promise<void> => {
      const read = readRefreshToken(crypto, token)
      const session = read && (await store.findSession(db, read.sessionId))
      const user = session && (await findById(db, session.user_id))
      if (!session || !user) return
      await endOne(principalOf(session, user), session.id, requestId, 'auth.sign_out')
    },

    end: async (principal: Principal, sessionId: string, requestId: string): Promise<void> => {
      if (await endOne(principal, sessionId, requestId, 'auth.sign_out')) return
      throw errors.session_not_found(`You have no session "${sessionId}".`)
    },

    endOthers: (principal: Principal, requestId: string): Promise<number> =>
      db.transaction(async (tx) => {
        const ids = await store.revokeSessionsOf(tx, principal.userId, 'ended by its user', principal.credentialId)
        await appendAudit(tx, [
          {
            actor: actorOf(principal),
            action: 'auth.sign_out_others',
            subject: { type: 'User', id: principal.userId },
            outcome: 'succeeded',
            requestId,
            details: { sessions: ids.length },
          },
        ])
        tx.afterCommit(() => revocations.announce(ids))
        return ids.length
      }),

    list: (userId: string): Promise<store.SessionRow[]> => store.listSessions(db, userId),
  }

  async function endOne(principal: Principal, sessionId: string, requestId: string, action: string): Promise<boolean> {
    return db.transaction(async (tx) => {
      if (!(await store.revokeSession(tx, sessionId, principal.userId, 'signed out'))) return false
      await appendAudit(tx, [
        {
          actor: actorOf(principal),
          action,
          subject: { type: 'Session', id: sessionId },
          outcome: 'succeeded',
          requestId,
        },
      ])
      tx.afterCommit(() => revocations.announce([sessionId]))
      return true
    })
  }
}

const principalOf = (session: store.SessionRow, user: UserRow): Principal => ({
  userId: user.id,
  email: user.email,
  roles: user.roles,
  via: 'session',
  credentialId: session.id,
  scopes: null,
})
