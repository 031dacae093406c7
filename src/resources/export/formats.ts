import type { Resource } from '#contracts/resource.ts'
import type { Cell, Column } from './columns.ts'

/** A format turns pages of resources into pieces of text. */
export type Format = (
  pages: AsyncIterable<readonly Resource[]>,
  columns: readonly Column[] | null,
) => AsyncIterable<string>

/**
 * RFC 4180, with a line of names. Texts come from AWS, where whoever may tag a resource decides what they say: one that a
 * spreadsheet would take for a formula gets an apostrophe in front, after which it is text
 * (https://owasp.org/www-community/attacks/CSV_Injection).
 */
export const toCsv = async function* (
  pages: AsyncIterable<readonly Resource[]>,
  columns: readonly Column[],
): AsyncIterable<string> {
  yield `${columns.map(({ name }) => csvCell(name)).join(',')}\r\n`
  for await (const page of pages) {
    yield page.map((resource) => `${columns.map(({ cell }) => csvCell(cell(resource))).join(',')}\r\n`).join('')
  }
}

const csvCell = (value: Cell): string => {
  if (value === null) return ''
  if (typeof value !== 'string') return String(value)
  const text = /^[=+\-@\t\r\n]/.test(value) ? `'${value}` : value
  return /[",\r\n]|^\s|\s$|^'/.test(text) ? `"${text.replaceAll('"', '""')}"` : text
}

const rowOf = (resource: Resource, columns: readonly Column[] | null): unknown =>
  columns === null ? resource : Object.fromEntries(columns.map(({ name, cell }) => [name, cell(resource)]))

/** One JSON value a line; without columns the resources as a list has them. */
export const toJsonLines: Format = async function* (pages, columns) {
  for await (const page of pages) yield page.map((resource) => `${JSON.stringify(rowOf(resource, columns))}\n`).join('')
}

/** One JSON array. */
export const toJson: Format = async function* (pages, columns) {
  let before = '[\n'
  for await (const page of pages) {
    if (page.length === 0) continue
    yield before + page.map((resource) => JSON.stringify(rowOf(resource, columns))).join(',\n')
    before = ',\n'
  }
  yield before === '[\n' ? '[]\n' : '\n]\n'
}
