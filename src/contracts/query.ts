import { z } from 'zod'

/** Longest query that is parsed. */
export const queryMaxLength = 4096

/** A field that a query can name, as the console's filter and the error for an unknown field list them. */
export type QueryField = { name: string; description: string; example: string }

/** The fields of the query language; docs/resources.md has the grammar. */
export const queryFields: readonly QueryField[] = [
  { name: 'type', description: 'Type of the resource', example: 'type:ec2.instance' },
  { name: 'state', description: "State, in AWS's words", example: 'state:running' },
  { name: 'account', description: 'Account id or the name it has here', example: 'account:111122223333' },
  { name: 'region', description: 'Region', example: 'region:eu-*' },
  { name: 'name', description: 'Name', example: 'name:web-*' },
  { name: 'id', description: 'ARN, or the id that AWS gave', example: 'id:i-0123456789abcdef0' },
  { name: 'tag.<key>', description: 'Value of a tag; * for "has the tag"', example: 'tag.env:prod' },
]

export const querySchema = z
  .string()
  .max(queryMaxLength)
  .describe('Query, for example: type:ec2.instance tag.env:prod -state:terminated')

/** Where in the query something is wrong, for a marker under the text. */
export const queryProblemSchema = z.object({
  /** Counted from 1. */
  column: z.int().positive(),
  length: z.int().nonnegative(),
})
export type QueryProblem = z.infer<typeof queryProblemSchema>
