import type { Fault, SandboxEffect, SandboxInfo } from '#contracts/sandbox.ts'
import { errors } from './errors.ts'
import { awsError } from './sandbox/aws-error.ts'
import type { SandboxControl } from './sandbox/control.ts'
import type { SandboxTransport } from './sandbox/transport.ts'
import { errorFromWire, fromWire, toWire } from './sandbox/wire.ts'
import type { WireError } from './sandbox/wire.ts'

/** A little longer than the longest attempt, which gives up by itself. */
const timeoutMs = 35_000

/**
 * The sandbox that another process hosts (ORCHESTRATOR_SANDBOX_URL). `token` signs a short-lived internal token for each
 * request. A host that isn't there looks like an AWS endpoint that isn't there: the SDK tries again, then gives up.
 */
export const createSandboxClient = (options: {
  url: string
  token: () => Promise<string>
}): SandboxTransport & { control: SandboxControl } => {
  const request = async (method: string, path: string, body?: unknown): Promise<unknown> => {
    const response = await fetch(new URL(`/internal/sandbox/${path}`, options.url), {
      method,
      headers: {
        authorization: `Bearer ${await options.token()}`,
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      signal: AbortSignal.timeout(timeoutMs),
    })
    if (!response.ok) {
      const why = `The sandbox at ${options.url} answered ${response.status}. Is it the same version, with the same master key?`
      throw awsError('ServiceUnavailable', why, 503)
    }
    return response.json()
  }
  /** For callers who are no SDK. */
  const control = async <T>(method: string, path: string, body?: unknown): Promise<T> => {
    try {
      // What the host's typed routes answer.
      return (await request(method, path, body)) as T
    } catch (error) {
      throw errors.sandbox_unreachable(
        `The sandbox at ${options.url} does not answer. Does the process with the role "sandbox" run?`,
        {
          cause: error,
        },
      )
    }
  }

  return {
    handle: async (call) => {
      const answer = await request('POST', 'calls', { ...call, input: toWire(call.input) }).catch(asNetworkError)
      // What the host's route answers: one of the two.
      const { output, error } = answer as { output?: unknown; error?: WireError }
      if (error !== undefined) throw errorFromWire(error)
      return fromWire(output) as object
    },
    control: {
      listFaults: () => control<Fault[]>('GET', 'faults'),
      addFault: (draft) => control<Fault>('POST', 'faults', draft),
      removeFault: async (id) =>
        (await control<{ removed: boolean }>('DELETE', `faults?id=${encodeURIComponent(id)}`)).removed,
      clearFaults: async () => void (await control('DELETE', 'faults')),
      info: () => control<SandboxInfo>('GET', 'info'),
      effects: (resources) => control<SandboxEffect[]>('POST', 'effects', { resources: resources ?? null }),
    },
  }
}

/** `fetch` hides the network's code in its cause; the SDK and the classification look at the error itself. */
const asNetworkError = (error: unknown): never => {
  const code = ((error as { cause?: { code?: unknown } }).cause ?? {}).code
  // A host that hung up may have done what it was asked for: undici calls that UND_ERR_SOCKET.
  const known = code === 'UND_ERR_SOCKET' ? 'ECONNRESET' : code
  throw typeof known === 'string'
    ? Object.assign(new Error('the sandbox does not answer', { cause: error }), { code: known })
    : error
}
