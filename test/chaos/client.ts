import { setTimeout as sleep } from 'node:timers/promises'
import type { Answer } from '../support/client.ts'
import { signIn } from '../support/client.ts'
import type { Client } from '../support/client.ts'
import type { Record } from './findings.ts'

const attemptSeconds = 60
/** Long, for a machine on which the processes take a minute to start; what has to be over sooner is held to it elsewhere. */
const longestSeconds = 1200

export type Stubborn = {
  /** The answer that is no "try again": a success, or a refusal for what was asked (4xx). */
  request: <Body = any>(method: string, path: string, body?: unknown, headers?: object) => Promise<Answer<Body>>
  /** The body of an answer that must be a success. */
  ok: <Body = any>(method: string, path: string, body?: unknown, headers?: object) => Promise<Body>
  live: Client['live']
  /** What was answered or happened besides an answer, and how often. */
  refusals: Map<string, number>
}

/**
 * A program that uses the API as a careful one does: what is not answered, or answered with "try again", is sent again. It
 * signs in again when its token is over.
 */
export const createStubborn = (options: {
  url: string
  password: string
  record: Record
  linesAbout: (requestId: string) => string
}): Stubborn => {
  const { url, password, record, linesAbout } = options
  const refusals = new Map<string, number>()
  let signedIn: Promise<string> | undefined

  const count = (what: string): void => void refusals.set(what, (refusals.get(what) ?? 0) + 1)

  const token = (): Promise<string> =>
    (signedIn ??= tokenOf(url, password).catch((error: unknown) => {
      signedIn = undefined
      throw error
    }))

  const attempt = async (method: string, path: string, body: unknown, headers: object): Promise<Answer> => {
    const bearer = await token()
    const response = await fetch(`${url}/api/v1${path}`, {
      method,
      headers: {
        authorization: `Bearer ${bearer}`,
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        ...headers,
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      signal: AbortSignal.timeout(attemptSeconds * 1000),
    })
    const text = await response.text()
    return { status: response.status, headers: response.headers, body: text === '' ? null : JSON.parse(text) }
  }

  const request: Stubborn['request'] = async (method, path, body, headers = {}) => {
    const until = performance.now() + longestSeconds * 1000
    for (let tries = 0; ; tries++) {
      let why: string
      try {
        const answer = await attempt(method, path, body, headers)
        if (answer.status < 500 && answer.status !== 429 && answer.status !== 401) return answer
        if (answer.status === 401) signedIn = undefined
        why = `${answer.status} ${answer.body?.code}`
        // Whoever is told this can do nothing about it, and nor can the one who reads the log.
        if (answer.status === 500) {
          await sleep(200) // its log line may come after the answer
          record.find(`${method} ${path} gave 500:\n${linesAbout(answer.body?.requestId)}`)
        }
      } catch (error) {
        why = (error as { cause?: { code?: string } }).cause?.code ?? (error as Error).name
      }
      count(why)
      if (performance.now() > until) throw new Error(`${method} ${path}: no answer in ${longestSeconds} s, last ${why}`)
      await sleep(Math.min(1000, 50 * 2 ** tries))
    }
  }

  return {
    request,
    refusals,
    ok: async (method, path, body, headers) => {
      const answer = await request(method, path, body, headers)
      if (answer.status < 300) return answer.body
      throw new Error(`${method} ${path} gave ${answer.status}: ${JSON.stringify(answer.body)}`)
    },
    live: async (topics, since) => {
      try {
        return await (await signIn(url, 'admin@localhost', password)).live(topics, since)
      } catch (error) {
        await sleep(200) // the gateway is away
        throw error
      }
    },
  }
}

const tokenOf = async (url: string, password: string): Promise<string> => {
  const response = await fetch(`${url}/api/v1/auth/login`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ email: 'admin@localhost', password }),
    signal: AbortSignal.timeout(attemptSeconds * 1000),
  })
  if (!response.ok) throw new Error(`sign-in: ${response.status}`)
  return ((await response.json()) as { accessToken: string }).accessToken // our own server, held by its tests to this shape
}
