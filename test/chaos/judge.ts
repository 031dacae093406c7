import { isDeepStrictEqual } from 'node:util'
import type { Item } from '#contracts/task.ts'
import type { Counts, Known, KnownInstance, KnownSetting } from './model.ts'
import { actionsOf, isPlainRefusal, shown } from './model.ts'

type Expect = (isTrue: boolean, what: string) => void

/**
 * Holds one item as it ended against what was done to its target, and takes over what is known of the target from then on.
 * Returns what does not fit.
 */
export const judge = (operation: string, item: Item, known: Known, delta: Counts): string[] => {
  const wrong: string[] = []
  const code = item.error === undefined ? '' : ` (${item.error.code})`
  const expect: Expect = (isTrue, what) => {
    if (!isTrue) wrong.push(`${operation} of ${known.arn} ended as ${item.status}${code}: ${what}`)
  }
  const allowed = actionsOf[operation] ?? []
  const isUntouched = item.status === 'cancelled' || item.status === 'skipped' || item.status === 'drifted'
  for (const [action, { accepted }] of delta) {
    expect(accepted === 0 || allowed.includes(action), `${action} was called, which is none of its calls`)
    expect(accepted === 0 || !isUntouched, `${action} was called`)
  }
  // Nobody but this lane touches the target, so what was planned on is still true when the item begins.
  expect(item.status !== 'drifted', `it has not drifted: ${item.error?.message}`)
  expect(item.status !== 'skipped', 'nothing was to be skipped')
  const about = { item, delta, expect, changed: (action: string): number => delta.get(action)?.changed ?? 0 }
  if (known.kind !== 'instance') judgeSetting(operation, known, about)
  else if (operation === 'ec2.stop' || operation === 'ec2.start') judgePower(operation, known, about)
  else if (operation === 'ec2.reboot') judgeReboot(known, about)
  else if (operation === 'ec2.resize') judgeResize(known, about)
  else if (operation === 'ec2.snapshot') judgeSnapshot(about)
  else if (operation === 'ec2.tag' || operation === 'ec2.untag') judgeTags(known, about)
  else if (operation !== 'ec2.snapshot.delete') wrong.push(`no rule says what ${operation} may do`)
  return wrong
}

type About = { item: Item; delta: Counts; expect: Expect; changed: (action: string) => number }

const power = {
  'ec2.stop': { acts: 'StopInstances', takesBack: 'StartInstances', step: 'stop', after: 'stopped' },
  'ec2.start': { acts: 'StartInstances', takesBack: 'StopInstances', step: 'start', after: 'running' },
} as const

const judgePower = (
  operation: keyof typeof power,
  known: KnownInstance,
  { item, delta, expect, changed }: About,
): void => {
  const { acts, takesBack, step, after } = power[operation]
  expect(item.before['state'] === known.power, `it was planned on ${item.before['state']}, and was ${known.power}`)
  expect(changed(acts) <= 1, `${acts} took effect ${changed(acts)} times`)
  expect(changed(takesBack) <= changed(acts), `${takesBack} took effect more often than ${acts}`)
  if (item.status === 'succeeded') expect(changed(acts) === 1 && changed(takesBack) === 0, shown(delta))
  if (item.status === 'compensated') expect(changed(takesBack) === changed(acts), shown(delta))
  if (item.status === 'failed' && isPlainRefusal(item, step)) expect(changed(acts) === 0, shown(delta))
  if (changed(acts) > changed(takesBack)) known.power = after
}

const judgeReboot = (known: KnownInstance, { item, delta, expect }: About): void => {
  const asked = delta.get('RebootInstances')?.accepted ?? 0
  expect(known.power === 'running', `it was rebooted while ${known.power}`)
  expect(asked <= 1, `it was asked for ${asked} times`)
  if (item.status === 'succeeded') expect(asked === 1, 'it was never asked for')
  if (item.status === 'failed' && isPlainRefusal(item, 'reboot')) expect(asked === 0, 'it was asked for')
}

/** A running instance is stopped for it and started again; what is taken back is so step by step. */
const judgeResize = (known: KnownInstance, { item, delta, expect, changed }: About): void => {
  const { state, instanceType } = item.before
  expect(state === known.power, `it was planned on ${state}, and was ${known.power}`)
  expect(known.type === null || instanceType === known.type, `it was planned on ${instanceType}, and was ${known.type}`)
  const [modified, stopped, started] = [
    changed('ModifyInstanceAttribute'),
    changed('StopInstances'),
    changed('StartInstances'),
  ]
  const restarts = known.power === 'running' ? 1 : 0
  if (item.status === 'succeeded') expect(modified === 1 && stopped === restarts && started === restarts, shown(delta))
  if (item.status === 'compensated') expect((modified === 0 || modified === 2) && stopped === started, shown(delta))
  expect(modified <= 2 && stopped <= 2 && started <= 2 && Math.abs(stopped - started) <= 1, shown(delta))
  if (stopped > started) known.power = 'stopped'
  if (started > stopped) known.power = 'running'
  if (item.status === 'succeeded') known.type = String(item.after?.['instanceType'])
  else known.type = modified === 1 ? null : String(instanceType)
}

const judgeSnapshot = ({ item, delta, expect, changed }: About): void => {
  const made = changed('CreateSnapshots')
  expect(made <= 1, `snapshots were made ${made} times`)
  if (item.status === 'succeeded') expect(made === 1, shown(delta))
  if (item.status === 'failed' && isPlainRefusal(item, 'snapshot')) expect(made === 0, shown(delta))
}

const judgeTags = (known: KnownInstance, { item, delta, expect, changed }: About): void => {
  const before = tagsOf(item.before)
  for (const [key, value] of before) {
    const may = known.tags.get(key)
    expect(may === undefined || may.has(value), `${key} was planned on ${value}, and was ${[...(may ?? [])]}`)
  }
  const times = changed('CreateTags') + changed('DeleteTags')
  // Forward each of the two once at most, and once more where it is taken back.
  const most = item.status === 'succeeded' ? 1 : 2
  expect(changed('CreateTags') <= most && changed('DeleteTags') <= most, shown(delta))
  if (item.status === 'succeeded') {
    expect(times >= 1, 'nothing was changed')
    for (const [key, value] of tagsOf(item.after)) known.tags.set(key, new Set([value]))
  } else if (item.status === 'failed' && !isPlainRefusal(item, 'apply')) {
    for (const key of before.keys()) known.tags.delete(key)
  } else {
    if (item.status === 'failed') expect(times === 0, shown(delta))
    for (const [key, value] of before) known.tags.set(key, new Set([value]))
  }
}

const tagsOf = (image: Item['before'] | null): Map<string, string | null> =>
  new Map(Object.entries((image?.['tags'] ?? {}) as { [key: string]: string | null })) // our own API, held to it by its tests

const judgeSetting = (operation: string, known: KnownSetting, { item, delta, expect, changed }: About): void => {
  const isAsKnown = known.image === null || isDeepStrictEqual(known.image, item.before)
  expect(isAsKnown, `it was planned on ${JSON.stringify(item.before)}, and was ${JSON.stringify(known.image)}`)
  const times = (actionsOf[operation] ?? []).reduce((sum, action) => sum + changed(action), 0)
  const isPlain = item.status === 'failed' && isPlainRefusal(item, operation === 'logs.retention' ? 'set' : 'put')
  if (item.status === 'succeeded') expect(times === 1, shown(delta))
  else if (item.status === 'compensated') expect(times === 0 || times === 2, shown(delta))
  else if (isPlain) expect(times === 0, shown(delta))
  else expect(times <= 2, shown(delta))
  if (item.status === 'succeeded') known.image = item.after
  else if (item.status === 'failed' && !isPlain) known.image = null
  else known.image = item.before
}
