import ButtonDropdown from '@cloudscape-design/components/button-dropdown'
import type { Facets as Counted } from '#contracts/query.ts'
import { count, fieldWords } from '../design/words.ts'
import { useListAccountsQuery } from './account-endpoints.ts'
import { useCountFacetsQuery } from './endpoints.ts'
import { narrowed, termOf } from './query-text.ts'

/** What is worth choosing among resources of a type, beside what all have. */
const ofType: Record<string, readonly string[]> = {
  'ec2.instance': ['instanceType'],
  'ec2.volume': ['volumeType'],
  'lambda.function': ['runtime'],
  'cloudwatch.alarm': ['namespace'],
}

/** What matches, counted by values; one that is chosen narrows the query. */
export const Facets = ({
  q,
  type,
  hasError,
  onChange,
}: {
  q: string
  type: string
  /** The query can't be understood: there is nothing to count. */
  hasError: boolean
  onChange: (q: string) => void
}) => {
  const by = [
    ...(type === '' ? ['service'] : []),
    'state',
    'account',
    'region',
    'tag.env',
    'tag.team',
    ...(ofType[type] ?? []),
  ]
  const { data } = useCountFacetsQuery({ q, type, by: by.join(','), values: 30 }, { skip: hasError })
  const { data: accounts } = useListAccountsQuery()
  const nameOf = (field: string, value: string | null): string => {
    if (value === null || value === '') return 'none'
    return field === 'account' ? (accounts?.items.find(({ id }) => id === value)?.name ?? value) : value
  }
  if (hasError || data === undefined) return null
  return (
    <div className="facets" role="group" aria-label="Narrow the search">
      {data.facets.filter(isWorthShowing).map((facet) => (
        <ButtonDropdown
          key={facet.by}
          ariaLabel={`Narrow by ${wordsOf(facet.by)}`}
          expandToViewport
          items={itemsOf(facet, nameOf)}
          onItemClick={({ detail }) => {
            const chosen = facet.values[Number(detail.id)]
            if (chosen !== undefined) onChange(narrowed(q, termOf(facet.by, chosen.value)))
          }}
        >
          {wordsOf(facet.by)}
        </ButtonDropdown>
      ))}
    </div>
  )
}

type Facet = Counted['facets'][number]

/** With one value for everything there is nothing to choose. */
const isWorthShowing = ({ values }: Facet): boolean => values.length > 1

const wordsOf = (by: string): string => (by.startsWith('tag.') ? `Tag ${by.slice('tag.'.length)}` : fieldWords(by))

const itemsOf = (
  { by, values, others, isApproximate }: Facet,
  nameOf: (by: string, value: string | null) => string,
) => [
  ...values.map(({ value, count: found }, index) => ({
    id: String(index),
    text: nameOf(by, value),
    secondaryText: `${isApproximate ? 'about ' : ''}${count(found)}`,
  })),
  ...(others === 0
    ? []
    : [
        {
          id: 'others',
          text: `and ${count(others)} more values`,
          disabled: true,
          disabledReason: 'Type it in the query.',
        },
      ]),
]
