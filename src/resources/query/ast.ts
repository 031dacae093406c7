/** Where something stands in the query: columns count from 1, in UTF-16 units as an editor does. */
export type At = { column: number; length: number }

/** What a value has to look like: literal pieces with anything between them. One piece: exactly that. */
export type Pattern = readonly string[]

export type Field =
  | { kind: 'type' | 'state' | 'service' | 'account' | 'region' | 'name' | 'id' | 'text' }
  | { kind: 'tag' | 'summary'; key: string }

/** What has a size. Durations are in seconds. */
export type Measure = { kind: 'cost' | 'cpu' | 'age' } | { kind: 'summary'; key: string }

export const operators = ['>=', '<=', '>', '<', '='] as const
export type Operator = (typeof operators)[number]

export type Term =
  | { kind: 'term'; field: Field; pattern: Pattern; at: At }
  /** What isn't known fits no comparison. `value` is the number as it was written, so that nothing is rounded. */
  | { kind: 'compare'; measure: Measure; operator: Operator; value: string; at: At }
  | { kind: 'known'; measure: Measure; at: At }

export type Query = { kind: 'and' | 'or'; parts: readonly Query[] } | { kind: 'not'; part: Query } | Term

/** The only thing that parsing throws: what is wrong, where, and what may have been meant in its place. */
export class QueryError extends Error {
  readonly at: At
  readonly suggestion: string | undefined

  constructor(message: string, at: At, suggestion?: string) {
    super(message)
    this.name = 'QueryError'
    this.at = at
    this.suggestion = suggestion
  }
}
