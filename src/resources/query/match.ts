import { mayList } from '../types/registry.ts'
import type { Pattern, Query } from './ast.ts'

/** Whether a value fits a pattern, in full. */
export const fits = (pattern: Pattern, value: string): boolean => {
  const first = pattern[0] ?? ''
  if (pattern.length === 1) return value === first
  const last = pattern.at(-1) ?? ''
  if (!value.startsWith(first) || value.length < first.length + last.length || !value.endsWith(last)) return false
  let from = first.length
  const end = value.length - last.length
  for (const piece of pattern.slice(1, -1)) {
    const found = value.indexOf(piece, from)
    if (found < 0 || found + piece.length > end) return false
    from = found + piece.length
  }
  return true
}

export const toLower = (pattern: Pattern): Pattern => pattern.map((piece) => piece.toLowerCase())

/** The accounts that `account:` terms name: by id or by the name that they have here. */
export type NamedAccount = { id: string; name: string }
export const accountsThatFit = (pattern: Pattern, accounts: readonly NamedAccount[]): string[] => {
  const lower = toLower(pattern)
  return accounts.filter(({ id, name }) => fits(lower, id) || fits(lower, name.toLowerCase())).map(({ id }) => id)
}

/** The service of a type, as its name has it: "ec2" of "ec2.instance". */
export const serviceOf = (type: string): string => type.split('.')[0] ?? ''

type Verdict = 'yes' | 'no' | 'maybe'

/**
 * Whether resources of a type in a place can match a query at all. A read asks only the partitions it needs for their
 * freshness, so that a broken account doesn't slow down or blemish a query that is about another one.
 */
export const mayMatch = (
  query: Query | null,
  place: { account: string; region: string; type: string },
  accounts: readonly NamedAccount[],
): boolean => query === null || judge(query, place, accounts) !== 'no'

const judge = (query: Query, place: Parameters<typeof mayMatch>[1], accounts: readonly NamedAccount[]): Verdict => {
  switch (query.kind) {
    case 'and': {
      const verdicts = query.parts.map((part) => judge(part, place, accounts))
      return verdicts.includes('no') ? 'no' : verdicts.includes('maybe') ? 'maybe' : 'yes'
    }
    case 'or': {
      const verdicts = query.parts.map((part) => judge(part, place, accounts))
      return verdicts.includes('yes') ? 'yes' : verdicts.includes('maybe') ? 'maybe' : 'no'
    }
    case 'not': {
      const verdict = judge(query.part, place, accounts)
      return verdict === 'yes' ? 'no' : verdict === 'no' ? 'yes' : 'maybe'
    }
    case 'term':
      return judgeTerm(query, place, accounts)
    case 'compare':
    case 'known':
      return 'maybe'
  }
}

const judgeTerm = (
  { field, pattern }: Extract<Query, { kind: 'term' }>,
  place: Parameters<typeof mayMatch>[1],
  accounts: readonly NamedAccount[],
): Verdict => {
  if (field.kind === 'account') return accountsThatFit(pattern, accounts).includes(place.account) ? 'yes' : 'no'
  if (field.kind === 'region') return fits(toLower(pattern), place.region) ? 'yes' : 'no'
  if (field.kind === 'type') {
    const wanted = toLower(pattern)
    if (fits(wanted, place.type)) return 'yes'
    return mayList(place.type, () => false, wanted.length === 1 ? wanted[0] : undefined) ? 'maybe' : 'no'
  }
  if (field.kind === 'service') {
    if (fits(toLower(pattern), serviceOf(place.type))) return 'yes'
    return mayList(place.type, () => false, undefined) ? 'maybe' : 'no'
  }
  return 'maybe'
}
