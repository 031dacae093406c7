import { useState } from 'react'
import Alert from '@cloudscape-design/components/alert'
import Box from '@cloudscape-design/components/box'
import Button from '@cloudscape-design/components/button'
import Container from '@cloudscape-design/components/container'
import FormField from '@cloudscape-design/components/form-field'
import Header from '@cloudscape-design/components/header'
import Input from '@cloudscape-design/components/input'
import ProgressBar from '@cloudscape-design/components/progress-bar'
import SpaceBetween from '@cloudscape-design/components/space-between'
import type { Plan, Task } from '#contracts/task.ts'
import { said } from '../app/notices.ts'
import { useAppDispatch } from '../app/store.ts'
import { apiErrorOf } from '../api/problem.ts'
import { useMay, useUser } from '../auth/permissions.ts'
import { ProblemAlert } from '../design/ProblemAlert.tsx'
import { Time } from '../design/Time.tsx'
import { counted } from '../design/words.ts'
import { delayWords } from './plan-words.ts'
import { useApproveTaskMutation, useGetTaskQuery, useRejectTaskMutation } from './endpoints.ts'

type Awaiting = Pick<Task, 'id' | 'operation' | 'requestedBy' | 'approvals'> & {
  plan: Pick<Plan, 'planHash' | 'approvals' | 'risk' | 'expiresAt' | 'delaySeconds'>
}

/**
 * Where a task is approved or rejected. The plan itself is shown beside this panel; the hash that is sent with the
 * approval is of the plan that was on screen, so that nobody approves what they did not see.
 */
export const ApprovalPanel = ({ task }: { task: Awaiting }) => {
  const user = useUser()
  const mayApprove = useMay('task.approve')
  const isOwn = task.requestedBy.id === user?.id
  const { needed, reason: why } = task.plan.approvals
  const isRefused = isOwn && askedOf(task, true) === null
  const given = task.approvals.filter(({ decision }) => decision === 'approved').length
  return (
    <Container header={<Header variant="h2">{`Awaiting approval (${given} of ${needed})`}</Header>}>
      <SpaceBetween size="m">
        <Quorum task={task} given={given} />
        {why !== '' && <div>{why}</div>}
        {!mayApprove && (
          <Box color="text-body-secondary">
            Someone with the role approver has to decide. This page shows it at once.
          </Box>
        )}
        {mayApprove && isOwn && (
          <Alert type="warning" header="This is your own task">
            {isRefused
              ? 'Nobody approves their own task here: another person has to decide. You can reject or cancel it.'
              : 'You may approve it yourself, since it touches sandbox accounts only or this installation allows it. It is audited as self-approved.'}
          </Alert>
        )}
        {mayApprove && <DecisionForm task={task} asked={askedOf(task, isOwn)} mayApprove={!isRefused} />}
      </SpaceBetween>
    </Container>
  )
}

/** How many have said yes, who, until when the others can, and what happens then. */
const Quorum = ({ task, given }: { task: Awaiting; given: number }) => {
  const { needed } = task.plan.approvals
  const names = task.approvals.filter(({ decision }) => decision === 'approved').map(({ by }) => by.email)
  return (
    <ProgressBar
      value={(given / needed) * 100}
      label={`${given} of ${counted(needed, 'approval')}`}
      description={names.length === 0 ? 'Nobody has approved it so far.' : `Approved by ${names.join(', ')}.`}
      additionalInfo={
        <>
          It expires <Time iso={task.plan.expiresAt} form="both" />.
          {task.plan.delaySeconds !== undefined &&
            ` After the last approval it is held for ${delayWords(task.plan.delaySeconds)}.`}
        </>
      }
    />
  )
}

/** What has to be typed: always for one's own task (null: no self-approval here), else for what can't be reversed. */
const askedOf = ({ plan }: Awaiting, isOwn: boolean): string | null =>
  isOwn || plan.risk === 'R4' ? plan.approvals.confirmation : null

const DecisionForm = ({ task, asked, mayApprove }: { task: Awaiting; asked: string | null; mayApprove: boolean }) => {
  const dispatch = useAppDispatch()
  const [reason, setReason] = useState('')
  const [typed, setTyped] = useState('')
  const [approve, approval] = useApproveTaskMutation()
  const [reject, rejection] = useRejectTaskMutation()
  const { refetch } = useGetTaskQuery(task.id)
  const { planHash } = task.plan
  const isConfirmed = asked === null || typed.trim() === asked
  const failure = approval.error ?? rejection.error
  const isConflict = failure !== undefined && apiErrorOf(failure).status === 409
  const body = { id: task.id, planHash, ...(reason.trim() === '' ? {} : { reason: reason.trim() }) }

  const decide = async (decision: 'approve' | 'reject'): Promise<void> => {
    const result =
      decision === 'approve'
        ? await approve({ ...body, ...(asked === null ? {} : { confirmation: typed.trim() }) })
        : await reject(body)
    if (result.error === undefined)
      dispatch(said('success', decision === 'approve' ? `Approved: ${task.operation}` : `Rejected: ${task.operation}`))
  }

  return (
    <form
      onSubmit={(event) => {
        event.preventDefault()
        if (mayApprove && isConfirmed) void decide('approve')
      }}
    >
      <SpaceBetween size="m">
        <FormField label="Reason – optional">
          <Input
            value={reason}
            onChange={({ detail }) => setReason(detail.value)}
            placeholder="What you looked at, or why not"
          />
        </FormField>
        {asked !== null && (
          <FormField
            label={
              <>
                To approve, type{' '}
                <Box variant="code" display="inline">
                  {asked}
                </Box>
              </>
            }
          >
            <Input
              value={typed}
              onChange={({ detail }) => setTyped(detail.value)}
              ariaLabel={`Type ${asked} to approve`}
              autoComplete={false}
            />
          </FormField>
        )}
        {failure !== undefined && (
          <ProblemAlert
            error={failure}
            {...(isConflict && { header: 'This can no longer be decided as shown', onRetry: () => void refetch() })}
          />
        )}
        <SpaceBetween direction="horizontal" size="xs">
          {mayApprove && (
            <Button variant="primary" formAction="submit" loading={approval.isLoading} disabled={!isConfirmed}>
              Approve
            </Button>
          )}
          <Button formAction="none" loading={rejection.isLoading} onClick={() => void decide('reject')}>
            Reject
          </Button>
        </SpaceBetween>
      </SpaceBetween>
    </form>
  )
}
