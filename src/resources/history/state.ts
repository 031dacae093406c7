import type { Resource } from '#contracts/resource.ts'
import { diff, isObject } from './json-diff.ts'
import type { Change, Json } from './json-diff.ts'
import { withoutNoise } from './noise.ts'

/** What the history keeps of a resource: what AWS said of it. Cost follows from it, and is not kept. */
export type State = Pick<Resource, 'name' | 'state' | 'tags' | 'summary' | 'config'>

/** More changes than this are told as one of the whole part: nobody reads them, and each costs its path. */
const maxChanges = 300

const parts = ['name', 'state', 'tags', 'summary', 'config'] as const

/** A state as JSON, as it would come back from the database. */
export const asJson = (state: State): Json =>
  // What JSON has no word for (undefined, NaN) is gone afterwards, as in the database.
  JSON.parse(JSON.stringify(Object.fromEntries(parts.map((part) => [part, state[part]])))) as Json

/** The real changes from one state to the next; none when only noise differs. */
export const changesBetween = (before: State, after: State, noise: readonly string[]): Change[] => {
  const [was, is] = [withoutNoise(asJson(before), noise), withoutNoise(asJson(after), noise)]
  const changes = diff(was, is)
  if (changes.length <= maxChanges || !isObject(was) || !isObject(is)) return changes
  const touched = parts.filter((part) =>
    changes.some(({ path }) => path === `/${part}` || path.startsWith(`/${part}/`)),
  )
  return touched.map((part): Change => ({ path: `/${part}`, before: was[part] ?? null, after: is[part] ?? null }))
}

/** A rebuilt state, of the JSON that `asJson` made once. */
export const fromJson = (value: Json): State => {
  const found = isObject(value) ? value : {}
  const text = (part: Json | undefined): string | null => (typeof part === 'string' ? part : null)
  const record = (part: Json | undefined): Record<string, Json> => (isObject(part) ? { ...part } : {})
  return {
    name: text(found['name']),
    state: text(found['state']),
    // Tags of a row are texts.
    tags: record(found['tags']) as Record<string, string>,
    summary: record(found['summary']),
    config: record(found['config']),
  }
}
