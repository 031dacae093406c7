import Box from '@cloudscape-design/components/box'
import Link from '@cloudscape-design/components/link'
import Popover from '@cloudscape-design/components/popover'
import { CodeBlock } from '../design/CodeBlock.tsx'

/** An entry's details on demand: their shape differs by action. */
export const AuditDetails = ({
  details,
  requestId,
}: {
  details: Record<string, unknown>
  requestId: string | null
}) => {
  const shown = { ...details, ...(requestId === null ? {} : { requestId }) }
  if (Object.keys(shown).length === 0) return <>–</>
  return (
    <Popover
      header="Details"
      size="large"
      triggerType="custom"
      dismissAriaLabel="Close"
      content={<CodeBlock label="Details" text={JSON.stringify(shown, null, 2)} />}
    >
      <Link variant="info">
        <Box display="inline" color="inherit">
          Show
        </Box>
      </Link>
    </Popover>
  )
}
