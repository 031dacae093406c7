import type { DeadLetter, DeadLetterCause } from '#contracts/dead-letter.ts'

export const causeWords: Record<DeadLetterCause, string> = {
  outcome_unknown: 'Nobody knows whether it took effect',
  compensation_failed: 'Could not be taken back',
  attempts_exhausted: 'Tried too often',
  worker_lost: 'Its workers died',
  result_unrecordable: 'Its result could not be stored',
  operation_unknown: 'No worker knows the operation',
  account_not_found: 'The account is gone',
}

export const statusLooks = {
  open: { type: 'error', word: 'Open' },
  requeued: { type: 'success', word: 'Put back' },
  dismissed: { type: 'stopped', word: 'Dismissed' },
} as const satisfies Record<DeadLetter['status'], unknown>
