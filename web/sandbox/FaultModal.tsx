import { useState } from 'react'
import FormField from '@cloudscape-design/components/form-field'
import Input from '@cloudscape-design/components/input'
import Select from '@cloudscape-design/components/select'
import { faultKinds } from '#contracts/sandbox.ts'
import { FormModal } from '../design/FormModal.tsx'
import { useListAccountsQuery } from '../resources/account-endpoints.ts'
import { useAddFaultMutation } from './endpoints.ts'
import { draftOf, emptyFault, faultMistakes, faultWords, timedFaults } from './sandbox-words.ts'
import type { FaultForm } from './sandbox-words.ts'

const kinds = faultKinds.map((value) => ({
  value,
  label: faultWords[value].label,
  description: faultWords[value].what,
}))

/** Makes the sandbox fail: how, where, and how often. */
export const FaultModal = ({ onClose }: { onClose: () => void }) => {
  const [form, setForm] = useState<FaultForm>(emptyFault)
  const [add, { isLoading, error }] = useAddFaultMutation()
  const { data: accounts } = useListAccountsQuery()
  const mistakes = faultMistakes(form)
  const change = (changes: Partial<FaultForm>): void => setForm({ ...form, ...changes })
  const simulated = accounts?.items.filter(({ cloud }) => cloud === 'sandbox') ?? []
  const accountOptions = [
    { value: '', label: 'Every account' },
    ...simulated.map(({ id, name }) => ({ value: id, label: name, description: id })),
  ]
  const regionOptions = [
    { value: '', label: 'Every Region' },
    ...[...new Set(simulated.flatMap(({ regions }) => regions))].toSorted().map((value) => ({ value, label: value })),
  ]
  const send = async (): Promise<void> => {
    const result = await add(draftOf(form))
    if (result.error === undefined) onClose()
  }
  const text = (name: keyof FaultForm, label: string, placeholder: string, constraint?: string) => (
    <FormField
      label={label}
      {...(mistakes[name] === undefined ? {} : { errorText: mistakes[name] })}
      {...(constraint === undefined ? {} : { constraintText: constraint })}
    >
      <Input value={form[name]} placeholder={placeholder} onChange={({ detail }) => change({ [name]: detail.value })} />
    </FormField>
  )
  return (
    <FormModal
      header="Add a fault"
      confirm="Add"
      isBusy={isLoading}
      isReady={Object.keys(mistakes).length === 0}
      error={error}
      onConfirm={() => void send()}
      onClose={onClose}
    >
      <FormField label="What happens" description={faultWords[form.kind].what}>
        <Select
          options={kinds}
          selectedOption={kinds.find(({ value }) => value === form.kind) ?? null}
          onChange={({ detail }) =>
            change({ kind: faultKinds.find((kind) => kind === detail.selectedOption.value) ?? form.kind })
          }
        />
      </FormField>
      <FormField label="Account">
        <Select
          options={accountOptions}
          selectedOption={accountOptions.find(({ value }) => value === form.account) ?? null}
          onChange={({ detail }) => change({ account: detail.selectedOption.value ?? '' })}
        />
      </FormField>
      <FormField label="Region">
        <Select
          options={regionOptions}
          selectedOption={regionOptions.find(({ value }) => value === form.region) ?? null}
          onChange={({ detail }) => change({ region: detail.selectedOption.value ?? '' })}
        />
      </FormField>
      {text('service', 'Service - optional', 'ec2')}
      {text('action', 'Action - optional', 'StopInstances')}
      {text('resource', 'Resource - optional', 'i-0123456789abcdef0', 'Only calls that name this id.')}
      {text('percent', 'Share of the calls in percent', '100')}
      {text('times', 'Calls until it is over - optional', '20', 'Until it is removed unless given.')}
      {timedFaults[form.kind] !== undefined &&
        text('milliseconds', 'Milliseconds - optional', String(timedFaults[form.kind]))}
    </FormModal>
  )
}
