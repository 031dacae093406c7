import { useEffect, useRef, useState } from 'react'
import type { RefObject } from 'react'
import Autosuggest from '@cloudscape-design/components/autosuggest'
import Box from '@cloudscape-design/components/box'
import Link from '@cloudscape-design/components/link'
import Popover from '@cloudscape-design/components/popover'
import { queryFields } from '#contracts/query.ts'
import { useDraft } from '../design/use-draft.ts'
import { useSuggestQueryQuery } from './endpoints.ts'
import { QueryProblem } from './QueryProblem.tsx'

/** Typing faster than this asks once. */
const pauseMs = 120

/**
 * The query over the inventory, completed at the cursor from what the estate has. What is wrong with it is shown under the
 * place once the typing has paused.
 */
export const QueryInput = ({
  query,
  error,
  onChange,
}: {
  query: string
  /** Of the list that the query is for. */
  error: unknown
  onChange: (query: string) => void
}) => {
  // While a value is still to come there is nothing to search for, and nothing wrong yet.
  const [text, type, settle] = useDraft(query, (changed) => {
    if (!isUnfinished(changed)) onChange(changed)
  })
  const box = useRef<HTMLDivElement>(null)
  const asked = useAsked(text, box)
  const { currentData } = useSuggestQueryQuery(asked)
  // Of another text they would replace the wrong part of this one.
  const suggestions = asked.q === text ? currentData : undefined
  return (
    <div ref={box}>
      <Autosuggest
        value={text}
        options={
          suggestions?.items.map((item) => ({
            value: text.slice(0, suggestions.from) + item.text + text.slice(suggestions.to),
            label: item.label,
            description: item.description,
          })) ?? []
        }
        filteringType="manual"
        enteredTextLabel={(value) => `Search for ${value}`}
        ariaLabel="Query"
        placeholder="Search: state:running tag.env:prod cost:>100 web"
        onChange={({ detail }) => type(detail.value)}
        onSelect={({ detail }) => {
          // A field is only the beginning of a term: nothing to search for yet.
          if (detail.selectedOption !== undefined && detail.value.endsWith(':')) type(detail.value)
          else settle(detail.value)
        }}
        onKeyDown={({ detail }) => {
          // With an option chosen, Enter takes that one.
          const hasChosen = box.current?.querySelector('input')?.getAttribute('aria-activedescendant') != null
          if (detail.key !== 'Enter' || hasChosen) return
          settle(text)
          if (isUnfinished(text)) onChange(text)
        }}
        empty="Type a word, or a field and its value."
      />
      {text === query && <QueryProblem query={query} error={error} onMend={settle} />}
      <Popover header="Queries" size="large" content={<Syntax />} triggerType="custom" dismissAriaLabel="Close">
        <Link variant="info" fontSize="body-s">
          How to write a query
        </Link>
      </Popover>
    </div>
  )
}

/** It ends with a field, or in the middle of a list or a quoted text. */
const isUnfinished = (text: string): boolean => /:$|:\([^)]*$/.test(text) || (text.match(/"/g)?.length ?? 0) % 2 === 1

/** The text and the place of the cursor in it, once the typing has paused. */
const useAsked = (text: string, box: RefObject<HTMLElement | null>): { q: string; at: number } => {
  const [asked, setAsked] = useState({ q: text, at: text.length })
  useEffect(() => {
    const ask = (): void => {
      const at = box.current?.querySelector('input')?.selectionStart ?? text.length
      setAsked({ q: text, at: Math.min(at, text.length) })
    }
    const timer = setTimeout(ask, pauseMs)
    return () => clearTimeout(timer)
  }, [text, box])
  return asked
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
