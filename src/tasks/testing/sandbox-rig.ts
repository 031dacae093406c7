import assert from 'node:assert/strict'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createAws } from '#aws/aws.ts'
import { createSandboxHost } from '#aws/sandbox-host.ts'
import type { Principal } from '#contracts/principal.ts'
import type { Resource, Targets } from '#contracts/resource.ts'
import { isFinal } from '#contracts/task.ts'
import type { Task } from '#contracts/task.ts'
import { systemClock } from '#platform/clock.ts'
import { createListener } from '#platform/db/listen.ts'
import { createNotifier } from '#platform/events/notifier.ts'
import { createLog } from '#platform/log.ts'
import { createSecurity } from '#security/security.ts'
import { freshDatabase } from '../../../test/support/database.ts'
import { waitFor } from '../../../test/support/wait-for.ts'
import { createTasks } from '../tasks.ts'

/** Files tasks and may approve them, as the administrator of a sandbox does. */
export const operator: Principal = {
  userId: 'ann',
  email: 'ann@example.com',
  roles: ['operator', 'approver'],
  via: 'session',
  credentialId: null,
  scopes: null,
}

/** A resource as far as a plan looks at it: where it is. An ARN says that itself. */
const resourceOf = (id: string, type: string): Resource => {
  const [, , , region = '', account = ''] = id.split(':')
  const seenAt = new Date(0).toISOString()
  return {
    id,
    type,
    account,
    region,
    name: null,
    state: null,
    tags: {},
    cost: null,
    summary: {},
    config: {},
    firstSeenAt: seenAt,
    lastSeenAt: seenAt,
  }
}

/** The whole task service with a worker over a sandbox of its own: operations run as they do in the product. */
export const openSandboxTasks = async (options: { speed?: number; size?: number; seed?: string } = {}) => {
  const { speed = 1000, size = 1500, seed = 'rig' } = options
  const { db, url, drop } = await freshDatabase()
  const dataDir = await mkdtemp(join(tmpdir(), 'orchestrator-tasks-'))
  const log = createLog({ level: 'error' })
  const clock = systemClock
  const { access } = await createSecurity({ db, log, dataDir })
  const host = createSandboxHost({ dataDir, seed, size, speed, clock, log })
  const aws = createAws({ db, log, clock, sandbox: { speed, transport: host } })
  await aws.accounts.ensureFirst('sandbox')
  const notifier = createNotifier(db)
  const listener = await createListener({ connectionString: url, log, clock })
  const tasks = createTasks({
    db,
    clock,
    log,
    aws,
    access,
    notifier,
    listener,
    selfApproval: 'sandbox',
    principalOf: async () => operator,
    retentionMonths: 13,
    alarms: { raise: async () => {}, resolve: async () => {} },
    resolveTargets: async (_principal, targets, type) => ({
      resources: 'ids' in targets ? targets.ids.map((id) => resourceOf(id, type)) : [],
      unknown: [],
    }),
    onEffects: () => {},
  })
  await tasks.worker.start()

  /** Approves the task where it needs that, and waits for its end. */
  const toEnd = async (id: string): Promise<Task> => {
    const get = async (): Promise<Task> => {
      const task = await tasks.service.get(id)
      assert.ok(task)
      return task
    }
    const { status, plan } = await get()
    if (status === 'awaiting_approval') {
      const { planHash, approvals } = plan
      const confirmation = approvals.confirmation ?? ''
      await tasks.service.approve({ principal: operator, taskId: id, planHash, confirmation, requestId: 'test' })
    }
    return waitFor(`task ${id} to end`, async () => {
      const task = await get()
      return isFinal(task.status) && task
    })
  }

  const run = async (operation: string, targets: Targets, params: unknown): Promise<Task> => {
    const stored = await tasks.planner.prepare({ principal: operator, operation, targets, params })
    assert.ok(stored.plan.targets.length > 0, JSON.stringify(stored.plan.excluded))
    const filed = { principal: operator, stored, reason: null, priority: 0, requestId: 'test' }
    return toEnd((await tasks.service.file(filed)).id)
  }

  const undo = async (taskId: string): Promise<Task> =>
    toEnd((await tasks.service.undo({ principal: operator, taskId, requestId: 'test' })).id)

  return {
    db,
    aws,
    host,
    tasks,
    run,
    undo,
    toEnd,
    /** The place where half of every estate lies. */
    place: { account: '777788889999', region: 'us-east-1' },
    close: async (): Promise<void> => {
      await tasks.worker.stop()
      await tasks.close()
      await listener.close()
      await aws.close()
      await host.close()
      await drop()
      await rm(dataDir, { recursive: true })
    },
  }
}
export type SandboxTasks = Awaited<ReturnType<typeof openSandboxTasks>>
