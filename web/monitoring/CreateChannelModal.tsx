import { useState } from 'react'
import FormField from '@cloudscape-design/components/form-field'
import Input from '@cloudscape-design/components/input'
import Select from '@cloudscape-design/components/select'
import { severities } from '#contracts/alert.ts'
import type { Severity } from '#contracts/alert.ts'
import { FormModal } from '../design/FormModal.tsx'
import { useCreateChannelMutation } from './endpoints.ts'

const options = severities.map((value) => ({ value: value as string, label: value }))

export const CreateChannelModal = ({
  onCreated,
  onClose,
}: {
  onCreated: (created: { name: string; secret: string }) => void
  onClose: () => void
}) => {
  const [name, setName] = useState('')
  const [url, setUrl] = useState('')
  const [minimumSeverity, setSeverity] = useState<Severity>('warning')
  const [createChannel, { isLoading, error }] = useCreateChannelMutation()
  const create = async (): Promise<void> => {
    const { data } = await createChannel({ name: name.trim(), kind: 'webhook', url: url.trim(), minimumSeverity })
    if (data === undefined) return
    onCreated({ name: data.name, secret: data.secret })
    onClose()
  }
  return (
    <FormModal
      header="Add a webhook"
      confirm="Add"
      isBusy={isLoading}
      isReady={name.trim() !== '' && url.trim() !== ''}
      error={error}
      onConfirm={() => void create()}
      onClose={onClose}
    >
      <FormField label="Name">
        <Input value={name} autoFocus onChange={({ detail }) => setName(detail.value)} placeholder="on-call" />
      </FormField>
      <FormField label="Address" description="Each alert is sent there, signed with a secret that is shown once.">
        <Input
          value={url}
          type="url"
          onChange={({ detail }) => setUrl(detail.value)}
          placeholder="https://hooks.example.com/orchestrator"
        />
      </FormField>
      <FormField label="From severity">
        <Select
          options={options}
          selectedOption={options.find(({ value }) => value === minimumSeverity) ?? null}
          onChange={({ detail }) =>
            setSeverity(severities.find((each) => each === detail.selectedOption.value) ?? 'warning')
          }
        />
      </FormField>
    </FormModal>
  )
}
