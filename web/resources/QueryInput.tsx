import Autosuggest from '@cloudscape-design/components/autosuggest'
import Box from '@cloudscape-design/components/box'
import Link from '@cloudscape-design/components/link'
import Popover from '@cloudscape-design/components/popover'
import { queryFields } from '#contracts/query.ts'
import type { Resource } from '#contracts/resource.ts'
import { naturally } from '../design/words.ts'
import { useDraft } from '../design/use-draft.ts'
import { useSummarizeResourcesQuery } from './endpoints.ts'
import { suggestionsFor } from './query-suggestions.ts'
import type { KnownValues } from './query-suggestions.ts'

/** The query over the inventory, with suggestions from what the estate has. */
export const QueryInput = ({
  query,
  rows,
  onChange,
}: {
  query: string
  rows: readonly Resource[]
  onChange: (query: string) => void
}) => {
  const [text, type, settle] = useDraft(query, onChange)
  const known = useKnownValues(rows)
  return (
    <div>
      <Autosuggest
        value={text}
        options={suggestionsFor(text, known)}
        filteringType="manual"
        enteredTextLabel={(value) => `Search for ${value}`}
        ariaLabel="Query"
        placeholder="Search: type:ec2.instance state:running tag.env:prod web"
        onChange={({ detail }) => type(detail.value)}
        onSelect={({ detail }) => settle(detail.value)}
        onKeyDown={({ detail }) => {
          if (detail.key === 'Enter') settle(text)
        }}
        empty="Type a word, or a field and its value."
      />
      <Popover header="Queries" size="large" content={<Syntax />} triggerType="custom" dismissAriaLabel="Close">
        <Link variant="info" fontSize="body-s">
          How to write a query
        </Link>
      </Popover>
    </div>
  )
}

const Syntax = () => (
  <Box fontSize="body-s">
    <p>
      Words are looked for in names, ids and tags. Everything given must hold; “or”, brackets and a minus for “not” work
      as one expects, * stands for anything.
    </p>
    <ul>
      {queryFields.map(({ name, description, example }) => (
        <li key={name}>
          <Box variant="code">{example}</Box> {description}
        </li>
      ))}
    </ul>
    <p>
      Together: <Box variant="code">type:ec2.instance (state:stopped or tag.env:dev) -name:web-*</Box>
    </p>
  </Box>
)

const useKnownValues = (rows: readonly Resource[]): KnownValues => {
  const { data } = useSummarizeResourcesQuery()
  const tags: Record<string, string[]> = {}
  for (const row of rows)
    for (const [key, value] of Object.entries(row.tags)) if (key !== 'Name') (tags[key] ??= []).push(value)
  const named = (counts: { value: string | null }[] = []): string[] =>
    [...new Set(counts.flatMap(({ value }) => value ?? []))].toSorted(naturally)
  return {
    type: named(data?.byType),
    state: named(data?.byState),
    account: named(data?.byAccount),
    region: named(data?.byRegion),
    tags: Object.fromEntries(
      Object.entries(tags).map(([key, values]) => [key, [...new Set(values)].toSorted(naturally)]),
    ),
  }
}
