import type { TaskStatus } from '#contracts/task.ts'

/**
 * What was recorded: one task each, told apart by its reason, on instances of its own. How an instance is when the recording
 * is loaded, and what must come of the task from there.
 */
export type Case = {
  name: string
  operation: 'ec2.stop' | 'ec2.start' | 'ec2.reboot' | 'ec2.tag'
  instances: number
  /** Of the task, in the recording. */
  recorded: TaskStatus
  /** The state of its instances when the new release takes over. */
  found: 'running' | 'stopped'
  /** How it ends once everybody decided what is still to be decided. */
  ends: TaskStatus
  /** Calls with an effect that are still made for each of its instances. */
  calls: string[]
  error?: string
}

export const cases: readonly Case[] = [
  {
    name: 'queued',
    operation: 'ec2.stop',
    instances: 1,
    recorded: 'queued',
    found: 'running',
    ends: 'succeeded',
    calls: ['StopInstances'],
  },
  {
    name: 'bulk',
    operation: 'ec2.stop',
    instances: 60,
    recorded: 'queued',
    found: 'running',
    ends: 'succeeded',
    calls: ['StopInstances'],
  },
  {
    name: 'scheduled',
    operation: 'ec2.stop',
    instances: 1,
    recorded: 'scheduled',
    found: 'running',
    ends: 'succeeded',
    calls: ['StopInstances'],
  },
  {
    name: 'awaiting-one',
    operation: 'ec2.stop',
    instances: 2,
    recorded: 'awaiting_approval',
    found: 'running',
    ends: 'succeeded',
    calls: ['StopInstances'],
  },
  {
    name: 'awaiting-second',
    operation: 'ec2.stop',
    instances: 1,
    recorded: 'awaiting_approval',
    found: 'running',
    ends: 'succeeded',
    calls: ['StopInstances'],
  },
  {
    name: 'paused',
    operation: 'ec2.stop',
    instances: 2,
    recorded: 'paused',
    found: 'running',
    ends: 'succeeded',
    calls: ['StopInstances'],
  },
  {
    name: 'running-not-yet',
    operation: 'ec2.stop',
    instances: 1,
    recorded: 'running',
    found: 'running',
    ends: 'succeeded',
    calls: ['StopInstances'],
  },
  {
    name: 'running-done',
    operation: 'ec2.stop',
    instances: 1,
    recorded: 'running',
    found: 'stopped',
    ends: 'succeeded',
    calls: [],
  },
  {
    name: 'cancelling',
    operation: 'ec2.stop',
    instances: 1,
    recorded: 'cancelling',
    found: 'stopped',
    ends: 'succeeded',
    calls: [],
  },
  {
    name: 'waiting',
    operation: 'ec2.stop',
    instances: 2,
    recorded: 'waiting',
    found: 'stopped',
    ends: 'succeeded',
    calls: [],
  },
  {
    name: 'paused-waiting',
    operation: 'ec2.stop',
    instances: 1,
    recorded: 'paused',
    found: 'stopped',
    ends: 'succeeded',
    calls: [],
  },
  {
    name: 'armed',
    operation: 'ec2.reboot',
    instances: 1,
    recorded: 'running',
    found: 'running',
    ends: 'failed',
    calls: [],
    error: 'outcome_unknown',
  },
  {
    name: 'throttled',
    operation: 'ec2.stop',
    instances: 1,
    recorded: 'running',
    found: 'running',
    ends: 'succeeded',
    calls: ['StopInstances'],
  },
  {
    name: 'half-taken-back',
    operation: 'ec2.stop',
    instances: 1,
    recorded: 'running',
    found: 'stopped',
    ends: 'failed',
    calls: ['StartInstances'],
    error: 'UnauthorizedOperation',
  },
  {
    name: 'tagging',
    operation: 'ec2.tag',
    instances: 3,
    recorded: 'running',
    found: 'running',
    ends: 'succeeded',
    calls: ['CreateTags'],
  },
  {
    name: 'undo',
    operation: 'ec2.start',
    instances: 1,
    recorded: 'waiting',
    found: 'running',
    ends: 'succeeded',
    calls: [],
  },
  {
    name: 'undone',
    operation: 'ec2.stop',
    instances: 1,
    recorded: 'succeeded',
    found: 'running',
    ends: 'succeeded',
    calls: [],
  },
  {
    name: 'succeeded',
    operation: 'ec2.stop',
    instances: 2,
    recorded: 'succeeded',
    found: 'stopped',
    ends: 'succeeded',
    calls: [],
  },
  {
    name: 'archived',
    operation: 'ec2.stop',
    instances: 2,
    recorded: 'succeeded',
    found: 'stopped',
    ends: 'succeeded',
    calls: [],
  },
  {
    name: 'partly-failed',
    operation: 'ec2.stop',
    instances: 2,
    recorded: 'partly_failed',
    found: 'running',
    ends: 'partly_failed',
    calls: [],
  },
  {
    name: 'failed',
    operation: 'ec2.stop',
    instances: 1,
    recorded: 'failed',
    found: 'running',
    ends: 'failed',
    calls: [],
  },
  {
    name: 'cancelled',
    operation: 'ec2.stop',
    instances: 2,
    recorded: 'cancelled',
    found: 'running',
    ends: 'cancelled',
    calls: [],
  },
  {
    name: 'rejected',
    operation: 'ec2.stop',
    instances: 1,
    recorded: 'rejected',
    found: 'running',
    ends: 'rejected',
    calls: [],
  },
  {
    name: 'expired',
    operation: 'ec2.stop',
    instances: 1,
    recorded: 'expired',
    found: 'running',
    ends: 'expired',
    calls: [],
  },
]

export const instancesOf = ({ name, instances }: Pick<Case, 'name' | 'instances'>): string[] =>
  Array.from({ length: instances }, (_, index) => `i-${name}-${index}`)

export const paramsOf = ({ operation }: Case): Record<string, unknown> =>
  operation === 'ec2.stop'
    ? { hibernate: false, force: false, skipOsShutdown: false }
    : operation === 'ec2.start'
      ? { waitFor: 'running' }
      : operation === 'ec2.tag'
        ? { tags: { team: 'red' } }
        : {}

/** People who decided in the recording, or decide afterwards. */
export const people = [1, 2, 3].map((n) => ({
  userId: `0198c0de-0000-7000-8000-00000000000${n}`,
  email: `person${n}@example.com`,
  roles: ['approver' as const],
  via: 'session' as const,
  credentialId: null,
  scopes: null,
}))
export const planHash = 'b'.repeat(64)
