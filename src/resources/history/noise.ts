import { isObject } from './json-diff.ts'
import type { Json } from './json-diff.ts'

/**
 * What never makes a version of any type: amounts of money (they follow from the rest and from the price table), and tags
 * in AWS's own form, in whatever order AWS tells them this time (`tags` has them).
 */
const ofAllTypes = ['summary.*Usd', 'config.Tags', 'config.TagSet', 'config.TagList']

/** The fields that are left out of versions: dotted paths, where `*` in a part stands for anything within that part. */
export const noiseOf = (ofType: readonly string[] | undefined): string[] => [...ofAllTypes, ...(ofType ?? [])]

/** The value without these fields. */
export const withoutNoise = (value: Json, patterns: readonly string[]): Json =>
  leaveOut(
    value,
    patterns.map((pattern) => pattern.split('.').map(matcher)),
  )

type Part = (key: string) => boolean

const matcher = (part: string): Part => {
  if (!part.includes('*')) return (key) => key === part
  const shape = new RegExp(`^${part.split('*').map(escapeText).join('[^]*')}$`)
  return (key) => shape.test(key)
}
const escapeText = (text: string): string => text.replaceAll(/[\\^$.*+?()[\]{}|]/g, String.raw`\$&`)

const leaveOut = (value: Json, patterns: readonly (readonly Part[])[]): Json => {
  if (patterns.length === 0) return value
  const below = (key: string): Part[][] =>
    patterns.flatMap(([part, ...rest]) => (part !== undefined && part(key) ? [rest] : []))
  if (Array.isArray(value)) return value.map((one: Json, index) => leaveOut(one, below(String(index))))
  if (!isObject(value)) return value
  return Object.fromEntries(
    Object.entries(value).flatMap(([key, one]): [string, Json][] => {
      const inner = below(key)
      return inner.some((rest) => rest.length === 0) ? [] : [[key, leaveOut(one, inner)]]
    }),
  )
}
