import { useState } from 'react'
import DateInput from '@cloudscape-design/components/date-input'
import FormField from '@cloudscape-design/components/form-field'
import Input from '@cloudscape-design/components/input'
import Select from '@cloudscape-design/components/select'
import { riskSchema } from '#contracts/task.ts'
import { FormModal } from '../design/FormModal.tsx'
import { useAskApprovalMutation } from './endpoints.ts'

const risks = riskSchema.options.map((value) => ({ value: value as string, label: value }))
const inDays = (days: number): string => new Date(Date.now() + days * 86_400_000).toISOString().slice(0, 10)

/** Asks others to approve, once, every run that stays within these bounds. */
export const AskApprovalModal = ({ id, onClose }: { id: string; onClose: () => void }) => {
  const [mostTargets, setMost] = useState('20')
  const [risk, setRisk] = useState('R2')
  const [until, setUntil] = useState(() => inDays(90))
  const [reason, setReason] = useState('')
  const [ask, { isLoading, error }] = useAskApprovalMutation()
  const most = Number(mostTargets)
  const isReady = Number.isInteger(most) && most >= 1 && most <= 10_000 && /^\d{4}-\d{2}-\d{2}$/.test(until)
  const send = async (): Promise<void> => {
    const request = {
      mostTargets: most,
      highestRisk: riskSchema.parse(risk),
      expiresAt: `${until}T00:00:00.000Z`,
      ...(reason.trim() === '' ? {} : { reason: reason.trim() }),
    }
    if ((await ask({ id, request })).error === undefined) onClose()
  }
  return (
    <FormModal
      header="Ask for a standing approval"
      confirm="Ask"
      isBusy={isLoading}
      isReady={isReady}
      error={error}
      onConfirm={() => void send()}
      onClose={onClose}
    >
      <FormField label="Most targets of a run">
        <Input type="number" value={mostTargets} onChange={({ detail }) => setMost(detail.value)} />
      </FormField>
      <FormField label="Highest risk class of a run" description="R4 takes two people.">
        <Select
          options={risks}
          selectedOption={risks.find(({ value }) => value === risk) ?? null}
          onChange={({ detail }) => setRisk(detail.selectedOption.value ?? 'R2')}
        />
      </FormField>
      <FormField label="Until" description="366 days at most.">
        <DateInput value={until} placeholder="YYYY/MM/DD" onChange={({ detail }) => setUntil(detail.value)} />
      </FormField>
      <FormField label="Reason – optional">
        <Input value={reason} onChange={({ detail }) => setReason(detail.value)} placeholder="every evening" />
      </FormField>
    </FormModal>
  )
}
