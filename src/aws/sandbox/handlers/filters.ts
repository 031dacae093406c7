import type { Filter } from '@aws-sdk/client-ec2'
import { awsError } from '../aws-error.ts'

/** The values that a resource has for a filter's name; undefined for a name that the action doesn't know. */
export type FilterValues<Item> = (item: Item, name: string) => readonly (string | undefined)[] | undefined

const mostValues = 200

/**
 * AWS's filters: all of them must hold, each by any of its values; values are case-sensitive and may carry the wildcards
 * `*` and `?`.
 */
export const matcherOf = <Item>(
  filters: readonly Filter[] | undefined,
  valuesOf: FilterValues<Item>,
): ((item: Item) => boolean) => {
  const tests = (filters ?? []).map(({ Name, Values }) => {
    const name = Name ?? ''
    const wanted = Values ?? []
    if (wanted.length > mostValues) {
      throw awsError(
        'FilterLimitExceeded',
        `The maximum number of filter values specified on a single call is ${mostValues}`,
      )
    }
    if (wanted.length === 0)
      throw awsError('InvalidParameterValue', `The filter '${name}' is invalid: it has no values`)
    const exact = new Set(wanted.filter((value) => !/[*?]/.test(value)))
    const patterns = wanted.filter((value) => /[*?]/.test(value)).map(toPattern)
    return (item: Item): boolean => {
      const has = valuesOf(item, name)
      if (has === undefined) throw awsError('InvalidParameterValue', `The filter '${name}' is invalid`)
      return has.some(
        (value) => value !== undefined && (exact.has(value) || patterns.some((pattern) => pattern.test(value))),
      )
    }
  })
  return (item) => tests.every((test) => test(item))
}

/** The values of `tag:<key>` and `tag-key`, which every taggable resource knows. */
export const tagValues = (tags: Record<string, string>, name: string): readonly (string | undefined)[] | undefined => {
  if (name === 'tag-key') return Object.keys(tags)
  if (name.startsWith('tag:')) return [tags[name.slice(4)]]
  return undefined
}

const toPattern = (value: string): RegExp =>
  new RegExp(
    `^${value
      .replaceAll(/[.+^${}()|[\]\\]/g, '\\$&')
      .replaceAll('*', '.*')
      .replaceAll('?', '.')}$`,
    's',
  )
