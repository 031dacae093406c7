import type { ReactNode } from 'react'
import Box from '@cloudscape-design/components/box'
import Button from '@cloudscape-design/components/button'
import SpaceBetween from '@cloudscape-design/components/space-between'
import { ProblemAlert } from './ProblemAlert.tsx'

/**
 * What stands in a table without rows. Four states are told apart: loading (the table's own), failed (with "retry"), no
 * match (with "clear the filter") and empty (with the first step to take).
 */
export const TableState = ({
  error,
  onRetry,
  isFiltered,
  onClear,
  what,
  nothing = `No ${what} yet`,
  firstStep,
}: {
  error: unknown
  onRetry: () => void
  isFiltered: boolean
  onClear: () => void
  /** In the plural, for example "tasks". */
  what: string
  /** Said where there is nothing at all. */
  nothing?: string
  firstStep: ReactNode
}) => {
  if (error !== undefined) return <ProblemAlert error={error} onRetry={onRetry} />
  return (
    <Box textAlign="center" padding={{ vertical: 'l' }}>
      <SpaceBetween size="s">
        <Box variant="strong">{isFiltered ? `No ${what} match` : nothing}</Box>
        {isFiltered ? (
          <Button onClick={onClear}>Clear the filter</Button>
        ) : (
          <Box color="text-body-secondary">{firstStep}</Box>
        )}
      </SpaceBetween>
    </Box>
  )
}
