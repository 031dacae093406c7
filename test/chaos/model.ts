import type { SandboxEffect } from '#contracts/sandbox.ts'
import type { Item } from '#contracts/task.ts'

/** What must be true of an instance that only one lane touches. */
export type Known = {
  arn: string
  account: string
  region: string
  power: 'running' | 'stopped'
  /** The values that a tag may have; a tag that is not listed is not known. More than one after a change of unknown outcome. */
  tags: Map<string, Set<string | null>>
  /** The sandbox's own count of what was done to it, as it was last read. */
  counts: Counts
}

/** By action: how many calls were accepted, and how many of them changed something. */
export type Counts = Map<string, Pick<SandboxEffect, 'accepted' | 'changed'>>

/** What was done since an earlier count. */
export const deltaOf = (before: Counts, after: Counts): Counts =>
  new Map(
    [...after].map(([action, { accepted, changed }]) => {
      const earlier = before.get(action) ?? { accepted: 0, changed: 0 }
      return [action, { accepted: accepted - earlier.accepted, changed: changed - earlier.changed }]
    }),
  )

const forward = {
  'ec2.stop': { acts: 'StopInstances', takesBack: 'StartInstances', step: 'stop' },
  'ec2.start': { acts: 'StartInstances', takesBack: 'StopInstances', step: 'start' },
} as const
const stateAfter = { StopInstances: 'stopped', StartInstances: 'running' } as const

/**
 * Holds one item as it ended against what was done to its target, and takes over what is known of the target from then on.
 * Returns what does not fit.
 */
export const judge = (operation: string, item: Item, known: Known, delta: Counts): string[] => {
  const wrong: string[] = []
  const expect = (isTrue: boolean, what: string): void => {
    if (!isTrue) wrong.push(`${operation} of ${known.arn} ended as ${item.status}${codeOf(item)}: ${what}`)
  }
  const changed = (action: string): number => delta.get(action)?.changed ?? 0
  const isUntouched = item.status === 'cancelled' || item.status === 'skipped' || item.status === 'drifted'
  const allowed = actionsOf(operation)
  for (const [action, { accepted }] of delta) {
    expect(accepted === 0 || allowed.includes(action), `${action} was called, which is none of its calls`)
    expect(accepted === 0 || !isUntouched, `${action} was called`)
  }
  // Nobody but this lane touches the target, so what was planned on is still true when the item begins.
  expect(item.status !== 'drifted', `it has not drifted: ${item.error?.message}`)
  expect(item.status !== 'skipped', 'nothing was to be skipped')

  switch (operation) {
    case 'ec2.stop':
    case 'ec2.start': {
      const { acts, takesBack, step } = forward[operation]
      expect(item.before['state'] === known.power, `it was planned on ${item.before['state']}, and was ${known.power}`)
      expect(changed(acts) <= 1, `${acts} took effect ${changed(acts)} times`)
      expect(changed(takesBack) <= changed(acts), `${takesBack} took effect more often than ${acts}`)
      if (item.status === 'succeeded') expect(changed(acts) === 1 && changed(takesBack) === 0, shown(delta))
      if (item.status === 'compensated') expect(changed(takesBack) === changed(acts), shown(delta))
      if (item.status === 'failed' && isPlainRefusal(item, step)) expect(changed(acts) === 0, shown(delta))
      if (changed(acts) > changed(takesBack)) known.power = stateAfter[acts]
      return wrong
    }
    case 'ec2.reboot': {
      const asked = delta.get('RebootInstances')?.accepted ?? 0
      expect(known.power === 'running', `it was rebooted while ${known.power}`)
      expect(asked <= 1, `it was asked for ${asked} times`)
      if (item.status === 'succeeded') expect(asked === 1, 'it was never asked for')
      if (item.status === 'failed' && isPlainRefusal(item, 'reboot')) expect(asked === 0, 'it was asked for')
      return wrong
    }
    case 'ec2.tag':
    case 'ec2.untag': {
      const [before, after] = [tagsOf(item.before), tagsOf(item.status === 'succeeded' ? item.after : null)]
      for (const [key, value] of before) {
        const may = known.tags.get(key)
        expect(may === undefined || may.has(value), `${key} was planned on ${value}, and was ${[...(may ?? [])]}`)
      }
      for (const action of ['CreateTags', 'DeleteTags'])
        expect(changed(action) <= 1 + (item.status === 'succeeded' ? 0 : 1), shown(delta))
      if (item.status === 'succeeded') {
        expect(changed('CreateTags') + changed('DeleteTags') >= 1, 'nothing was changed')
        for (const [key, value] of after) known.tags.set(key, new Set([value]))
      } else if (item.status === 'failed' && !isPlainRefusal(item, 'apply')) {
        for (const key of before.keys()) known.tags.delete(key)
      } else {
        if (item.status === 'failed') expect(changed('CreateTags') + changed('DeleteTags') === 0, shown(delta))
        for (const [key, value] of before) known.tags.set(key, new Set([value]))
      }
      return wrong
    }
    default:
      return [`no rule says what ${operation} may do`]
  }
}

const actionsOf = (operation: string): readonly string[] =>
  operation === 'ec2.reboot'
    ? ['RebootInstances']
    : operation === 'ec2.tag' || operation === 'ec2.untag'
      ? ['CreateTags', 'DeleteTags']
      : ['StopInstances', 'StartInstances']

const tagsOf = (image: Item['before'] | null): Map<string, string | null> =>
  new Map(Object.entries((image?.['tags'] ?? {}) as { [key: string]: string | null })) // our own API, held to it by its tests

/**
 * Whether the item says that it failed without an effect: its acting step was never done, and nothing is said of an unknown
 * outcome or of something that could not be taken back.
 */
const isPlainRefusal = (item: Item, step: string): boolean =>
  !['outcome_unknown', 'compensation_failed', 'worker_lost', 'result_unrecordable'].includes(item.error?.code ?? '') &&
  item.steps.every(({ name, status }) => name !== step || status !== 'succeeded')

const codeOf = (item: Item): string => (item.error === undefined ? '' : ` (${item.error.code})`)
const shown = (delta: Counts): string =>
  `the sandbox counted ${[...delta].map(([action, { accepted, changed }]) => `${action} ${accepted} calls, ${changed} effects`).join(', ') || 'nothing'}`
