/** Columns by name; what is null or missing shows as a dash. */
export type Columns<Row> = Record<string, (row: Row) => string | number | boolean | null | undefined>

/** A table for people: aligned with spaces, cut to nothing, so that it can be searched and copied. */
export const table = <Row>(rows: readonly Row[], columns: Columns<Row>): string => {
  const head = Object.keys(columns)
  const body = rows.map((row) => Object.values(columns).map((cell) => printable(cell(row))))
  const widths = head.map((name, index) => Math.max(name.length, ...body.map((cells) => cells[index]?.length ?? 0)))
  return [head, ...body]
    .map((cells) =>
      cells
        .map((cell, index) => cell.padEnd(widths[index] ?? 0))
        .join('  ')
        .trimEnd(),
    )
    .join('\n')
}

/** Names and values under each other. */
export const facts = (values: Record<string, string | number | boolean | null | undefined>): string => {
  const width = Math.max(...Object.keys(values).map((name) => name.length))
  return Object.entries(values)
    .map(([name, value]) => `${name.padEnd(width)}  ${printable(value)}`)
    .join('\n')
}

/** Names and tags come from AWS: control characters must not reach the terminal, which would obey them. */
export const printable = (value: string | number | boolean | null | undefined): string =>
  value === null || value === undefined || value === '' ? '-' : String(value).replace(/[\p{Cc}\p{Cf}]/gu, '?')

export const json = (value: unknown): string => JSON.stringify(value, null, 2)
