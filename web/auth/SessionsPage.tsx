import Badge from '@cloudscape-design/components/badge'
import Button from '@cloudscape-design/components/button'
import type { TableProps } from '@cloudscape-design/components/table'
import type { Session } from '#contracts/auth.ts'
import { said } from '../app/notices.ts'
import { useAppDispatch } from '../app/store.ts'
import { useComplain } from '../app/use-complain.ts'
import { ListTable } from '../design/ListTable.tsx'
import { Time } from '../design/Time.tsx'
import { counted } from '../design/words.ts'
import { browserOf } from './browser-of.ts'
import { useEndOtherSessionsMutation, useEndSessionMutation, useListSessionsQuery } from './endpoints.ts'

/** Where one is signed in, each of which can be ended. */
export const SessionsPage = () => {
  const dispatch = useAppDispatch()
  const complain = useComplain()
  const answer = useListSessionsQuery()
  const [endSession] = useEndSessionMutation()
  const [endOthers, { isLoading: isEnding }] = useEndOtherSessionsMutation()
  const end = async (id: string): Promise<void> => {
    if (!complain((await endSession(id)).error)) dispatch(said('success', 'The session has ended'))
  }
  const endAllOthers = async (): Promise<void> => {
    const result = await endOthers()
    if (!complain(result.error) && result.data !== undefined)
      dispatch(said('success', `Ended ${counted(result.data.ended, 'other session')}`))
  }
  const columns: TableProps.ColumnDefinition<Session>[] = [
    {
      id: 'browser',
      header: 'Browser',
      isRowHeader: true,
      cell: ({ userAgent, isCurrent }) => (
        <>
          {browserOf(userAgent)} {isCurrent && <Badge color="green">this one</Badge>}
        </>
      ),
    },
    { id: 'ip', header: 'Address', cell: ({ ip }) => ip ?? '–' },
    { id: 'createdAt', header: 'Signed in', cell: ({ createdAt }) => <Time iso={createdAt} /> },
    { id: 'lastUsedAt', header: 'Last used', cell: ({ lastUsedAt }) => <Time iso={lastUsedAt} /> },
    { id: 'expiresAt', header: 'Ends', cell: ({ expiresAt }) => <Time iso={expiresAt} /> },
    {
      id: 'end',
      header: 'End',
      cell: ({ id, isCurrent, userAgent }) =>
        isCurrent ? (
          'Sign out instead'
        ) : (
          <Button
            variant="inline-link"
            ariaLabel={`End the session of ${browserOf(userAgent)}`}
            onClick={() => void end(id)}
          >
            End
          </Button>
        ),
    },
  ]
  return (
    <ListTable
      title="My sessions"
      what="sessions"
      description="End what you don’t know, then change your password."
      answer={answer}
      columns={columns}
      rowId="id"
      actions={
        <Button loading={isEnding} disabled={(answer.data?.items.length ?? 0) < 2} onClick={() => void endAllOthers()}>
          End all others
        </Button>
      }
      firstStep=""
    />
  )
}
