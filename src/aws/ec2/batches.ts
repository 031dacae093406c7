/** Cuts a list into pieces of at most `size`, without repeating an id. */
export const batchesOf = (ids: readonly string[], size: number): string[][] => {
  const unique = [...new Set(ids)]
  const batches: string[][] = []
  for (let start = 0; start < unique.length; start += size) batches.push(unique.slice(start, start + size))
  return batches
}
