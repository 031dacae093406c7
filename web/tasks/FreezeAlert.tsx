import Alert from '@cloudscape-design/components/alert'
import Link from '@cloudscape-design/components/link'
import type { FreezeNotice } from '#contracts/freeze.ts'
import { Time } from '../design/Time.tsx'
import { counted } from '../design/words.ts'

/** Which freeze keeps a plan from running now, until when, and what of it. */
export const FreezeAlert = ({ freeze, targets }: { freeze: FreezeNotice; targets: number }) => (
  <Alert
    type="warning"
    header={
      <>
        The freeze “{freeze.name}” holds {freeze.targets === targets ? 'this' : `${freeze.targets} of these targets`}{' '}
        until <Time iso={freeze.until} form="absolute" />
      </>
    }
  >
    {freeze.reason}. It can be filed now and begins when the freeze is over
    {freeze.targets === targets ? '' : `, or now without the ${counted(freeze.targets, 'target')} that it holds`}. All
    freezes stand in the <Link href="/freezes">freeze calendar</Link>.
  </Alert>
)
