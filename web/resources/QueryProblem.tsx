import Button from '@cloudscape-design/components/button'
import StatusIndicator from '@cloudscape-design/components/status-indicator'
import { queryProblemSchema } from '#contracts/query.ts'
import { apiErrorOf } from '../api/problem.ts'

/** What is wrong with a query: the query again with the place marked, why, and what may have been meant. */
export const QueryProblem = ({
  query,
  error,
  onMend,
}: {
  query: string
  error: unknown
  onMend: (query: string) => void
}) => {
  if (error === undefined) return null
  const { code, errors } = apiErrorOf(error)
  const place = queryProblemSchema.safeParse(errors[0]?.value)
  if (code !== 'invalid_query' || !place.success) return null
  const { column, length, suggestion } = place.data
  const [before, marked, after] = [
    query.slice(0, column - 1),
    query.slice(column - 1, column - 1 + length),
    query.slice(column - 1 + length),
  ]
  return (
    <div className="query-problem" role="alert">
      <code>
        {before}
        <mark>{marked === '' ? '␣' : marked}</mark>
        {after}
      </code>
      <StatusIndicator type="error">{errors[0]?.message ?? 'The query can’t be understood.'}</StatusIndicator>
      {suggestion !== undefined && (
        <Button variant="inline-link" onClick={() => onMend(before + suggestion + after)}>
          {`Use “${suggestion}”`}
        </Button>
      )}
    </div>
  )
}
