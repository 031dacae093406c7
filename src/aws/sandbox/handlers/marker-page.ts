import { awsError } from '../aws-error.ts'
import { fromToken, toToken } from '../names.ts'

/** One page of a list that is there as a whole, after the place in a marker, and the marker of the next page. */
export const markerPage = <Item>(
  items: readonly Item[],
  { marker, size }: { marker: string | undefined; size: number },
): { items: readonly Item[]; next: string | undefined } => {
  const from = marker === undefined || marker === '' ? 0 : Number(fromToken(marker) ?? Number.NaN)
  if (!Number.isSafeInteger(from) || from < 0) throw awsError('ValidationError', 'The specified marker is not valid.')
  const next = from + size
  return { items: items.slice(from, next), next: next < items.length ? toToken(String(next)) : undefined }
}

/** Throws what a service says of a page size that it doesn't take. */
export const refuseSize = (name: string, size: number, most: number): void => {
  if (Number.isInteger(size) && size >= 1 && size <= most) return
  throw awsError('ValidationError', `Value '${size}' at '${name}' failed to satisfy constraint: 1 to ${most}.`)
}
