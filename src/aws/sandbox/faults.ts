import { randomUUID } from 'node:crypto'
import type { Clock } from '#platform/clock.ts'
import type { Fault, FaultDraft } from '#contracts/sandbox.ts'
import { awsError, networkError } from './aws-error.ts'
import { refusal } from './buckets.ts'
import { fraction } from './estate/random.ts'
import { refusalCodes } from './refusal-codes.ts'
import type { SandboxCall } from './transport.ts'

/** Longer than any attempt may take: who waits for an answer that never comes gives up by then. */
const foreverMs = 60_000

/** What takes machines out of AWS's stock. */
const needsCapacity: ReadonlySet<string> = new Set(['StartInstances', 'RunInstances'])

export type Faults = {
  list: () => Fault[]
  add: (draft: FaultDraft) => Fault
  /** Whether there was one. */
  remove: (id: string) => boolean
  clear: () => void
  /** Delays, or throws what the call fails with before it has any effect. */
  before: (call: SandboxCall) => Promise<void>
  /** How far behind, in milliseconds, the world is that a read sees; 0 for a call that no such fault hits. */
  lagOf: (call: SandboxCall) => number
  /** Hides the answer of a call that has taken effect. */
  after: (call: SandboxCall) => Promise<void>
  /** Ends all delays. */
  close: () => void
}

/** Faults on demand. They live in memory: a restart of the sandbox clears them. */
export const createFaults = (clock: Clock): Faults => {
  const faults = new Map<string, Fault>()
  /** Calls that a fault could have hit; its probability decides for each of them. */
  const draws = new Map<string, number>()
  const closing = new AbortController()

  /** The first fault of these kinds that hits the call, counted as a hit. */
  const hit = (call: SandboxCall, kinds: readonly Fault['kind'][]): Fault | undefined => {
    for (const fault of faults.values()) {
      if (!kinds.includes(fault.kind) || !matches(fault, call)) continue
      // Evenly spread and repeatable: the same sequence of calls meets the same faults.
      const draw = (draws.get(fault.id) ?? 0) + 1
      draws.set(fault.id, draw)
      if (fault.probability < 1 && fraction(draw) >= fault.probability) continue
      fault.hits++
      if (fault.times !== undefined && --fault.times <= 0) faults.delete(fault.id)
      return fault
    }
    return undefined
  }

  return {
    list: () => [...faults.values()].map((fault) => ({ ...fault })),
    add: (draft) => {
      const fault: Fault = { ...draft, id: randomUUID(), hits: 0 }
      faults.set(fault.id, fault)
      return { ...fault }
    },
    remove: (id) => faults.delete(id),
    clear: () => {
      faults.clear()
      draws.clear()
    },
    before: async (call) => {
      const slow = hit(call, ['latency'])
      if (slow !== undefined) await clock.sleep(slow.milliseconds ?? 1000, closing.signal)
      const fault = hit(call, [
        'region-down',
        'expired-credentials',
        'access-denied',
        'throttle',
        'server-error',
        ...(needsCapacity.has(call.action) ? (['insufficient-capacity'] as const) : []),
      ])
      if (fault !== undefined) throw errorOf(fault.kind, call)
    },
    lagOf: (call) => {
      if (!isRead(call.action)) return 0
      const fault = hit(call, ['eventual-consistency'])
      return fault === undefined ? 0 : (fault.milliseconds ?? 5_000)
    },
    after: async (call) => {
      const fault = hit(call, ['timeout-after-effect', 'connection-lost-after-effect'])
      if (fault === undefined) return
      if (fault.kind === 'timeout-after-effect') await clock.sleep(foreverMs, closing.signal)
      throw networkError('ECONNRESET', 'socket hang up')
    },
    close: () => closing.abort(),
  }
}

const isRead = (action: string): boolean => /^(Describe|List|Get|Filter|Head|Search)/.test(action)

const matches = (fault: Fault, call: SandboxCall): boolean =>
  (fault.account === undefined || fault.account === call.account) &&
  (fault.region === undefined || fault.region === call.region) &&
  (fault.service === undefined || fault.service === call.service) &&
  (fault.action === undefined || fault.action === call.action) &&
  (fault.resource === undefined || JSON.stringify(call.input).includes(`"${fault.resource}"`))

const errorOf = (kind: Fault['kind'], call: SandboxCall): Error => {
  switch (kind) {
    case 'region-down':
      return networkError('ECONNREFUSED', `connect ECONNREFUSED ${call.service}.${call.region}.amazonaws.com:443`)
    case 'expired-credentials':
      return call.service === 'ec2'
        ? awsError('RequestExpired', 'Request has expired.', 400)
        : awsError(refusalCodes(call.service).expired, 'The security token included in the request is expired', 403)
    case 'access-denied':
      return call.service === 'ec2'
        ? awsError('UnauthorizedOperation', 'You are not authorized to perform this operation.', 403)
        : awsError(
            refusalCodes(call.service).denied,
            `User is not authorized to perform: ${call.service}:${call.action}`,
            403,
          )
    case 'throttle':
      return refusal(call.service)
    case 'insufficient-capacity':
      return awsError(
        'InsufficientInstanceCapacity',
        'Insufficient capacity in the Availability Zone you requested. Our system will be working on provisioning additional capacity.',
        500,
      )
    default:
      return awsError('InternalError', 'An internal error has occurred', 500)
  }
}
