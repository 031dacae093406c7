import { useState } from 'react'
import { useNavigate } from 'react-router'
import Box from '@cloudscape-design/components/box'
import Button from '@cloudscape-design/components/button'
import FormField from '@cloudscape-design/components/form-field'
import Input from '@cloudscape-design/components/input'
import Modal from '@cloudscape-design/components/modal'
import SpaceBetween from '@cloudscape-design/components/space-between'
import type { Task } from '#contracts/task.ts'
import { taskFiled } from '../app/notices.ts'
import { useAppDispatch } from '../app/store.ts'
import { ProblemAlert } from '../design/ProblemAlert.tsx'
import { counted } from '../design/words.ts'
import { useGetOperationQuery, useUndoTaskMutation } from './endpoints.ts'
import { undoWords } from './plan-words.ts'

/** Asks once more, and says what an undo of this task can and can't bring back. It becomes a task of its own. */
export const UndoModal = ({ task, onClose }: { task: Task; onClose: () => void }) => {
  const navigate = useNavigate()
  const dispatch = useAppDispatch()
  const [reason, setReason] = useState('')
  const [undo, { isLoading, error }] = useUndoTaskMutation()
  const { data: operation } = useGetOperationQuery(task.operation)
  const confirm = async (): Promise<void> => {
    const given = reason.trim()
    const filed = await undo({ id: task.id, ...(given === '' ? {} : { reason: given }) })
    if (filed.data === undefined) return
    dispatch(taskFiled({ taskId: filed.data.id, operation: `Undo of ${task.operation}`, status: filed.data.status }))
    onClose()
    void navigate(`/tasks/${filed.data.id}`)
  }
  return (
    <Modal
      visible
      onDismiss={onClose}
      header={`Undo ${task.operation} on ${counted(task.progress.succeeded, 'target')}`}
      footer={
        <Box float="right">
          <SpaceBetween direction="horizontal" size="xs">
            <Button variant="link" onClick={onClose}>
              Keep it as it is
            </Button>
            <Button
              variant="primary"
              loading={isLoading}
              loadingText="Planning the undo"
              onClick={() => void confirm()}
            >
              Undo
            </Button>
          </SpaceBetween>
        </Box>
      }
    >
      <SpaceBetween size="m">
        <div>{undoWords(task.undo.label)}</div>
        {operation?.undo.note != null && <div>{operation.undo.note}</div>}
        <div>
          The undo is a task of its own: it is planned on how things are now, leaves out what has changed since, and
          waits for an approval where the plan needs one.
        </div>
        <FormField label="Reason – optional">
          <Input value={reason} onChange={({ detail }) => setReason(detail.value)} />
        </FormField>
        {error !== undefined && <ProblemAlert error={error} />}
      </SpaceBetween>
    </Modal>
  )
}
