import Alert from '@cloudscape-design/components/alert'
import type { Verification } from '#contracts/audit.ts'
import { Time } from '../design/Time.tsx'
import { count, counted } from '../design/words.ts'

/** What the check of the chain found. */
export const AuditVerification = ({
  verification: { ok, checked, seals, unsealed, firstBroken },
}: {
  verification: Verification
}) =>
  ok ? (
    <Alert type="success" header="The chain is whole">
      {counted(checked, 'entry', 'entries')} in {counted(seals, 'seal')} were recomputed; none was changed, added or
      taken away.{' '}
      {unsealed.count > 0 && (
        <>
          {count(unsealed.count)} more are not sealed yet, the oldest <Time iso={unsealed.oldestAt} />.
        </>
      )}
    </Alert>
  ) : (
    <Alert type="error" header="The chain is broken">
      {firstBroken === null
        ? 'The check did not say where.'
        : `${firstBroken.message} (seal ${firstBroken.seal}${firstBroken.row === null ? '' : `, entry ${firstBroken.row}`})`}
    </Alert>
  )
