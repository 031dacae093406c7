import Badge from '@cloudscape-design/components/badge'
import Button from '@cloudscape-design/components/button'
import Header from '@cloudscape-design/components/header'
import Table from '@cloudscape-design/components/table'
import type { TableProps } from '@cloudscape-design/components/table'
import type { Session } from '#contracts/auth.ts'
import { apiErrorOf } from '../api/problem.ts'
import { said } from '../app/notices.ts'
import { useAppDispatch } from '../app/store.ts'
import { TableState } from '../design/TableState.tsx'
import { Time } from '../design/Time.tsx'
import { counted, totalWords } from '../design/words.ts'
import { browserOf } from './browser-of.ts'
import { useEndOtherSessionsMutation, useEndSessionMutation, useListSessionsQuery } from './endpoints.ts'

/** Where one is signed in, each of which can be ended. */
export const SessionsPage = () => {
  const dispatch = useAppDispatch()
  const { data, isLoading, error, refetch } = useListSessionsQuery()
  const [endSession] = useEndSessionMutation()
  const [endOthers, { isLoading: isEnding }] = useEndOtherSessionsMutation()
  const end = async (id: string): Promise<void> => {
    const result = await endSession(id)
    if (result.error !== undefined)
      dispatch(said('error', apiErrorOf(result.error).title, apiErrorOf(result.error).detail))
    else dispatch(said('success', 'The session has ended'))
  }
  const endAllOthers = async (): Promise<void> => {
    const result = await endOthers()
    if (result.error !== undefined)
      dispatch(said('error', apiErrorOf(result.error).title, apiErrorOf(result.error).detail))
    else dispatch(said('success', `Ended ${counted(result.data.ended, 'other session')}`))
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
    <Table
      variant="full-page"
      items={data?.items ?? []}
      columnDefinitions={columns}
      trackBy="id"
      loading={isLoading}
      loadingText="Loading sessions"
      ariaLabels={{ tableLabel: 'My sessions' }}
      header={
        <Header
          variant="awsui-h1-sticky"
          {...(data !== undefined && { counter: `(${totalWords(data.total)})` })}
          description="End what you don’t know, then change your password."
          actions={
            <Button loading={isEnding} disabled={(data?.items.length ?? 0) < 2} onClick={() => void endAllOthers()}>
              End all others
            </Button>
          }
        >
          My sessions
        </Header>
      }
      empty={
        <TableState
          error={error}
          onRetry={() => void refetch()}
          isFiltered={false}
          onClear={() => {}}
          what="sessions"
          firstStep=""
        />
      }
    />
  )
}
