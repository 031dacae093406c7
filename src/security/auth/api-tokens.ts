import { createHash, randomBytes } from 'node:crypto'
import type { ApiToken, NewToken } from '#contracts/auth.ts'
import { principalSchema } from '#contracts/principal.ts'
import type { Principal } from '#contracts/principal.ts'
import type { Action } from '#contracts/role.ts'
import type { Clock } from '#platform/clock.ts'
import type { Database } from '#platform/db/database.ts'
import { uuidv7 } from '#platform/ids.ts'
import { actorOf, appendAudit } from '../audit.ts'
import { createBoundedCache } from '#platform/bounded-cache.ts'
import { errors } from '../errors.ts'
import * as store from './api-token-store.ts'
import type { Revocations } from './revocations.ts'

export const apiTokenPrefix = 'orc_'
const cachedTokens = 10_000
/** How long a token's user and roles are believed. Changes of either revoke the token, which is known at once. */
const believedMs = 60_000
const touchEveryMs = 60_000
const mostTokensPerUser = 100

export type ApiTokens = {
  verify: (token: string) => Promise<Principal | undefined>
  create: (principal: Principal, request: NewToken, requestId: string) => Promise<ApiToken & { token: string }>
  list: (userId: string) => Promise<ApiToken[]>
  revoke: (principal: Principal, id: string, requestId: string) => Promise<void>
}

/** API tokens for programs: 256 random bits, shown once, kept as a hash, always with an end, never wider than their user. */
export const createApiTokens = (deps: { db: Database; clock: Clock; revocations: Revocations }): ApiTokens => {
  const { db, clock, revocations } = deps
  const verified = createBoundedCache<{ principal: Principal; untilMs: number; touchedMs: number }>(cachedTokens)

  const lookUp = async (hash: Buffer): Promise<{ principal: Principal; expiresAtMs: number } | undefined> => {
    const row = await store.findLiveToken(db, hash)
    if (row === undefined) return undefined
    const principal = principalSchema.parse({
      userId: row.user_id,
      email: row.email,
      roles: row.roles,
      via: 'token',
      credentialId: row.id,
      scopes: row.scopes,
    })
    return { principal, expiresAtMs: row.expires_at.getTime() }
  }

  return {
    verify: async (token) => {
      const hash = hashOf(token)
      const key = hash.toString('base64')
      const nowMs = clock.now().getTime()
      let entry = verified.get(key)
      if (entry === undefined || entry.untilMs <= nowMs) {
        const found = await lookUp(hash)
        if (found === undefined) return undefined
        const touchedMs = entry?.touchedMs ?? 0
        entry = { principal: found.principal, untilMs: Math.min(found.expiresAtMs, nowMs + believedMs), touchedMs }
        verified.set(key, entry)
      }
      if (nowMs - entry.touchedMs >= touchEveryMs) {
        entry.touchedMs = nowMs
        // Only for people to see; a request must not wait for it or fail by it.
        void store.touchToken(db, hash).catch(() => {})
      }
      return entry.principal
    },

    create: async (principal, request, requestId) => {
      const token = apiTokenPrefix + randomBytes(32).toString('base64url')
      const row = await db.transaction(async (tx) => {
        await store.lockUser(tx, principal.userId)
        if ((await store.countTokens(tx, principal.userId)) >= mostTokensPerUser) {
          throw errors.too_many_tokens(
            `You have ${mostTokensPerUser} API tokens already. Revoke one that is not used any more.`,
          )
        }
        const id = uuidv7()
        const created = await store.insertToken(tx, { id, userId: principal.userId, hash: hashOf(token), ...request })
        if (created === undefined) throw errors.unauthenticated('Your account was disabled meanwhile.')
        await appendAudit(tx, [
          {
            actor: actorOf(principal),
            action: 'token.create',
            subject: { type: 'Token', id },
            outcome: 'succeeded',
            requestId,
            details: { name: request.name, scopes: request.scopes, expiresAt: created.expires_at },
          },
        ])
        return created
      })
      return { ...tokenOf(row), token }
    },

    list: async (userId) => (await store.listTokens(db, userId)).map(tokenOf),

    revoke: async (principal, id, requestId) => {
      await db.transaction(async (tx) => {
        if (!(await store.revokeToken(tx, { id, userId: principal.userId, reason: 'revoked by its user' }))) {
          throw errors.token_not_found(`You have no API token "${id}".`)
        }
        await appendAudit(tx, [
          {
            actor: actorOf(principal),
            action: 'token.revoke',
            subject: { type: 'Token', id },
            outcome: 'succeeded',
            requestId,
          },
        ])
        tx.afterCommit(() => revocations.announce([id]))
      })
    },
  }
}

const hashOf = (token: string): Buffer => createHash('sha256').update(token).digest()

const tokenOf = (row: store.TokenRow): ApiToken => ({
  id: row.id,
  name: row.name,
  scopes: row.scopes as Action[] | null, // only actions are ever stored
  createdAt: row.created_at.toISOString(),
  expiresAt: row.expires_at.toISOString(),
  lastUsedAt: row.last_used_at?.toISOString() ?? null,
})
