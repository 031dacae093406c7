import { useState } from 'react'
import { useNavigate } from 'react-router'
import Button from '@cloudscape-design/components/button'
import SpaceBetween from '@cloudscape-design/components/space-between'
import { isFinal } from '#contracts/task.ts'
import type { Task } from '#contracts/task.ts'
import { said } from '../app/notices.ts'
import { useAppDispatch } from '../app/store.ts'
import { useComplain } from '../app/use-complain.ts'
import { useMay } from '../auth/permissions.ts'
import { useRetryTaskMutation, useSteerTaskMutation } from './endpoints.ts'
import { UndoModal } from './UndoModal.tsx'

const steering = {
  cancel: { text: 'Cancel the task', done: 'Cancelling: what has begun is finished or taken back.' },
  pause: { text: 'Pause', done: 'Paused: nothing more is begun until it goes on.' },
  resume: { text: 'Go on', done: 'Going on.' },
} as const
type Steering = keyof typeof steering

/** What can be done to this task in its present state. */
const offeredFor = ({ status }: Task): Steering[] => {
  if (isFinal(status) || status === 'cancelling' || status === 'compensating') return []
  if (status === 'paused') return ['resume', 'cancel']
  return status === 'awaiting_approval' ? ['cancel'] : ['pause', 'cancel']
}

export const TaskActions = ({ task }: { task: Task }) => {
  const dispatch = useAppDispatch()
  const complain = useComplain()
  const [isUndoing, setUndoing] = useState(false)
  const navigate = useNavigate()
  const [retry, { isLoading: isRetrying }] = useRetryTaskMutation()
  const [steer, { isLoading }] = useSteerTaskMutation()
  const maySteer = useMay('task.cancel')
  const mayCreate = useMay('task.create')
  const run = async (how: Steering): Promise<void> => {
    const result = await steer({ id: task.id, how })
    if (result.error === undefined) return void dispatch(said('info', steering[how].done))
    complain(result.error)
  }
  const tryAgain = async (): Promise<void> => {
    const result = await retry({ id: task.id })
    if (result.data !== undefined) return void navigate(`/tasks/${result.data.id}`)
    complain(result.error)
  }
  const failed = task.progress.failed + task.progress.compensated
  return (
    <SpaceBetween direction="horizontal" size="xs">
      {maySteer &&
        offeredFor(task).map((how) => (
          <Button key={how} loading={isLoading} onClick={() => void run(how)}>
            {steering[how].text}
          </Button>
        ))}
      {mayCreate && isFinal(task.status) && failed > 0 && task.undoOf === undefined && (
        <Button iconName="refresh" loading={isRetrying} onClick={() => void tryAgain()}>
          Retry what failed ({failed})
        </Button>
      )}
      {mayCreate && isFinal(task.status) && task.undo.task === null && (
        <Button
          iconName="undo"
          disabled={!task.undo.possible}
          {...(!task.undo.possible && { disabledReason: task.undo.why ?? 'There is nothing to take back.' })}
          onClick={() => setUndoing(true)}
        >
          Undo
        </Button>
      )}
      {isUndoing && <UndoModal task={task} onClose={() => setUndoing(false)} />}
    </SpaceBetween>
  )
}
