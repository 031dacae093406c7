import { useState } from 'react'
import FormField from '@cloudscape-design/components/form-field'
import Input from '@cloudscape-design/components/input'
import { FormModal } from '../design/FormModal.tsx'
import { useSetBudgetMutation } from './endpoints.ts'

/** What an account may cost a month. */
export const BudgetModal = ({
  account,
  monthlyUsd,
  onClose,
}: {
  account: string
  monthlyUsd: number | null
  onClose: () => void
}) => {
  const [text, setText] = useState(monthlyUsd === null ? '' : String(monthlyUsd))
  const [set, setting] = useSetBudgetMutation()
  const value = Number(text)
  const isReady = text.trim() !== '' && value >= 0.01 && value <= 1e9
  const send = async (): Promise<void> => {
    const result = await set({ account, monthlyUsd: value })
    if (result.error === undefined) onClose()
  }
  return (
    <FormModal
      header="Budget of the account"
      confirm="Save"
      isBusy={setting.isLoading}
      isReady={isReady}
      error={setting.error}
      onConfirm={() => void send()}
      onClose={onClose}
    >
      <FormField
        label="US dollars a month"
        description="It is told when that is expected to be passed. Nothing is stopped."
      >
        <Input value={text} inputMode="decimal" autoFocus onChange={({ detail }) => setText(detail.value)} />
      </FormField>
    </FormModal>
  )
}
