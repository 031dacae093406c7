import type { SandboxEffect } from '#contracts/sandbox.ts'
import type { Image, Item } from '#contracts/task.ts'

/** By action: how many calls were accepted, and how many of them changed something. */
export type Counts = Map<string, Pick<SandboxEffect, 'accepted' | 'changed'>>

type Place = {
  arn: string
  account: string
  region: string
  /** How the sandbox calls it where it counts what was done to it. */
  effectId: string
  /** The sandbox's own count, as it was last read. */
  counts: Counts
}

export type KnownInstance = Place & {
  kind: 'instance'
  power: 'running' | 'stopped'
  /** Null after a change of unknown outcome. */
  type: string | null
  /** The values that a tag may have; a tag that is not listed is not known. More than one after a change of unknown outcome. */
  tags: Map<string, Set<string | null>>
}

/** A log group with its retention, or an alarm that is there or not: what its operation changes is all of its image. */
export type KnownSetting = Place & {
  kind: 'log group' | 'alarm'
  /** Null after a change of unknown outcome. */
  image: Image | null
}

/** What must be true of a resource that only one lane touches. */
export type Known = KnownInstance | KnownSetting

/** What was done since an earlier count. */
export const deltaOf = (before: Counts, after: Counts): Counts =>
  new Map(
    [...after].map(([action, { accepted, changed }]) => {
      const earlier = before.get(action) ?? { accepted: 0, changed: 0 }
      return [action, { accepted: accepted - earlier.accepted, changed: changed - earlier.changed }]
    }),
  )

/** The calls with an effect that an operation makes, those that take it back included. */
export const actionsOf: { [operation: string]: readonly string[] } = {
  'ec2.stop': ['StopInstances', 'StartInstances'],
  'ec2.start': ['StartInstances', 'StopInstances'],
  'ec2.reboot': ['RebootInstances'],
  'ec2.tag': ['CreateTags', 'DeleteTags'],
  'ec2.untag': ['DeleteTags', 'CreateTags'],
  'ec2.resize': ['StopInstances', 'ModifyInstanceAttribute', 'StartInstances'],
  'ec2.snapshot': ['CreateSnapshots'],
  // Its effects are on the snapshots, which are no targets of anybody here.
  'ec2.snapshot.delete': [],
  'logs.retention': ['PutRetentionPolicy', 'DeleteRetentionPolicy'],
  'cloudwatch.alarm.put': ['PutMetricAlarm', 'DeleteAlarms'],
}

/**
 * Whether the item says that it failed without an effect: its acting step was never done, and nothing is said of an unknown
 * outcome or of something that could not be taken back.
 */
export const isPlainRefusal = (item: Item, step: string): boolean =>
  !['outcome_unknown', 'compensation_failed', 'worker_lost', 'result_unrecordable'].includes(item.error?.code ?? '') &&
  item.steps.every(({ name, status }) => name !== step || status !== 'succeeded')

export const shown = (delta: Counts): string =>
  `the sandbox counted ${[...delta].map(([action, { accepted, changed }]) => `${action} ${accepted} calls, ${changed} effects`).join(', ') || 'nothing'}`
