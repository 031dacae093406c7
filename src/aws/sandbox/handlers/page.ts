import { awsError } from '../aws-error.ts'

/** A position in a list as an opaque token, as AWS hands them out. */
const encode = (position: number): string => Buffer.from(`sandbox:${position}`).toString('base64url')

const decode = (token: string): number => {
  const position = Number(/^sandbox:(\d+)$/.exec(Buffer.from(token, 'base64url').toString())?.[1] ?? Number.NaN)
  if (!Number.isSafeInteger(position)) throw awsError('InvalidNextToken', 'The specified next token is not valid.')
  return position
}

/** How many items a page may have: EC2 takes 5 to 1,000, and gives at most 1,000 whatever more was asked for. */
export const pageSize = (input: { MaxResults?: number | undefined }): number => {
  const { MaxResults } = input
  if (MaxResults === undefined) return Number.POSITIVE_INFINITY
  if (!Number.isInteger(MaxResults) || MaxResults < 5) {
    throw awsError(
      'InvalidParameterValue',
      `Value ( ${MaxResults} ) for parameter maxResults is invalid. Expecting a value greater than 5.`,
    )
  }
  return Math.min(MaxResults, 1000)
}

/**
 * One page of what `at` yields for positions 0 to count - 1 (undefined: left out), and the token of the next page. Stops as
 * soon as the page is full, so a page of a large estate costs what it shows.
 */
export const pageOf = <Item>(
  count: number,
  at: (position: number) => Item | undefined,
  input: { MaxResults?: number | undefined; NextToken?: string | undefined },
): { items: Item[]; NextToken: string | undefined } => {
  const size = pageSize(input)
  const items: Item[] = []
  let position = input.NextToken === undefined || input.NextToken === '' ? 0 : decode(input.NextToken)
  for (; position < count && items.length < size; position++) {
    const item = at(position)
    if (item !== undefined) items.push(item)
  }
  return { items, NextToken: position < count ? encode(position) : undefined }
}
