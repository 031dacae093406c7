import { createHash, randomUUID } from 'node:crypto'
import { join } from 'node:path'
import type { Clock } from '#platform/clock.ts'
import type { Log } from '#platform/log.ts'
import type { SandboxEffect } from '#contracts/sandbox.ts'
import { awsError } from './sandbox/aws-error.ts'
import { createBuckets } from './sandbox/buckets.ts'
import type { SandboxControl } from './sandbox/control.ts'
import { createEstate } from './sandbox/estate/estate.ts'
import { createFaults } from './sandbox/faults.ts'
import { handlers } from './sandbox/handlers/table.ts'
import { openStore } from './sandbox/store/store.ts'
import type { SandboxCall, SandboxTransport } from './sandbox/transport.ts'
import { createWorld, emptyPartition } from './sandbox/world.ts'
import type { World } from './sandbox/world.ts'

const dayMs = 86_400_000

/** The simulated AWS: answers calls of the SDK, and takes faults. One process hosts it. */
export type SandboxHost = SandboxTransport & { control: SandboxControl; close: () => Promise<void> }

export type SandboxHostOptions = {
  dataDir: string
  /** Everything about the estate follows from these two; each pair has a state of its own. */
  seed: string | number
  /** Resources in the estate. */
  size: number
  /** How many times as fast as the wall its clock and its token buckets run. */
  speed: number
  clock: Clock
  log: Log
}

/**
 * Opens the sandbox. Its state lies in `<dataDir>/sandbox/`, one file for each estate: with another seed or size it begins
 * a new one, and the old one is there again when they are set back. Throws `sandbox_in_use` while another process holds it.
 */
export const createSandboxHost = (options: SandboxHostOptions): SandboxHost => {
  const { clock, log, size, speed } = options
  const seed = String(options.seed)
  const store = openStore(join(options.dataDir, 'sandbox', `${fileName(seed, size)}.sqlite`))
  const world = createWorld(createEstate({ seed, size }), store, speed, () => clock.now().getTime())
  const takeTokens = createBuckets(clock, speed)
  const faults = createFaults(clock)
  log.info({ seed, size, speed }, 'sandbox is open')

  const handle = async (call: SandboxCall): Promise<object> => {
    await faults.before(call)
    takeTokens(call)
    const handler = handlers[call.service]?.[call.action]
    if (handler === undefined) {
      throw awsError('InvalidAction', `The sandbox does not know the action ${call.service}:${call.action}.`)
    }
    const { account, region } = call
    const partition = world.estate.partition(account, region) ?? emptyPartition(account, region)
    const nowMs = clock.now().getTime()
    const context = { world: worldOf(call, nowMs), partition, account, region, nowMs }
    const lagMs = faults.lagOf(call)
    const answer = answerOf(() => world.behind(lagMs, nowMs, () => handler(call.input, context)))
    // Reads wait as well: nobody may see what a crash could still take back.
    await world.settled().catch((error: unknown) => {
      log.error({ err: error }, 'the sandbox could not keep an effect')
      throw awsError('InternalError', 'An internal error has occurred', 500)
    })
    // A call may be refused and yet have done a part of what it was asked (TerminateInstances over several zones).
    if ('refusal' in answer) throw answer.refusal
    await faults.after(call)
    return answer.output
  }

  /** What a call does to the world is done by that call: CloudTrail tells who it was. */
  const worldOf = ({ service, account, region }: SandboxCall, at: number): World => {
    const id = randomUUID()
    return { ...world, apply: (action, changes) => world.apply(action, changes, { id, at, service, account, region }) }
  }

  return {
    handle,
    control: {
      listFaults: async () => faults.list(),
      addFault: async (draft) => faults.add(draft),
      removeFault: async (id) => faults.remove(id),
      clearFaults: async () => faults.clear(),
      info: async () => {
        const nowMs = clock.now().getTime()
        return {
          seed,
          size,
          speed,
          incidents: world.calendar
            .between(nowMs - dayMs, nowMs + dayMs)
            .map(({ fromMs: _from, untilMs: _until, ...incident }) => incident),
        }
      },
      effects: async (resources): Promise<SandboxEffect[]> => {
        await world.settled()
        return store.effects(resources)
      },
    },
    close: async () => {
      faults.close()
      await store.close()
    },
  }
}

const answerOf = (handle: () => object): { output: object } | { refusal: unknown } => {
  try {
    return { output: handle() }
  } catch (error) {
    return { refusal: error }
  }
}

/** Seeds are any text; what isn't fit for a file's name is told apart by a hash. */
const fileName = (seed: string, size: number): string => {
  const plain = seed.replaceAll(/[^\w-]/g, '').slice(0, 32)
  const hash = plain === seed ? '' : `-${createHash('sha256').update(seed).digest('hex').slice(0, 8)}`
  return `estate-${plain}${hash}-${size}`
}
