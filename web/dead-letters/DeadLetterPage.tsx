import { useState } from 'react'
import { useParams } from 'react-router'
import Button from '@cloudscape-design/components/button'
import Checkbox from '@cloudscape-design/components/checkbox'
import Container from '@cloudscape-design/components/container'
import ContentLayout from '@cloudscape-design/components/content-layout'
import FormField from '@cloudscape-design/components/form-field'
import Header from '@cloudscape-design/components/header'
import KeyValuePairs from '@cloudscape-design/components/key-value-pairs'
import Link from '@cloudscape-design/components/link'
import SpaceBetween from '@cloudscape-design/components/space-between'
import StatusIndicator from '@cloudscape-design/components/status-indicator'
import Textarea from '@cloudscape-design/components/textarea'
import type { DeadLetterDetails } from '#contracts/dead-letter.ts'
import { PageLoading } from '../app/PageLoading.tsx'
import { useMay } from '../auth/permissions.ts'
import { Copy } from '../design/Copy.tsx'
import { FormModal } from '../design/FormModal.tsx'
import { ProblemAlert } from '../design/ProblemAlert.tsx'
import { Time } from '../design/Time.tsx'
import { shortId } from '../design/words.ts'
import { StepList } from '../tasks/StepList.tsx'
import { causeWords, statusLooks } from './cause-words.ts'
import { useDismissDeadLetterMutation, useGetDeadLetterQuery, useRequeueDeadLetterMutation } from './endpoints.ts'

/** One dead letter: what happened step by step, and what to do about it. */
export const DeadLetterPage = () => {
  const { id = '' } = useParams()
  const { data, error, refetch } = useGetDeadLetterQuery(id)
  const mayRequeue = useMay('task.create')
  const mayDismiss = useMay('task.cancel')
  const [deciding, setDeciding] = useState<'requeue' | 'dismiss' | null>(null)
  if (error !== undefined) return <ProblemAlert error={error} onRetry={() => void refetch()} />
  if (data === undefined) return <PageLoading />
  const isOpen = data.status === 'open'
  return (
    <ContentLayout
      header={
        <Header
          variant="h1"
          description={data.error.message}
          actions={
            <SpaceBetween direction="horizontal" size="xs">
              {isOpen && mayDismiss && <Button onClick={() => setDeciding('dismiss')}>Dismiss</Button>}
              {isOpen && mayRequeue && (
                <Button variant="primary" onClick={() => setDeciding('requeue')}>
                  Put it back
                </Button>
              )}
            </SpaceBetween>
          }
        >
          {`${data.operation} on ${data.target.name ?? shortId(data.target.id)}`}
        </Header>
      }
    >
      <SpaceBetween size="l">
        <Facts letter={data} />
        <Container header={<Header variant="h2">Steps</Header>}>
          {data.item === null ? 'Its task is not kept any more.' : <StepList steps={data.item.steps} />}
        </Container>
      </SpaceBetween>
      {deciding !== null && <DecisionModal letter={data} how={deciding} onClose={() => setDeciding(null)} />}
    </ContentLayout>
  )
}

const Facts = ({ letter }: { letter: DeadLetterDetails }) => {
  const look = statusLooks[letter.status]
  return (
    <Container header={<Header variant="h2">What happened</Header>}>
      <KeyValuePairs
        columns={3}
        minColumnWidth={200}
        items={[
          { label: 'Cause', value: causeWords[letter.cause] },
          { label: 'Status', value: <StatusIndicator type={look.type}>{look.word}</StatusIndicator> },
          { label: 'Found', value: <Time iso={letter.foundAt} /> },
          { label: 'Target', value: <Copy text={letter.target.id} what="target" /> },
          { label: 'Task', value: <Link href={`/tasks/${letter.task}`}>{letter.task.slice(0, 8)}</Link> },
          { label: 'Requested by', value: letter.requestedBy.email },
          { label: 'Last step', value: letter.step ?? '–' },
          { label: 'Attempts of that step', value: letter.attempts },
          { label: 'Workers that died with it', value: letter.workersLost },
          ...(letter.decidedBy === null
            ? []
            : [
                { label: 'Decided by', value: letter.decidedBy.email },
                { label: 'Reason', value: letter.reason ?? '–' },
              ]),
          ...(letter.requeuedAs === null
            ? []
            : [
                {
                  label: 'Put back as',
                  value: <Link href={`/tasks/${letter.requeuedAs}`}>{letter.requeuedAs.slice(0, 8)}</Link>,
                },
              ]),
        ]}
      />
    </Container>
  )
}

const DecisionModal = ({
  letter,
  how,
  onClose,
}: {
  letter: DeadLetterDetails
  how: 'requeue' | 'dismiss'
  onClose: () => void
}) => {
  const [reason, setReason] = useState('')
  const [repeatEffect, setRepeat] = useState(false)
  const [requeue, requeued] = useRequeueDeadLetterMutation()
  const [dismiss, dismissed] = useDismissDeadLetterMutation()
  const asksToRepeat = how === 'requeue' && letter.cause === 'outcome_unknown'
  const decide = async (): Promise<void> => {
    const { id } = letter
    const result =
      how === 'requeue'
        ? await requeue({ id, request: { reason: reason.trim(), repeatEffect } })
        : await dismiss({ id, reason: reason.trim() })
    if (result.error === undefined) onClose()
  }
  return (
    <FormModal
      header={how === 'requeue' ? 'Put it back' : 'Dismiss'}
      confirm={how === 'requeue' ? 'File a new task' : 'Dismiss'}
      isBusy={requeued.isLoading || dismissed.isLoading}
      isReady={reason.trim() !== '' && (!asksToRepeat || repeatEffect)}
      error={requeued.error ?? dismissed.error}
      onConfirm={() => void decide()}
      onClose={onClose}
    >
      <div>
        {how === 'requeue'
          ? 'A new task for this target alone is planned with your rights and all checks. What is done already is not done again.'
          : 'Nothing is done about it. It stays on record.'}
      </div>
      {asksToRepeat && (
        <Checkbox checked={repeatEffect} onChange={({ detail }) => setRepeat(detail.checked)}>
          I looked at the target, and the effect may take place a second time.
        </Checkbox>
      )}
      <FormField label="Reason">
        <Textarea value={reason} rows={2} onChange={({ detail }) => setReason(detail.value)} />
      </FormField>
    </FormModal>
  )
}
