import Box from '@cloudscape-design/components/box'
import type { SyncState } from '#contracts/account.ts'

/** Why types of a partition can't be read: the permission that is missing, else AWS's own words. */
export const SyncTrouble = ({ types }: { types: SyncState['types'] }) => {
  const causes = Map.groupBy(
    types.flatMap(({ type, error }) => (error === null ? [] : [{ type, words: wordsOf(error) }])),
    ({ words }) => words,
  )
  return [...causes].map(([words, failing]) => (
    <Box key={words} variant="small" color="text-status-error" display="block">
      {failing.length < types.length && `${failing.map(({ type }) => type).join(', ')}: `}
      {words}
    </Box>
  ))
}

const wordsOf = ({ message, missingActions }: NonNullable<SyncState['error']>): string => {
  if (missingActions.length === 0) return message
  return missingActions.length === 1
    ? `The role may not ${missingActions[0]}.`
    : `The role lacks one of ${missingActions.join(', ')}.`
}
