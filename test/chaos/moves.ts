import type { Known } from './model.ts'
import type { Random } from './random.ts'

/** Something that can be asked for, and of which instances. */
export type Move = { operation: string; params: object; targets: Known[] }

/** Only lanes know these tags. */
const keys = ['chaos-a', 'chaos-b', 'chaos-c'] as const

/** What a lane asks for next: something that its targets, as they are, allow. */
export const drawMove = (random: Random, targets: readonly Known[], most: number): Move => {
  const few = (list: readonly Known[]): Known[] => random.some(list, random.integer(1, Math.min(most, list.length)))
  const running = targets.filter(({ power }) => power === 'running')
  const stopped = targets.filter(({ power }) => power === 'stopped')
  const tagged = keys.filter((key) => targets.some((known) => valueOf(known, key) !== null))
  const kind = random.weighted([
    ['tag', 4],
    ['untag', tagged.length > 0 ? 1.5 : 0],
    ['stop', running.length > 0 ? 3 : 0],
    ['start', stopped.length > 0 ? 3 : 0],
    ['reboot', running.length > 0 ? 1.5 : 0],
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
  }
}

/** Null where the tag is absent, or nobody knows. */
const valueOf = (known: Known, key: string): string | null => {
  const values = [...(known.tags.get(key) ?? [])]
  return values.length === 1 ? (values[0] ?? null) : null
}
