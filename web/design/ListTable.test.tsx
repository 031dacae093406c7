import { fireEvent, screen, within } from '@testing-library/react'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { renderPage } from '../app/test-page.tsx'
import { ListTable } from './ListTable.tsx'
import type { ListAnswer } from './ListTable.tsx'
import { useListState } from './use-list-state.ts'

type Row = { id: string; name: string; state: string }
const rows: Row[] = [
  { id: '1', name: 'first', state: 'on' },
  { id: '2', name: 'second', state: 'off' },
]
const answered = (items: Row[]): ListAnswer<Row> => ({
  data: { items, nextCursor: null, total: { value: items.length, relation: 'eq' } },
  isFetching: false,
  error: undefined,
  refetch: () => {},
})

const List = ({ answer }: { answer: ListAnswer<Row> }) => (
  <ListTable
    title="Things"
    what="things"
    list={useListState()}
    answer={answer}
    columns={[
      { id: 'name', header: 'Name', isRowHeader: true, cell: ({ name }) => name },
      { id: 'state', header: 'State', cell: ({ state }) => state },
    ]}
    rowId="id"
    search="name"
    choices={[
      {
        name: 'state',
        label: 'State',
        options: [
          { value: '', label: 'Any state' },
          { value: 'on', label: 'On' },
        ],
      },
    ]}
    firstStep="Make one."
  />
)

/** A window as wide as a telephone. jsdom has none of its own. */
const onTelephone = (): void => {
  vi.stubGlobal('matchMedia', () => ({ matches: true, addEventListener: () => {}, removeEventListener: () => {} }))
}

describe('a list', () => {
  afterEach(() => vi.unstubAllGlobals())

  it('shows its rows and how many there are', () => {
    renderPage(<List answer={answered(rows)} />)
    const table = screen.getByRole('table', { name: 'Things' })
    expect(within(table).getAllByRole('row')).toHaveLength(3)
    screen.getByText('(2)')
  })

  it('tells four states apart: loading, nothing yet, no match, failed', () => {
    const refetch = vi.fn()
    const nothing = answered([])
    renderPage(<List answer={{ ...nothing, data: undefined, isFetching: true }} />)
    screen.getByText('Loading things')
    renderPage(<List answer={nothing} />)
    screen.getByText('No things yet')
    screen.getByText('Make one.')
    renderPage(<List answer={nothing} />, { path: '/?state=on' })
    screen.getByText('No things match')
    // Rows from before must not look like the answer.
    renderPage(<List answer={{ ...answered(rows), error: { status: 500 }, refetch }} />)
    expect(screen.queryByText('first')).toBeNull()
    fireEvent.click(screen.getByRole('button', { name: 'Retry' }))
    expect(refetch).toHaveBeenCalledOnce()
  })

  it('clears every filter at once', () => {
    renderPage(<List answer={answered([])} />, { path: '/?state=on&q=x' })
    fireEvent.click(screen.getByRole('button', { name: 'Clear the filter' }))
    screen.getByText('No things yet')
  })

  it('is a list of cards on a telephone, with the names of the columns', async () => {
    onTelephone()
    renderPage(<List answer={answered(rows)} />)
    const cards = await screen.findByRole('list', { name: 'Things' })
    expect(within(cards).getAllByRole('listitem')).toHaveLength(2)
    expect(within(cards).getAllByText('State')).toHaveLength(2)
    within(cards).getByText('off')
    expect(screen.queryByRole('table')).toBeNull()
  })
})
