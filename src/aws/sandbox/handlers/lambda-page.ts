import { awsError } from '../aws-error.ts'
import { fromToken, toToken } from '../names.ts'

export const notFound = (message: string): Error => awsError('ResourceNotFoundException', message, 404)
export const invalid = (message: string): Error => awsError('InvalidParameterValueException', message)

/**
 * One page of what `at` yields for the positions 0 to count - 1, and the marker of the next one. `most` is what a page holds
 * at most, whatever was asked for; items of one position may come on two pages.
 */
export const lambdaPage = <Item>(
  count: number,
  at: (position: number) => readonly Item[],
  input: { MaxItems?: number | undefined; Marker?: string | undefined },
  most: number,
): { items: Item[]; next: string | undefined } => {
  const size = Math.min(input.MaxItems ?? most, most)
  if (!Number.isInteger(size) || size < 1) throw invalid(`Value '${input.MaxItems}' at 'maxItems' must be positive`)
  const from = input.Marker === undefined ? '0.0' : fromToken(input.Marker)
  const [, first, second] = /^(\d+)\.(\d+)$/.exec(from ?? '') ?? []
  if (first === undefined || second === undefined) throw invalid('The marker is not valid')
  let position = Number(first)
  let skip = Number(second)
  const items: Item[] = []
  for (; position < count; position++, skip = 0) {
    const here = at(position)
    const taken = here.slice(skip, skip + size - items.length)
    items.push(...taken)
    if (skip + taken.length < here.length) return { items, next: toToken(`${position}.${skip + taken.length}`) }
    if (items.length >= size) return { items, next: position + 1 < count ? toToken(`${position + 1}.0`) : undefined }
  }
  return { items, next: undefined }
}
