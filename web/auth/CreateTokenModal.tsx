import { useState } from 'react'
import FormField from '@cloudscape-design/components/form-field'
import Input from '@cloudscape-design/components/input'
import Multiselect from '@cloudscape-design/components/multiselect'
import Select from '@cloudscape-design/components/select'
import { actionSchema } from '#contracts/role.ts'
import type { Action } from '#contracts/role.ts'
import { FormModal } from '../design/FormModal.tsx'
import { useCreateTokenMutation, useMeQuery } from './endpoints.ts'

const lifetimes = [7, 30, 90, 365].map((days) => ({
  value: String(days),
  label: days === 365 ? '1 year' : `${days} days`,
}))
const usual = { value: '90', label: '90 days' }

export const CreateTokenModal = ({
  onCreated,
  onClose,
}: {
  onCreated: (created: { name: string; token: string }) => void
  onClose: () => void
}) => {
  const { data: me } = useMeQuery()
  const [name, setName] = useState('')
  const [scopes, setScopes] = useState<Action[]>([])
  const [days, setDays] = useState(usual.value)
  const [createToken, { isLoading, error }] = useCreateTokenMutation()
  const options = me?.actions.map((action) => ({ value: action as string, label: action })) ?? []
  const create = async (): Promise<void> => {
    const { data } = await createToken({
      name: name.trim(),
      scopes: scopes.length === 0 ? null : scopes,
      expiresInDays: Number(days),
    })
    if (data === undefined) return
    onCreated({ name: data.name, token: data.token })
    onClose()
  }
  return (
    <FormModal
      header="Create API token"
      confirm="Create"
      isBusy={isLoading}
      isReady={name.trim() !== ''}
      error={error}
      onConfirm={() => void create()}
      onClose={onClose}
    >
      <FormField label="Name" description="What it is for, so that you know it later.">
        <Input value={name} autoFocus onChange={({ detail }) => setName(detail.value)} placeholder="nightly-report" />
      </FormField>
      <FormField
        label="Narrowed to – optional"
        description="Left empty, it may do all that you may. The fewer, the better."
      >
        <Multiselect
          options={options}
          filteringType="auto"
          selectedOptions={options.filter(({ value }) => scopes.some((scope) => scope === value))}
          placeholder="All that you may do"
          onChange={({ detail }) =>
            setScopes(detail.selectedOptions.flatMap(({ value }) => actionSchema.safeParse(value).data ?? []))
          }
        />
      </FormField>
      <FormField label="Ends after">
        <Select
          options={lifetimes}
          selectedOption={lifetimes.find(({ value }) => value === days) ?? usual}
          onChange={({ detail }) => setDays(detail.selectedOption.value ?? usual.value)}
        />
      </FormField>
    </FormModal>
  )
}
