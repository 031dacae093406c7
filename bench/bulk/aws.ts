import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fastify } from 'fastify'
import { serializerCompiler, validatorCompiler } from 'fastify-type-provider-zod'
import { createSandboxHost } from '../../src/aws/sandbox-host.ts'
import type { SandboxHost } from '../../src/aws/sandbox-host.ts'
import { createEstate } from '../../src/aws/sandbox/estate/estate.ts'
import type { SeedInstance } from '../../src/aws/sandbox/estate/instance.ts'
import { sandboxHttp } from '../../src/aws/sandbox-http.ts'
import type { SandboxCall } from '../../src/aws/sandbox/transport.ts'
import { systemClock } from '../../src/platform/clock.ts'
import { createLog } from '../../src/platform/log.ts'
import type { Http } from '../../src/platform/http/service.ts'

/** One call as the simulated AWS saw it, when it arrived. */
export type CountedCall = {
  action: string
  ids: readonly string[]
  atMs: number
  answer: 'accepted' | 'throttled' | 'refused'
}

/** The place where half of the estate lies. */
export const place = { account: '777788889999', region: 'us-east-1' }

const seed = 'bench'

const isStoppable = (instance: SeedInstance): boolean =>
  instance.isRunning &&
  !instance.isProtected &&
  !instance.isStopProtected &&
  !instance.fleet.isSpot &&
  instance.fleet.managedBy === 'nobody' &&
  instance.rootDeviceType === 'ebs'

/** A neighbour's calls are not counted as ours. */
export type CountingAws = {
  url: string
  /** Instances in the place. */
  instances: number
  /** ARNs of running instances that nothing speaks against stopping. */
  stoppable: string[]
  calls: CountedCall[]
  /** Calls of somebody else in the same account and Region. */
  callAsNeighbour: (action: string, input: object) => Promise<'accepted' | 'throttled' | 'refused'>
  /** Ids of instances there that are not running: a stop of them changes nothing, and costs its tokens. */
  neighboursIds: (count: number) => Promise<string[]>
  /** Begins anew: everything as the seed made it (or stopped), full buckets, no calls counted. */
  reset: (state: 'running' | 'stopped', ids: readonly string[]) => Promise<void>
  close: () => Promise<void>
}

/** The simulated AWS of one benchmark, hosted here and served as the role `sandbox` does it, with every call counted. */
export const startAws = async (options: { port: number; size: number; speed: number }): Promise<CountingAws> => {
  const log = createLog({ level: 'error' })
  const calls: CountedCall[] = []
  const open = async (speed: number, dataDir?: string): Promise<{ host: SandboxHost; dataDir: string }> => {
    const folder = dataDir ?? (await mkdtemp(join(tmpdir(), 'orchestrator-bench-aws-')))
    const host = createSandboxHost({ dataDir: folder, seed, size: options.size, speed, clock: systemClock, log })
    return { host, dataDir: folder }
  }
  let current = await open(options.speed)
  const estate = createEstate({ seed, size: options.size })
  const partition = estate.partition(place.account, place.region)
  if (partition === undefined) throw new Error('The estate has nothing in the place of the benchmark.')

  const discard = async (): Promise<void> => {
    await current.host.close()
    await rm(current.dataDir, { recursive: true, force: true })
  }

  const counting: SandboxHost = {
    handle: async (call) => {
      const counted: CountedCall = {
        action: call.action,
        ids: idsIn(call),
        atMs: performance.now(),
        answer: 'accepted',
      }
      calls.push(counted)
      try {
        return await current.host.handle(call)
      } catch (error) {
        counted.answer = answerOf(error)
        throw error
      }
    },
    control: {
      info: () => current.host.control.info(),
      listFaults: () => current.host.control.listFaults(),
      addFault: (draft) => current.host.control.addFault(draft),
      removeFault: (id) => current.host.control.removeFault(id),
      clearFaults: () => current.host.control.clearFaults(),
      effects: (resources) => current.host.control.effects(resources),
    },
    close: async () => {},
  }

  const server = fastify({ logger: false, forceCloseConnections: true }) as unknown as Http // zod's types come with the compilers
  server.setValidatorCompiler(validatorCompiler)
  server.setSerializerCompiler(serializerCompiler)
  // Whoever calls was started here.
  await sandboxHttp({ host: counting, verify: async () => {} })(server)
  const url = await server.listen({ host: '127.0.0.1', port: options.port })

  return {
    url,
    instances: partition.instances,
    stoppable: Array.from({ length: partition.instances }, (_, index) => estate.instance(partition, index))
      .filter(isStoppable)
      .map(({ id }) => `arn:aws:ec2:${place.region}:${place.account}:instance/${id}`),
    calls,
    callAsNeighbour: async (action, input) => {
      try {
        await current.host.handle({ ...place, service: 'ec2', action, input })
        return 'accepted'
      } catch (error) {
        return answerOf(error)
      }
    },
    neighboursIds: async (count) => {
      const Filters = [{ Name: 'instance-state-name', Values: ['stopped'] }]
      const output = await current.host.handle({
        ...place,
        service: 'ec2',
        action: 'DescribeInstances',
        input: { Filters },
      })
      const { Reservations } = output as { Reservations: { Instances: { InstanceId: string }[] }[] } // the SDK's own shape
      return Reservations.flatMap(({ Instances }) => Instances.map(({ InstanceId }) => InstanceId)).slice(0, count)
    },
    reset: async (state, ids) => {
      await discard()
      current = await open(state === 'stopped' ? preparingSpeed : options.speed)
      if (state === 'stopped') {
        for (let start = 0; start < ids.length; start += 50) {
          const input = { InstanceIds: ids.slice(start, start + 50) }
          await current.host.handle({ ...place, service: 'ec2', action: 'StopInstances', input })
        }
        // Opened again its buckets are full.
        await current.host.close()
        current = await open(options.speed, current.dataDir)
      }
      calls.length = 0
    },
    close: async () => {
      await server.close()
      await discard()
    },
  }
}

/** So fast that nothing takes time. */
const preparingSpeed = 1_000_000

const idsIn = ({ input }: SandboxCall): readonly string[] => {
  const { InstanceIds, Resources, AlarmName } = input as {
    InstanceIds?: string[]
    Resources?: string[]
    AlarmName?: string
  }
  return InstanceIds ?? Resources ?? (AlarmName === undefined ? [] : [AlarmName])
}

const answerOf = (error: unknown): 'throttled' | 'refused' =>
  /RequestLimitExceeded|Throttling/.test(String((error as { name?: unknown }).name)) ? 'throttled' : 'refused'
