import { timingSafeEqual } from 'node:crypto'
import { isUuid } from '#platform/ids.ts'
import type { Crypto } from '../crypto.ts'

/**
 * A refresh token names a session and a generation of it and proves both by a MAC: `<session>.<generation>.<mac>`. Every
 * generation can be recognised as having been ours without storing any, whoever reads the database can make none, and the
 * current one can be given out a second time.
 */
export const refreshTokenFor = (crypto: Crypto, sessionId: string, generation: number): string => {
  const body = `${sessionId}.${generation}`
  return `${body}.${crypto.mac('refresh token', body).toString('base64url')}`
}

/** The session and generation of a token that we made; undefined for anything else. */
export const readRefreshToken = (
  crypto: Crypto,
  token: string,
): { sessionId: string; generation: number } | undefined => {
  const [, sessionId, generation] = /^([0-9a-f-]{36})\.(\d{1,9})\.[A-Za-z0-9_-]{43}$/.exec(token) ?? []
  if (sessionId === undefined || !isUuid(sessionId)) return undefined
  const expected = Buffer.from(refreshTokenFor(crypto, sessionId, Number(generation)))
  const given = Buffer.from(token)
  if (expected.length !== given.length || !timingSafeEqual(expected, given)) return undefined
  return { sessionId, generation: Number(generation) }
}
