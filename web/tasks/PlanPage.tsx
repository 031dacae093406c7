import { useState } from 'react'
import { useLocation, useNavigate, useParams } from 'react-router'
import Alert from '@cloudscape-design/components/alert'
import Button from '@cloudscape-design/components/button'
import Container from '@cloudscape-design/components/container'
import ContentLayout from '@cloudscape-design/components/content-layout'
import FormField from '@cloudscape-design/components/form-field'
import Header from '@cloudscape-design/components/header'
import Input from '@cloudscape-design/components/input'
import SpaceBetween from '@cloudscape-design/components/space-between'
import type { Plan } from '#contracts/task.ts'
import type { BreakGlassRequest } from '#contracts/task-request.ts'
import { taskFiled } from '../app/notices.ts'
import { PageLoading } from '../app/PageLoading.tsx'
import { useAppDispatch } from '../app/store.ts'
import { ProblemAlert } from '../design/ProblemAlert.tsx'
import { counted } from '../design/words.ts'
import { useNow } from '../design/use-now.ts'
import { ApiCall } from './ApiCall.tsx'
import { BreakGlassForm } from './BreakGlassForm.tsx'
import { useFileTaskMutation, useGetPlanQuery } from './endpoints.ts'
import { FreezeAlert } from './FreezeAlert.tsx'
import { PlanSummary } from './PlanSummary.tsx'
import { PlanTargets } from './PlanTargets.tsx'
import { RolloutForm } from './RolloutForm.tsx'
import { rolloutOfPlan, rolloutRequest } from './rollout-values.ts'
import { newTaskHref, targetsIn } from './targets-in-url.ts'
import { TaskSteps } from './TaskSteps.tsx'

/** The plan in full, to be confirmed: what is shown here is what runs, bound by its hash. */
export const PlanPage = () => {
  const { hash = '' } = useParams()
  // Never the plan of the address before: what is confirmed is what is shown.
  const { currentData: plan, error, refetch } = useGetPlanQuery(hash)
  if (error !== undefined) return <ProblemAlert error={error} onRetry={() => void refetch()} />
  return plan === undefined ? <PageLoading /> : <PlanReview plan={plan} />
}

export const PlanReview = ({ plan }: { plan: Plan }) => {
  const navigate = useNavigate()
  const location = useLocation()
  const dispatch = useAppDispatch()
  const [reason, setReason] = useState('')
  // One key for this plan on this page: pressing twice, or again after a lost answer, files one task.
  const [idempotencyKey] = useState(() => crypto.randomUUID())
  const [fileTask, { isLoading, error }] = useFileTaskMutation()
  const isExpired = Date.parse(plan.expiresAt) < useNow()
  const isEmpty = plan.targets.length === 0
  const targets = targetsIn(new URLSearchParams(), location.state) ?? { ids: plan.targets.map(({ id }) => id) }

  const { freeze } = plan
  const file = async (more: { breakGlass?: BreakGlassRequest } = {}): Promise<void> => {
    const given = reason.trim()
    const filed = await fileTask({
      planHash: plan.planHash,
      idempotencyKey,
      ...(given === '' ? {} : { reason: given }),
      // A broken glass doesn't wait for the end of the freeze.
      ...(freeze === undefined || more.breakGlass !== undefined ? {} : { scheduledFor: freeze.until }),
      ...more,
    })
    if (filed.data === undefined) return
    dispatch(taskFiled({ taskId: filed.data.id, operation: plan.operation, status: filed.data.status }))
    void navigate(`/tasks/${filed.data.id}`)
  }
  const request = { operation: plan.operation, targets, params: plan.params }
  const again = newTaskHref(plan.operation, targets)

  return (
    <ContentLayout
      header={
        <SpaceBetween size="m">
          <TaskSteps current="impact" />
          <Header
            variant="h1"
            description="Nothing has happened yet. This is what will."
            actions={<Button onClick={() => void navigate(again.to, { state: again.state })}>Plan again</Button>}
          >
            {`${plan.operation}: ${counted(plan.targets.length, 'target')}`}
          </Header>
        </SpaceBetween>
      }
    >
      <SpaceBetween size="l">
        {isExpired && <Alert type="warning">This plan has expired. Plan again to see how things stand now.</Alert>}
        {freeze !== undefined && <FreezeAlert freeze={freeze} targets={plan.targets.length} />}
        <Container header={<Header variant="h2">Impact</Header>}>
          <PlanSummary plan={plan} />
        </Container>
        <Container>
          <PlanTargets plan={plan} />
        </Container>
        {!isEmpty && <RolloutForm key={plan.planHash} plan={plan} request={request} />}
        <Container header={<Header variant="h2">Confirm</Header>}>
          <SpaceBetween size="m">
            {isEmpty && (
              <Alert type="info">There is nothing to do: every target is left out. The reasons stand above.</Alert>
            )}
            {plan.approvals.needed > 0 && (
              <Alert type="info">
                It waits for {plan.approvals.needed === 1 ? 'an approval' : `${plan.approvals.needed} approvals`} before
                it runs. {plan.approvals.reason}
              </Alert>
            )}
            <FormField label="Reason – optional" description="For those who approve it, and for the audit log.">
              <Input value={reason} onChange={({ detail }) => setReason(detail.value)} placeholder="Why this is done" />
            </FormField>
            {error !== undefined && <ProblemAlert error={error} />}
            <SpaceBetween direction="horizontal" size="xs">
              <Button
                variant="primary"
                loading={isLoading}
                loadingText="Filing the task"
                disabled={isEmpty || isExpired}
                onClick={() => void file()}
              >
                {confirmWords(plan)}
              </Button>
              <Button variant="link" onClick={() => void navigate(-1)}>
                Back
              </Button>
            </SpaceBetween>
            <ApiCall request={{ ...request, ...rolloutRequest(rolloutOfPlan(plan)) }} reason={reason.trim()} />
          </SpaceBetween>
        </Container>
        {!isEmpty && !isExpired && (
          <BreakGlassForm plan={plan} isBusy={isLoading} onBreak={(breakGlass) => void file({ breakGlass })} />
        )}
      </SpaceBetween>
    </ContentLayout>
  )
}

const confirmWords = ({ approvals, freeze, targets }: Plan): string => {
  const when = freeze === undefined ? '' : ' after the freeze'
  return approvals.needed > 0
    ? `Ask for approval${freeze === undefined ? '' : ', to run after the freeze'}`
    : `Run on ${counted(targets.length, 'target')}${when}`
}
