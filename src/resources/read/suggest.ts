import type { Account } from '#aws/cloud.ts'
import type { Principal } from '#contracts/principal.ts'
import { queryFields, summaryFields } from '#contracts/query.ts'
import type { Suggestions } from '#contracts/query.ts'
import type { Database } from '#platform/db/database.ts'
import { QueryError } from '../query/ast.ts'
import { writingAt, written, writtenKey } from '../query/complete.ts'
import { serviceOf } from '../query/match.ts'
import { parseQuery } from '../query/parse.ts'
import { readTagValues } from '../store/vocabulary.ts'
import type { Word } from '../store/vocabulary.ts'
import { resourceTypes } from '../types/registry.ts'
import type { Groups } from './groups.ts'
import type { Readable } from './readable.ts'

export type Suggest = (principal: Principal, query: { q: string; at?: number | undefined }) => Promise<Suggestions>

const mostItems = 30
/** Shorter texts are in too many values for a look into all rows. */
const shortestSought = 3

type Item = Suggestions['items'][number]
type Option = { value: string; description: string }

/** What may follow at the cursor, from what the reader's accounts have: fields, then a field's values. */
export const createSuggest = (deps: {
  db: Database
  readable: Readable
  groups: Groups
  vocabulary: () => Promise<readonly Word[]>
}): Suggest => {
  const { db, readable, groups, vocabulary } = deps

  const wordsOf = async (accounts: readonly Account[]): Promise<Word[]> =>
    (await vocabulary()).filter((word) => accounts.some(({ id }) => id === word.account))

  const tagValues = async (accounts: readonly Account[], key: string, typed: string): Promise<Option[]> => {
    const known = (await wordsOf(accounts)).filter((word) => word.kind === 'tag' && word.key === key)
    const options = [{ value: '*', description: 'has the tag' }, ...mostFirst(known)]
    if (typed.length < shortestSought || options.some(({ value }) => value.toLowerCase().includes(typed.toLowerCase())))
      return options
    // A rare value may not be in the sample.
    const ids = accounts.map(({ id }) => id)
    return [...options, ...(await readTagValues(db, ids, key, typed, mostItems)).map(plain)]
  }

  const valuesOf = async (accounts: readonly Account[], field: string, typed: string, q: string): Promise<Option[]> => {
    const name = field.toLowerCase()
    const tag = /^tag\.(.+)$/is.exec(field)?.[1]
    if (tag !== undefined) return tagValues(accounts, tag.replace(/^"|"$/g, '').replace(/\\(["\\])/g, '$1'), typed)
    switch (name) {
      case 'account':
        return accounts.map(({ id, name: called }) => ({ value: called, description: id }))
      case 'type':
      case 'service':
      case 'region':
      case 'state': {
        const type = /(?:^|[\s(])type:([\w.-]+)/i.exec(q)?.[1]?.toLowerCase()
        const { value: all } = await groups.get()
        const own = all.filter(
          (group) =>
            accounts.some(({ id }) => id === group.account) &&
            (name !== 'state' || type === undefined || group.type === type),
        )
        const counted = mostFirst(
          own.map((group) => ({
            value: name === 'service' ? serviceOf(group.type) : (group[name] ?? ''),
            count: group.count,
          })),
        )
        const rest = name === 'type' ? resourceTypes.map((each) => each.type) : []
        return [...counted, ...rest.filter((each) => !counted.some(({ value }) => value === each)).map(plain)]
      }
      case 'cost':
        return ['>10', '>100', '>1000', '<1', '*'].map(measured('US dollars a month', 'the cost is known'))
      case 'cpu':
        return ['<5', '<20', '>80', '*'].map(measured('percent', 'it is measured'))
      case 'age':
        return ['<1d', '<7d', '>30d', '>90d', '>1y'].map(measured('since it was made', ''))
    }
    const key = field.replace(/^summary\./i, '')
    const known = summaryFields.find((each) => each.toLowerCase() === key.toLowerCase()) ?? key
    return mostFirst((await wordsOf(accounts)).filter((word) => word.kind === 'summary' && word.key === known))
  }

  const fields = async (accounts: readonly Account[]): Promise<Option[]> => {
    const words = await wordsOf(accounts)
    const keys = (kind: Word['kind']): Option[] =>
      mostFirst(words.flatMap((word) => (word.kind === kind ? [{ value: word.key, count: word.count }] : [])))
    return [
      ...queryFields
        .filter(({ name }) => !name.includes('<'))
        .map(({ name, description }) => ({ value: `${name}:`, description })),
      ...keys('tag').map(({ value }) => ({ value: `tag.${writtenKey(value)}:`, description: 'Tag' })),
      ...keys('summary').map(({ value }) => ({ value: `${value}:`, description: 'Field of the summary' })),
      ...summaryFields.map((name) => ({ value: `${name}:`, description: 'Field of the summary' })),
    ]
  }

  return async (principal, { q, at = q.length }) => {
    const writing = writingAt(q, Math.min(at, q.length))
    const accounts = await readable.accounts(principal)
    const options =
      writing.kind === 'field' ? await fields(accounts) : await valuesOf(accounts, writing.field, writing.typed, q)
    const isField = writing.kind === 'field'
    // A space ends a value, so that the next word can follow; in a list it is for the writer to say.
    const end = isField || writing.isInList || /^\s/.test(q.slice(writing.to)) ? '' : ' '
    const items = ranked(options, writing.typed).map(({ value, description }): Item => {
      const isMeasure = /^(cost|cpu|age)$/i.test(isField ? '' : writing.field)
      const text = isField || isMeasure || value === '*' ? value : written(value)
      return {
        text: text + end,
        label: value === '' ? '(none)' : value,
        description,
        kind: isField ? 'field' : 'value',
      }
    })
    return { from: writing.from, to: writing.to, items, problem: problemIn(q) }
  }
}

const plain = (value: string): Option => ({ value, description: '' })

const measured =
  (unit: string, known: string) =>
  (value: string): Option => ({ value, description: value === '*' ? known : unit })

/** Each value once, the most frequent first, with how many there are. */
const mostFirst = (counted: readonly { value: string; count: number }[]): Option[] => {
  const totals = new Map<string, number>()
  for (const { value, count } of counted) totals.set(value, (totals.get(value) ?? 0) + count)
  return [...totals].sort((a, b) => b[1] - a[1]).map(([value]) => plain(value))
}

/** Those that contain what was typed: first what begins with it, each once. */
const ranked = (options: readonly Option[], typed: string): Option[] => {
  const wanted = typed.toLowerCase()
  const fitting = [...new Map(options.map((option) => [option.value, option])).values()].filter(({ value }) =>
    value.toLowerCase().includes(wanted),
  )
  const begins = ({ value }: Option): boolean => value.toLowerCase().startsWith(wanted)
  return [...fitting.filter(begins), ...fitting.filter((option) => !begins(option))].slice(0, mostItems)
}

const problemIn = (q: string): Suggestions['problem'] => {
  try {
    parseQuery(q)
    return null
  } catch (error) {
    if (!(error instanceof QueryError)) throw error
    const { at, message, suggestion } = error
    return { ...at, message, ...(suggestion === undefined ? {} : { suggestion }) }
  }
}
