import { describe, expect, it, vi } from 'vitest'
import { createSession } from './session.ts'
import type { User } from '#contracts/user.ts'
import type { Credentials, SessionState } from './session.ts'

const at = '2026-01-01T00:00:00.000Z'
const user: User = {
  id: 'u1',
  email: 'ada@example.com',
  roles: ['operator'],
  status: 'active',
  createdAt: at,
  updatedAt: at,
  lastSignInAt: at,
}
const credentials = (accessToken: string): Credentials => ({ accessToken, expiresInSeconds: 600, user })

const make = (refresh: () => Promise<Credentials | null>) => {
  const clock = { now: 0 }
  const states: SessionState[] = []
  const session = createSession({
    refresh,
    exclusively: (work) => work(),
    now: () => clock.now,
    onChange: (state) => states.push(state),
  })
  return { session, clock, states }
}

describe('the session', () => {
  it('renews once for all requests that run into the same expired token', async () => {
    let answer: (value: Credentials) => void = () => {}
    const refresh = vi.fn(() => new Promise<Credentials>((resolve) => (answer = resolve)))
    const { session } = make(refresh)
    session.begin(credentials('old'))
    const renewals = [session.renew('old'), session.renew('old'), session.renew('old')]
    answer(credentials('new'))
    expect(await Promise.all(renewals)).toEqual(['new', 'new', 'new'])
    expect(refresh).toHaveBeenCalledTimes(1)
  })

  it('does not renew again for a request that was sent with the token before the last', async () => {
    const refresh = vi.fn(async () => credentials('new'))
    const { session } = make(refresh)
    session.begin(credentials('old'))
    await session.renew('old')
    expect(await session.renew('old')).toBe('new')
    expect(refresh).toHaveBeenCalledTimes(1)
  })

  it('renews ahead of the end, not before', async () => {
    const refresh = vi.fn(async () => credentials('new'))
    const { session, clock } = make(refresh)
    session.begin(credentials('old'))
    clock.now = 579_000
    expect(await session.token()).toBe('old')
    clock.now = 581_000
    expect(await session.token()).toBe('new')
  })

  it('ends when the server refuses, and stays when it only can’t be reached', async () => {
    const refused = make(async () => null)
    refused.session.begin(credentials('old'))
    expect(await refused.session.renew('old')).toBeNull()
    expect(refused.states.at(-1)).toEqual({ status: 'signed-out' })

    const offline = make(() => Promise.reject(new TypeError('Failed to fetch')))
    offline.session.begin(credentials('old'))
    expect(await offline.session.renew('old')).toBe('old')
    expect(offline.states.at(-1)).toEqual({ status: 'signed-in', user })
  })

  it('holds requests back until a renewal that is under way has told', async () => {
    let answer: (value: Credentials) => void = () => {}
    const { session } = make(() => new Promise<Credentials>((resolve) => (answer = resolve)))
    void session.renew()
    const token = session.token()
    answer(credentials('first'))
    expect(await token).toBe('first')
  })
})
