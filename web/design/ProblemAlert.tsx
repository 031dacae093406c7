import Alert from '@cloudscape-design/components/alert'
import Button from '@cloudscape-design/components/button'
import CopyToClipboard from '@cloudscape-design/components/copy-to-clipboard'
import SpaceBetween from '@cloudscape-design/components/space-between'
import { apiErrorOf } from '../api/problem.ts'
import { Second } from './Second.tsx'

/** A failed request, readably: what failed, per field where the server said so, and what support needs to find it. */
export const ProblemAlert = ({ error, onRetry, header }: { error: unknown; onRetry?: () => void; header?: string }) => {
  const problem = apiErrorOf(error)
  // What the detail says already isn't said twice.
  const errors = problem.errors.filter(({ message }) => !problem.detail.includes(message))
  return (
    <Alert
      type={problem.status === 409 || problem.status === 429 ? 'warning' : 'error'}
      header={header ?? problem.title}
      action={onRetry && <Button onClick={onRetry}>Retry</Button>}
    >
      <SpaceBetween size="xs">
        <div role="alert">{problem.detail}</div>
        {errors.length > 0 && (
          <ul>
            {errors.map(({ path, message }) => (
              <li key={`${path}: ${message}`}>{path === '' ? message : `${path}: ${message}`}</li>
            ))}
          </ul>
        )}
        {problem.retryAfterSeconds !== null && <div>Try again in {problem.retryAfterSeconds} seconds.</div>}
        {problem.requestId !== null && (
          <Second>
            Code {problem.code}, request{' '}
            <CopyToClipboard
              variant="inline"
              textToCopy={problem.requestId}
              copyButtonAriaLabel="Copy the request id"
              copySuccessText="Copied"
              copyErrorText="Could not copy"
            />
          </Second>
        )}
      </SpaceBetween>
    </Alert>
  )
}
