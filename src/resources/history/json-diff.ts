export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json }

/**
 * One difference between two JSON values. `path` is a JSON Pointer (RFC 6901). Without `before` something was added, without
 * `after` it was removed. With `index` both are elements of the list at `path`, from that index on: the list grew, shrank, or both.
 */
export type Change = { path: string; index?: number; before?: Json; after?: Json }

/** Beyond this depth a value is compared as a whole: what AWS describes is never so deep, what somebody writes may be. */
const maxDepth = 32

/** What leads from one value to the other: as deep as possible, so that it says what changed and not where. */
export const diff = (before: Json, after: Json): Change[] => {
  const changes: Change[] = []
  compare(before, after, '', 0, changes)
  return changes
}

const compare = (before: Json, after: Json, path: string, depth: number, changes: Change[]): void => {
  if (before === after) return
  if (depth < maxDepth && isObject(before) && isObject(after)) {
    for (const key of new Set([...Object.keys(before), ...Object.keys(after)])) {
      const inner = `${path}/${escapeKey(key)}`
      const [was, is] = [own(before, key), own(after, key)]
      if (was !== undefined && is !== undefined) compare(was, is, inner, depth + 1, changes)
      else
        changes.push({
          path: inner,
          ...(was === undefined ? {} : { before: was }),
          ...(is === undefined ? {} : { after: is }),
        })
    }
    return
  }
  if (depth < maxDepth && isList(before) && isList(after)) return compareLists(before, after, path, depth, changes)
  if (!isEqual(before, after)) changes.push({ path, before, after })
}

/** What is the same at both ends doesn't matter; as many elements between as before are compared one by one. */
const compareLists = (
  before: readonly Json[],
  after: readonly Json[],
  path: string,
  depth: number,
  changes: Change[],
): void => {
  const shorter = Math.min(before.length, after.length)
  let start = 0
  while (start < shorter && isEqual(at(before, start), at(after, start))) start++
  let end = 0
  while (end < shorter - start && isEqual(at(before, before.length - 1 - end), at(after, after.length - 1 - end))) end++
  const was = before.slice(start, before.length - end)
  const is = after.slice(start, after.length - end)
  if (was.length === 0 && is.length === 0) return
  if (was.length !== is.length) return void changes.push({ path, index: start, before: was, after: is })
  for (const [index, value] of was.entries())
    compare(value, at(is, index), `${path}/${start + index}`, depth + 1, changes)
}

/** The value before these changes. What doesn't fit the value (of a field that is no longer kept, for example) is passed over. */
export const takeBack = (value: Json, changes: readonly Change[]): Json =>
  changes.reduceRight<Json>((state, { path, index, before, after }) => put(state, path, index, after, before), value)

/** The value after these changes. */
export const replay = (value: Json, changes: readonly Change[]): Json =>
  changes.reduce<Json>((state, { path, index, before, after }) => put(state, path, index, before, after), value)

const put = (
  value: Json,
  path: string,
  index: number | undefined,
  from: Json | undefined,
  to: Json | undefined,
): Json => {
  const change = (old: Json | undefined): Json | undefined => {
    if (index === undefined) return to
    if (!isList(old)) return old
    const [removed, added] = [isList(from) ? from.length : 0, isList(to) ? to : []]
    return [...old.slice(0, index), ...added, ...old.slice(index + removed)]
  }
  return edit(value, path.split('/').slice(1).map(unescapeKey), change) ?? null
}

/** Never assigns to a key: "__proto__" is a key like any other here. */
const edit = (
  value: Json | undefined,
  [key, ...rest]: string[],
  change: (old: Json | undefined) => Json | undefined,
): Json | undefined => {
  if (key === undefined) return change(value)
  if (isList(value)) {
    const index = Number(key)
    return index in value
      ? value.map((one, place) => (place === index ? (edit(one, rest, change) ?? null) : one))
      : value
  }
  if (!isObject(value)) return value
  const edited = edit(own(value, key), rest, change)
  if (edited !== undefined) return { ...value, [key]: edited }
  return Object.fromEntries(Object.entries(value).filter(([name]) => name !== key))
}

export const isEqual = (a: Json, b: Json): boolean => {
  if (a === b) return true
  if (isList(a) && isList(b)) return a.length === b.length && a.every((one, index) => isEqual(one, at(b, index)))
  if (!isObject(a) || !isObject(b)) return false
  const keys = Object.keys(a)
  return (
    keys.length === Object.keys(b).length &&
    keys.every((key) => Object.hasOwn(b, key) && isEqual(own(a, key) ?? null, own(b, key) ?? null))
  )
}

const isList = (value: Json | undefined): value is readonly Json[] => Array.isArray(value)
export const isObject = (value: Json | undefined): value is { readonly [key: string]: Json } =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
const own = (value: { readonly [key: string]: Json }, key: string): Json | undefined =>
  Object.hasOwn(value, key) ? value[key] : undefined
/** Of an index within the list. */
const at = (list: readonly Json[], index: number): Json => list[index] ?? null

export const escapeKey = (key: string): string => key.replaceAll('~', '~0').replaceAll('/', '~1')
const unescapeKey = (key: string): string => key.replaceAll('~1', '/').replaceAll('~0', '~')
