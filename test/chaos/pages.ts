import type { Stubborn } from './client.ts'

/** All items of a list, page by page. */
export const allOf = async <T>(client: Stubborn, path: string): Promise<T[]> => {
  const all: T[] = []
  for (let cursor: string | null = ''; cursor !== null;) {
    const after: string = cursor === '' ? '' : `&cursor=${encodeURIComponent(cursor)}`
    const separator = path.includes('?') ? '&' : '?'
    const page: { items: T[]; nextCursor: string | null } = await client.ok(
      'GET',
      `${path}${separator}limit=500${after}`,
    )
    all.push(...page.items)
    cursor = page.nextCursor
  }
  return all
}
