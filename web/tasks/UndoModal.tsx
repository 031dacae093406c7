import { useState } from 'react'
import { useNavigate } from 'react-router'
import FormField from '@cloudscape-design/components/form-field'
import Input from '@cloudscape-design/components/input'
import type { Task } from '#contracts/task.ts'
import { taskFiled } from '../app/notices.ts'
import { useAppDispatch } from '../app/store.ts'
import { FormModal } from '../design/FormModal.tsx'
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
    <FormModal
      header={`Undo ${task.operation} on ${counted(task.progress.succeeded, 'target')}`}
      confirm="Undo"
      cancel="Keep it as it is"
      isBusy={isLoading}
      isReady
      error={error}
      onConfirm={() => void confirm()}
      onClose={onClose}
    >
      <div>{undoWords(task.undo.label)}</div>
      {operation?.undo.note != null && <div>{operation.undo.note}</div>}
      <div>
        The undo is a task of its own: it is planned on how things are now, leaves out what has changed since, and waits
        for an approval where the plan needs one.
      </div>
      <FormField label="Reason – optional">
        <Input value={reason} onChange={({ detail }) => setReason(detail.value)} />
      </FormField>
    </FormModal>
  )
}
