const secretKey = /pass(?:word|phrase)|secret(?!.*arn$)|token|private_?key|credential|connection_?string/i
const environmentKey = /^environment(?:variables)?$/i
const hidden = '(hidden)'

/** Properties without what is likely a secret: every reader of the inventory sees them. */
export const hideSecrets = (properties: Record<string, unknown>): Record<string, unknown> =>
  Object.fromEntries(
    Object.entries(properties).map(([key, value]) => [
      key,
      secretKey.test(key) && typeof value === 'string'
        ? hidden
        : environmentKey.test(key)
          ? hideTexts(value)
          : within(value),
    ]),
  )

const within = (value: unknown): unknown =>
  Array.isArray(value)
    ? value.map(within)
    : typeof value === 'object' && value !== null
      ? hideSecrets({ ...value })
      : value

/** Of environment variables the names stay: as keys, or as AWS's pairs of Name and Value. */
const hideTexts = (value: unknown): unknown => {
  if (Array.isArray(value)) return value.map(hideTexts)
  if (typeof value !== 'object' || value === null) return typeof value === 'string' ? hidden : value
  return Object.fromEntries(
    Object.entries(value).map(([key, inner]) => [key, key === 'Name' ? inner : hideTexts(inner)]),
  )
}
