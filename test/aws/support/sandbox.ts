import assert from 'node:assert/strict'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createAws } from '#aws/aws.ts'
import { createSandboxHost } from '#aws/sandbox-host.ts'
import type { SandboxHost } from '#aws/sandbox-host.ts'
import { systemClock } from '#platform/clock.ts'
import { createLog } from '#platform/log.ts'
import { freshDatabase } from '../../support/database.ts'
import type { Backend } from './backend.ts'

/** Fast enough that a stop, which takes up to 40 s, is over in 0.2 s. */
const speed = 200

/** Instances that tests may change. */
const enough = 24

/** A sandbox of its own: 1,500 resources of one seed, on a fresh database and in a temporary directory. */
export const openSandbox = async (): Promise<Backend & { host: SandboxHost }> => {
  const log = createLog({ level: 'error' })
  const dataDir = await mkdtemp(join(tmpdir(), 'orchestrator-sandbox-'))
  const { db, drop } = await freshDatabase()
  const host = createSandboxHost({ dataDir, seed: 'contract', size: 1500, speed, clock: systemClock, log })
  const aws = createAws({ db, log, clock: systemClock, sandbox: { speed, transport: host } })
  await aws.accounts.ensureFirst('sandbox')
  const account = await aws.accounts.get('777788889999')
  const region = 'us-east-1'
  const call = { priority: 'interactive' } as const
  const ec2 = await aws.ec2(account, region)
  const instances: string[] = []
  const zoneOf = new Map<string, string>()
  let stopProtected: string | undefined
  let kept: string | undefined
  for await (const page of ec2.listInstances(call)) {
    for (const { id, state, lifecycle, rootDeviceType, availabilityZone } of page) {
      if (state !== 'running' || lifecycle === 'spot' || rootDeviceType !== 'ebs') continue
      if (stopProtected !== undefined && kept !== undefined && instances.length >= enough) break
      if (await ec2.isTerminationProtected(call, id)) kept ??= id
      else if (await ec2.isStopProtected(call, id)) stopProtected ??= id
      else if (instances.length < enough) instances.push(id)
      zoneOf.set(id, availabilityZone)
    }
  }
  assert.ok(stopProtected !== undefined, 'the estate has no stop-protected instance')
  const logGroups: string[] = []
  for await (const page of (await aws.logs(account, region)).listGroups(call))
    logGroups.push(...page.filter(({ logClass }) => logClass === 'STANDARD').map(({ name }) => name))
  assert.ok(kept !== undefined, 'the estate has no instance that is protected from termination')
  const neighbour = instances.find((id) => zoneOf.get(id) === zoneOf.get(kept))
  assert.ok(neighbour !== undefined, 'the protected instance has no neighbour')
  return {
    name: 'sandbox',
    aws,
    account,
    region,
    instances: instances.filter((id) => id !== neighbour),
    stopProtected,
    logGroups,
    terminationProtected: [kept, neighbour],
    host,
    close: async () => {
      await aws.close()
      await host.close()
      await drop()
      await rm(dataDir, { recursive: true, force: true })
    },
  }
}
