import { useState } from 'react'
import Box from '@cloudscape-design/components/box'
import Button from '@cloudscape-design/components/button'
import Container from '@cloudscape-design/components/container'
import FormField from '@cloudscape-design/components/form-field'
import Header from '@cloudscape-design/components/header'
import Input from '@cloudscape-design/components/input'
import KeyValuePairs from '@cloudscape-design/components/key-value-pairs'
import SpaceBetween from '@cloudscape-design/components/space-between'
import StatusIndicator from '@cloudscape-design/components/status-indicator'
import type { Schedule, ScheduleApproval } from '#contracts/schedule.ts'
import { useMay, useUser } from '../auth/permissions.ts'
import { ProblemAlert } from '../design/ProblemAlert.tsx'
import { Time } from '../design/Time.tsx'
import { Risk } from '../tasks/Risk.tsx'
import { AskApprovalModal } from './AskApprovalModal.tsx'
import { useDecideApprovalMutation } from './endpoints.ts'
import { approvalLooks } from './schedule-words.ts'

/** One approval for all runs that fit in it: asked for, decided about, or standing. */
export const StandingApproval = ({ schedule }: { schedule: Schedule }) => {
  const mayManage = useMay('schedule.manage')
  const mayApprove = useMay('task.approve')
  const [isAsking, setAsking] = useState(false)
  const { standingApproval: approval } = schedule
  return (
    <Container
      header={
        <Header
          variant="h2"
          description="Runs that stay within it go ahead; any other run waits for an approval of its own where its plan needs one."
          actions={mayManage && <Button onClick={() => setAsking(true)}>Ask for one</Button>}
        >
          Standing approval
        </Header>
      }
    >
      <SpaceBetween size="m">
        {approval === null ? (
          <Box color="text-body-secondary">None was asked for.</Box>
        ) : (
          <Bounds approval={approval} />
        )}
        {approval?.status === 'requested' && mayApprove && <Decision schedule={schedule} approval={approval} />}
      </SpaceBetween>
      {isAsking && <AskApprovalModal id={schedule.id} onClose={() => setAsking(false)} />}
    </Container>
  )
}

const Bounds = ({ approval }: { approval: ScheduleApproval }) => {
  const look = approvalLooks[approval.status]
  const decided = approval.decisions
    .map(({ by, decision, selfApproved }) => `${by.email} ${decision}${selfApproved ? ' (their own)' : ''}`)
    .join(', ')
  return (
    <KeyValuePairs
      columns={4}
      minColumnWidth={170}
      items={[
        { label: 'Status', value: <StatusIndicator type={look.type}>{look.word}</StatusIndicator> },
        { label: 'At most', value: `${approval.mostTargets} targets` },
        { label: 'Highest class', value: <Risk risk={approval.highestRisk} /> },
        { label: 'Until', value: <Time iso={approval.expiresAt} /> },
        { label: 'Asked for by', value: approval.requestedBy.email },
        { label: 'Reason', value: approval.reason ?? '–' },
        { label: 'People needed', value: approval.needed },
        { label: 'Decided', value: decided === '' ? '–' : decided },
      ]}
    />
  )
}

const Decision = ({ schedule, approval }: { schedule: Schedule; approval: ScheduleApproval }) => {
  const user = useUser()
  const [typed, setTyped] = useState('')
  const [reason, setReason] = useState('')
  const [decide, { isLoading, error }] = useDecideApprovalMutation()
  const isOwn = user !== null && [schedule.owner.id, approval.requestedBy.id].includes(user.id)
  const mustType = isOwn || approval.highestRisk === 'R4'
  const send = (how: 'approve' | 'reject'): void =>
    void decide({
      id: schedule.id,
      how,
      decision: {
        approvalId: approval.id,
        ...(how === 'approve' && mustType ? { confirmation: typed.trim() } : {}),
        ...(reason.trim() === '' ? {} : { reason: reason.trim() }),
      },
    })
  return (
    <SpaceBetween size="m">
      {isOwn && (
        <StatusIndicator type="warning">
          This is your own schedule. Where this installation lets you approve it, it covers sandbox accounts only.
        </StatusIndicator>
      )}
      {mustType && (
        <FormField
          label={
            <>
              To approve, type{' '}
              <Box variant="code" display="inline">
                {approval.confirmation}
              </Box>
            </>
          }
        >
          <Input
            value={typed}
            autoComplete={false}
            ariaLabel={`Type ${approval.confirmation} to approve`}
            onChange={({ detail }) => setTyped(detail.value)}
          />
        </FormField>
      )}
      <FormField label="Reason – optional">
        <Input value={reason} onChange={({ detail }) => setReason(detail.value)} />
      </FormField>
      {error !== undefined && <ProblemAlert error={error} />}
      <SpaceBetween direction="horizontal" size="xs">
        <Button
          variant="primary"
          loading={isLoading}
          disabled={mustType && typed.trim() !== approval.confirmation}
          onClick={() => send('approve')}
        >
          Approve all such runs
        </Button>
        <Button onClick={() => send('reject')}>Reject</Button>
      </SpaceBetween>
    </SpaceBetween>
  )
}
