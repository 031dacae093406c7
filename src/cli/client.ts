import { problemSchema } from '#contracts/problem.ts'
import { messageOf } from '#platform/app-error.ts'
import { CliError } from './cli-error.ts'
import { exitCodeOfStatus, exitCodes } from './exit-codes.ts'

export type Client = {
  get: <T>(path: string, query?: Record<string, string | undefined>) => Promise<T>
  /** The lines of an answer that may be longer than memory. A line that is cut off is an error. */
  lines: (path: string, query?: Record<string, string | undefined>) => AsyncGenerator<string>
  post: <T>(path: string, body?: unknown, headers?: Record<string, string>) => Promise<T>
  delete: (path: string) => Promise<void>
  /** The address of a WebSocket of the server. */
  socketUrl: (path: string, query: Record<string, string>) => string
}

/** A little longer than the longest answer: a read that waits for a first sync takes up to 10 s. */
const timeoutMs = 60_000

/** Talks to a running server by ORCHESTRATOR_URL and ORCHESTRATOR_TOKEN. Problems become errors that say what to do. */
export const createClient = (env: Record<string, string | undefined>, signal: AbortSignal): Client => {
  const server = env['ORCHESTRATOR_URL'] || 'http://127.0.0.1:8080'
  const token = env['ORCHESTRATOR_TOKEN']
  if (!URL.canParse(server))
    throw new CliError(`ORCHESTRATOR_URL is "${server}", which is not a URL.`, { exitCode: exitCodes.usage })

  const addressOf = (path: string, query: Record<string, string | undefined> = {}): URL => {
    const address = new URL(`${server.replace(/\/$/, '')}/api/v1${path}`)
    for (const [name, value] of Object.entries(query)) if (value !== undefined) address.searchParams.set(name, value)
    return address
  }

  const ask = async (
    method: string,
    address: URL,
    body: unknown,
    headers: Record<string, string>,
    until: AbortSignal,
  ): Promise<Response> => {
    if (token === undefined || token === '') {
      throw new CliError('ORCHESTRATOR_TOKEN is not set.', {
        exitCode: exitCodes.notSignedIn,
        hint: 'Make an API token in the console (your name, API tokens) and set ORCHESTRATOR_TOKEN to it.',
      })
    }
    return reach(server, () =>
      fetch(address, {
        method,
        headers: {
          authorization: `Bearer ${token}`,
          ...(body === undefined ? {} : { 'content-type': 'application/json' }),
          ...headers,
        },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
        signal: until,
      }),
    )
  }

  const send = async (
    method: string,
    address: URL,
    body?: unknown,
    headers: Record<string, string> = {},
  ): Promise<unknown> => {
    const until = AbortSignal.any([signal, AbortSignal.timeout(timeoutMs)])
    const response = await ask(method, address, body, headers, until)
    const text = await response.text()
    if (!response.ok) throw problemIn(response, text)
    return text === '' ? undefined : parseAnswer(text, server)
  }

  // The server's answers are what its OpenAPI document says; the caller names the type.
  return {
    get: async <T>(path: string, query?: Record<string, string | undefined>) =>
      (await send('GET', addressOf(path, query))) as T,
    lines: async function* (path, query) {
      const response = await ask('GET', addressOf(path, query), undefined, {}, signal)
      if (!response.ok || response.body === null) throw problemIn(response, await response.text())
      let rest = ''
      try {
        for await (const piece of response.body.pipeThrough(new TextDecoderStream())) {
          const lines = (rest + piece).split('\n')
          rest = lines.pop() ?? ''
          yield* lines
        }
      } catch (error) {
        throw new CliError('The connection was lost before the end: what was written is not all.', {
          exitCode: exitCodes.unavailable,
          hint: 'Try again.',
          cause: error,
        })
      }
      if (rest !== '') yield rest
    },
    post: async <T>(path: string, body?: unknown, headers?: Record<string, string>) =>
      (await send('POST', addressOf(path), body, headers)) as T,
    delete: async (path) => void (await send('DELETE', addressOf(path))),
    socketUrl: (path, query) => addressOf(path, query).href.replace(/^http/, 'ws'),
  }
}

const reach = async (server: string, call: () => Promise<Response>): Promise<Response> => {
  try {
    return await call()
  } catch (error) {
    const why = error instanceof Error && error.cause !== undefined ? messageOf(error.cause) : messageOf(error)
    throw new CliError(`The server at ${server} cannot be reached: ${why}.`, {
      exitCode: exitCodes.unavailable,
      hint: 'Start it with `orchestrator start`, or set ORCHESTRATOR_URL to where it runs.',
      cause: error,
    })
  }
}

const parseAnswer = (text: string, server: string): unknown => {
  try {
    return JSON.parse(text)
  } catch {
    throw new CliError(`What answers at ${server} is not this server: its answer is not JSON.`, {
      exitCode: exitCodes.unavailable,
      hint: 'Check ORCHESTRATOR_URL.',
    })
  }
}

const hints: Record<number, string> = {
  401: 'Check ORCHESTRATOR_TOKEN: the token may have expired or been revoked.',
  403: 'The token, or the user it belongs to, lacks the right. `orchestrator` can do no more than its token.',
  429: 'Wait a moment and try again.',
  503: 'Wait a moment and try again.',
}

const problemIn = (response: Response, text: string): CliError => {
  const { status } = response
  const problem = problemSchema.safeParse(jsonOrNothing(text))
  if (!problem.success)
    return new CliError(`The server answered ${status} ${response.statusText}.`, {
      exitCode: exitCodeOfStatus(status),
      hint: hints[status],
    })
  const { detail, code, errors = [], requestId } = problem.data
  const fields = errors.length > 1 ? errors.map(({ path, message }) => `\n  ${path}: ${message}`).join('') : ''
  return new CliError(`${detail}${fields}`, {
    exitCode: exitCodeOfStatus(status),
    code,
    hint: hints[status] ?? (status >= 500 ? `The server's log has the details under request ${requestId}.` : undefined),
  })
}

const jsonOrNothing = (text: string): unknown => {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
