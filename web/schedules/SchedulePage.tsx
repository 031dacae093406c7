import { useState } from 'react'
import { useNavigate, useParams } from 'react-router'
import Box from '@cloudscape-design/components/box'
import Button from '@cloudscape-design/components/button'
import Container from '@cloudscape-design/components/container'
import ContentLayout from '@cloudscape-design/components/content-layout'
import Header from '@cloudscape-design/components/header'
import KeyValuePairs from '@cloudscape-design/components/key-value-pairs'
import Link from '@cloudscape-design/components/link'
import SpaceBetween from '@cloudscape-design/components/space-between'
import StatusIndicator from '@cloudscape-design/components/status-indicator'
import type { Schedule } from '#contracts/schedule.ts'
import { said } from '../app/notices.ts'
import { PageLoading } from '../app/PageLoading.tsx'
import { useAppDispatch } from '../app/store.ts'
import { useComplain } from '../app/use-complain.ts'
import { useMay } from '../auth/permissions.ts'
import { FormModal } from '../design/FormModal.tsx'
import { ProblemAlert } from '../design/ProblemAlert.tsx'
import { Second } from '../design/Second.tsx'
import { Time } from '../design/Time.tsx'
import { valueWords } from '../design/words.ts'
import { useLiveTopic } from '../live/LiveProvider.tsx'
import { useGetScheduleQuery, useRemoveScheduleMutation, useSteerScheduleMutation } from './endpoints.ts'
import { missedWords, scheduleLooks, targetWords, whenWords } from './schedule-words.ts'
import { ScheduleRuns } from './ScheduleRuns.tsx'
import { StandingApproval } from './StandingApproval.tsx'

/** One schedule: what it does and when, what became of its runs, and the approval that covers them. */
export const SchedulePage = () => {
  const { id = '' } = useParams()
  useLiveTopic('schedules')
  const { data, error, refetch } = useGetScheduleQuery(id, { pollingInterval: 10_000, skipPollingIfUnfocused: true })
  if (error !== undefined) return <ProblemAlert error={error} onRetry={() => void refetch()} />
  if (data === undefined) return <PageLoading />
  return (
    <ContentLayout
      header={
        <Header variant="h1" description={data.reason ?? ''} actions={<Actions schedule={data} />}>
          {data.name}
        </Header>
      }
    >
      <SpaceBetween size="l">
        <Facts schedule={data} />
        <StandingApproval schedule={data} />
        <ScheduleRuns id={data.id} />
      </SpaceBetween>
    </ContentLayout>
  )
}

const Facts = ({ schedule }: { schedule: Schedule }) => {
  const look = scheduleLooks[schedule.status]
  const params = Object.entries(schedule.params)
  return (
    <Container header={<Header variant="h2">What and when</Header>}>
      <KeyValuePairs
        columns={3}
        minColumnWidth={200}
        items={[
          {
            label: 'Status',
            value: (
              <>
                <StatusIndicator type={look.type}>{look.word}</StatusIndicator>
                {schedule.stoppedReason !== null && <Box fontSize="body-s">{schedule.stoppedReason}</Box>}
              </>
            ),
          },
          { label: 'Operation', value: schedule.operation },
          { label: 'Targets', value: targetWords(schedule.targets) },
          {
            label: 'Parameters',
            value:
              params.length === 0 ? 'none' : params.map(([name, value]) => `${name}: ${valueWords(value)}`).join(', '),
          },
          {
            label: 'When',
            value: (
              <>
                {whenWords(schedule)}
                <Second>
                  {schedule.timeZone}
                  {schedule.skipDates.length > 0 && `, not on ${schedule.skipDates.join(', ')}`}
                </Second>
              </>
            ),
          },
          {
            label: 'Next runs',
            value:
              schedule.nextRuns.length === 0
                ? 'none'
                : schedule.nextRuns.map((run) => (
                    <div key={run}>
                      <Time iso={run} />
                    </div>
                  )),
          },
          { label: 'When runs were missed', value: missedWords[schedule.missedRuns] },
          {
            label: 'While the task before is not over',
            value: schedule.overlap === 'skip' ? 'Leave the run out' : 'Run beside it',
          },
          { label: 'Runs with the rights of', value: schedule.owner.email },
          ...(schedule.onOffPlan === null
            ? []
            : [{ label: 'Half of', value: <Link href="/on-off-plans">an on/off plan</Link> }]),
        ]}
      />
    </Container>
  )
}

const Actions = ({ schedule }: { schedule: Schedule }) => {
  const mayManage = useMay('schedule.manage')
  const dispatch = useAppDispatch()
  const complain = useComplain()
  const navigate = useNavigate()
  const [steer, steering] = useSteerScheduleMutation()
  const [remove, removal] = useRemoveScheduleMutation()
  const [isRemoving, setRemoving] = useState(false)
  if (!mayManage) return null

  const run = async (how: 'pause' | 'resume' | 'run'): Promise<void> => {
    const { error } = await steer({ id: schedule.id, how })
    if (!complain(error) && how === 'run')
      dispatch(said('success', `“${schedule.name}” runs now`, 'Its task appears below.'))
  }
  const drop = async (): Promise<void> => {
    if ((await remove(schedule.id)).error === undefined) void navigate('/schedules')
  }
  const isPaused = schedule.status === 'paused' || schedule.status === 'stopped'
  return (
    <SpaceBetween direction="horizontal" size="xs">
      <Button loading={steering.isLoading} onClick={() => void run('run')}>
        Run now
      </Button>
      {schedule.onOffPlan === null ? (
        <SpaceBetween direction="horizontal" size="xs">
          {schedule.status !== 'finished' && (
            <Button onClick={() => void run(isPaused ? 'resume' : 'pause')}>{isPaused ? 'Resume' : 'Pause'}</Button>
          )}
          <Button href={`/schedules/${schedule.id}/edit`}>Change</Button>
          <Button onClick={() => setRemoving(true)}>Delete</Button>
        </SpaceBetween>
      ) : (
        <Button href={`/on-off-plans/${schedule.onOffPlan}/edit`}>Change its on/off plan</Button>
      )}
      {isRemoving && (
        <FormModal
          header={`Delete “${schedule.name}”?`}
          confirm="Delete"
          isBusy={removal.isLoading}
          isReady
          error={removal.error}
          onConfirm={() => void drop()}
          onClose={() => setRemoving(false)}
        >
          Its list of runs goes with it. Tasks that it filed stay.
        </FormModal>
      )}
    </SpaceBetween>
  )
}
