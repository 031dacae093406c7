import { useNavigate } from 'react-router'
import Alert from '@cloudscape-design/components/alert'
import Button from '@cloudscape-design/components/button'
import type { Task } from '#contracts/task.ts'
import { useComplain } from '../app/use-complain.ts'
import { useMay } from '../auth/permissions.ts'
import { Time } from '../design/Time.tsx'
import { duration } from '../design/times.ts'
import { useNow } from '../design/use-now.ts'
import { counted } from '../design/words.ts'
import { useReplanTaskMutation } from './endpoints.ts'

/** What is special about a task: glass was broken for it, it is held, some of it had changed meanwhile. */
export const TaskNotices = ({ task }: { task: Task }) => (
  <>
    {task.breakGlass !== undefined && (
      <Alert type="error" header={`Break-glass by ${task.breakGlass.by.email}`}>
        {task.breakGlass.reason}. It was filed without approvals, delay or freezes <Time iso={task.breakGlass.at} />, to
        begin by <Time iso={task.breakGlass.beginBy} form="absolute" />.
      </Alert>
    )}
    {task.stuck !== undefined && (
      <Alert
        type="warning"
        header={
          <>
            It makes no progress since <Time iso={task.stuck.since} form="both" />
          </>
        }
        action={<Button href="/queue">Open the queue</Button>}
      >
        {task.stuck.why} The queue shows which services don’t answer and which workers are alive. It goes on by itself
        when the cause is gone; what has not begun can be cancelled.
      </Alert>
    )}
    {task.notBefore !== null && <Held notBefore={task.notBefore} why={task.notBeforeReason ?? ''} />}
    {task.links['replan'] !== undefined && <Drifted task={task} />}
  </>
)

const Held = ({ notBefore, why }: { notBefore: string; why: string }) => {
  const seconds = (Date.parse(notBefore) - useNow(1)) / 1000
  if (seconds <= 0) return null
  return (
    <Alert type="info" header={`What has not begun waits for ${duration(Math.ceil(seconds))}`}>
      {why} It goes on <Time iso={notBefore} form="absolute" />.
    </Alert>
  )
}

const Drifted = ({ task }: { task: Task }) => {
  const navigate = useNavigate()
  const complain = useComplain()
  const mayCreate = useMay('task.create')
  const [replan, { isLoading }] = useReplanTaskMutation()
  const again = async (): Promise<void> => {
    const { data, error } = await replan(task.id)
    if (data !== undefined) return void navigate(`/plans/${data.planHash}`)
    complain(error)
  }
  return (
    <Alert
      type="warning"
      header={`${counted(task.progress.drifted, 'target')} changed since the plan and ${task.progress.drifted === 1 ? 'was' : 'were'} left alone`}
      {...(mayCreate && {
        action: (
          <Button loading={isLoading} onClick={() => void again()}>
            Plan again for what drifted
          </Button>
        ),
      })}
    >
      A new plan shows what they are like now.
    </Alert>
  )
}
