import type { Known, KnownInstance, KnownSetting } from './model.ts'
import type { Random } from './random.ts'
import { alarmOf, retentions } from './settings.ts'

/** Something that can be asked for. */
export type Move = {
  operation: string
  params: object
  targets: object
  /** AWS, or the product, may have reasons of its own to leave the targets out. */
  mayBeRefused?: true
}

/** What the installation can do beyond the oldest operations. */
export type Abilities = { operations: ReadonlySet<string>; canWave: boolean; canRetry: boolean }

/** Only lanes know these tags. */
const keys = ['chaos-a', 'chaos-b', 'chaos-c'] as const

/** What a lane asks for next: something that its targets, as they are, allow. Null where they allow nothing any more. */
export const drawMove = (
  random: Random,
  targets: readonly Known[],
  most: number,
  { operations }: Abilities,
): Move | null => {
  const instances = targets.filter((known) => known.kind === 'instance')
  if (instances.length > 0) return instanceMove(random, instances, most, operations)
  const settings = targets.filter((known) => known.kind !== 'instance')
  return settings[0]?.kind === 'alarm' ? alarmMove(random, settings) : retentionMove(random, settings)
}

const idsOf = (targets: readonly Known[]): { ids: string[] } => ({ ids: targets.map(({ arn }) => arn) })

const instanceMove = (
  random: Random,
  targets: readonly KnownInstance[],
  most: number,
  operations: ReadonlySet<string>,
): Move => {
  const few = (list: readonly KnownInstance[]) =>
    idsOf(random.some(list, random.integer(1, Math.min(most, list.length))))
  const running = targets.filter(({ power }) => power === 'running')
  const stopped = targets.filter(({ power }) => power === 'stopped')
  const tagged = keys.filter((key) => targets.some((known) => valueOf(known, key) !== null))
  const kind = random.weighted([
    ['tag', 4],
    ['untag', tagged.length > 0 ? 1.5 : 0],
    ['stop', running.length > 0 ? 3 : 0],
    ['start', stopped.length > 0 ? 3 : 0],
    ['reboot', running.length > 0 ? 1.5 : 0],
    ['resize', operations.has('ec2.resize') ? 1.5 : 0],
    ['snapshot', operations.has('ec2.snapshot') ? 1 : 0],
  ] as const)
  switch (kind) {
    case 'tag': {
      const tags = random.some(keys, random.integer(1, 2)).map((key) => [key, `v${random.integer(0, 1e9)}`])
      return { operation: 'ec2.tag', params: { tags: Object.fromEntries(tags) }, targets: few(targets) }
    }
    case 'untag': {
      const key = random.pick(tagged)
      const having = targets.filter((known) => valueOf(known, key) !== null)
      return { operation: 'ec2.untag', params: { keys: [key] }, targets: few(having) }
    }
    case 'stop':
      return { operation: 'ec2.stop', params: {}, targets: few(running) }
    case 'start': {
      const waitFor = random.chance(0.3) ? 'status-ok' : 'running'
      return { operation: 'ec2.start', params: { waitFor }, targets: few(stopped) }
    }
    case 'reboot':
      return { operation: 'ec2.reboot', params: {}, targets: few(running) }
    case 'resize': {
      const one = random.pick(targets)
      const type = neighbourOf(one.type, random)
      return { operation: 'ec2.resize', params: { type }, targets: idsOf([one]), mayBeRefused: true }
    }
    case 'snapshot':
      return { operation: 'ec2.snapshot', params: {}, targets: few(targets), mayBeRefused: true }
  }
}

const sizes = ['micro', 'small', 'medium', 'large', 'xlarge', '2xlarge', '4xlarge']

/** The next larger or smaller type of the same family. */
const neighbourOf = (type: string | null, random: Random): string => {
  const [family = 't3', size = 'large'] = (type ?? 't3.large').split('.')
  const at = Math.max(1, sizes.indexOf(size))
  return `${family}.${sizes[at + (random.chance(0.5) ? 1 : -1)] ?? 'large'}`
}

/** Null where the tag is absent, or nobody knows. */
const valueOf = (known: KnownInstance, key: string): string | null => {
  const values = [...(known.tags.get(key) ?? [])]
  return values.length === 1 ? (values[0] ?? null) : null
}

const alarmMove = (random: Random, targets: readonly KnownSetting[]): Move => {
  const some = random.some(targets, random.integer(1, targets.length))
  const [{ account, region } = { account: '', region: '' }] = targets
  return {
    operation: 'cloudwatch.alarm.put',
    params: { alarms: some.map((known) => alarmOf(known, random.integer(1, 1e9))) },
    targets: { account, region },
  }
}

/** Only upwards: what is kept for less is deleted, which is a matter of two approvals and a delay. */
const retentionMove = (random: Random, targets: readonly KnownSetting[]): Move | null => {
  const known = targets.filter(({ image }) => image !== null)
  if (known.length === 0) return null
  const some = random.some(known, random.integer(1, known.length))
  const longest = Math.max(...some.map(({ image }) => Number(image?.['retentionDays'])))
  const [days] = retentions.filter((each) => each > longest)
  return days === undefined ? null : { operation: 'logs.retention', params: { days }, targets: idsOf(some) }
}
