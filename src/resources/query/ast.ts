/** Where something stands in the query: columns count from 1, in UTF-16 units as an editor does. */
export type At = { column: number; length: number }

/** What a value has to look like: literal pieces with anything between them. One piece: exactly that. */
export type Pattern = readonly string[]

export type Field =
  | { kind: 'type' | 'state' | 'account' | 'region' | 'name' | 'id' | 'text' }
  | { kind: 'tag'; key: string }

export type Term = { kind: 'term'; field: Field; pattern: Pattern; at: At }

export type Query = { kind: 'and' | 'or'; parts: readonly Query[] } | { kind: 'not'; part: Query } | Term

/** The only thing that parsing throws: what is wrong, and where. */
export class QueryError extends Error {
  readonly at: At

  constructor(message: string, at: At) {
    super(message)
    this.name = 'QueryError'
    this.at = at
  }
}
