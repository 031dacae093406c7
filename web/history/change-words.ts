import type { ResourceChange, Version } from '#contracts/history.ts'
import type { ResourceNet } from '#contracts/net-changes.ts'
import { fieldWords, valueWords } from '../design/words.ts'

/** The keys of a JSON Pointer. */
export const keysOf = (path: string): string[] =>
  path
    .split('/')
    .slice(1)
    .map((key) => key.replaceAll('~1', '/').replaceAll('~0', '~'))

/** What a change is about. The keys of tags, and AWS's own words, are left as they are. */
export const placeWords = ({ path, index }: Pick<ResourceChange, 'path' | 'index'>): string => {
  const [part = '', first = '', ...rest] = keysOf(path)
  const at = index === undefined ? '' : `[${index}]`
  if (part === 'tags') return `Tag ${first}${at}`
  if (part === 'summary') return `${[fieldWords(first), ...rest].join(' › ')}${at}`
  if (part === 'config') return `${[first, ...rest].filter(Boolean).join('.') || 'Configuration'}${at}`
  return fieldWords(part)
}

/** Changes that people look for, and those that only AWS's own description has. */
export const sorted = (changes: readonly ResourceChange[]): { own: ResourceChange[]; detail: ResourceChange[] } => {
  const isDetail = ({ path }: ResourceChange): boolean => path === '/config' || path.startsWith('/config/')
  const own = changes.filter((change) => !isDetail(change))
  return own.length > 0 ? { own, detail: changes.filter(isDetail) } : { own: [...changes], detail: [] }
}

/** A value of a change: "–" for what was not there. */
export const changeValue = (value: unknown): string =>
  Array.isArray(value) && value.length === 0 ? '–' : valueWords(value)

export const kindLooks: Record<Version['kind'], { word: string; color: 'green' | 'blue' | 'grey' | 'red' }> = {
  created: { word: 'Created', color: 'green' },
  changed: { word: 'Changed', color: 'blue' },
  gone: { word: 'Gone', color: 'red' },
  back: { word: 'Back', color: 'green' },
}

export const netKindLooks: Record<ResourceNet['kind'], { word: string; color: 'green' | 'blue' | 'grey' | 'red' }> = {
  ...kindLooks,
  changed: { word: 'Different', color: 'blue' },
  unchanged: { word: 'The same', color: 'grey' },
  absent: { word: 'Not there at either time', color: 'grey' },
}

/** "StopInstances by web-deploy": the last part of an ARN is who people know. */
export const actorWords = (actor: string): string => {
  const session = /:assumed-role\/(.+)$/.exec(actor)?.[1]
  return session ?? actor.split('/').at(-1) ?? actor
}
