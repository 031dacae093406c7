import { useState } from 'react'
import Checkbox from '@cloudscape-design/components/checkbox'
import FormField from '@cloudscape-design/components/form-field'
import Input from '@cloudscape-design/components/input'
import Multiselect from '@cloudscape-design/components/multiselect'
import Select from '@cloudscape-design/components/select'
import { severities, taskWebhookEventSchema, taskWebhookEvents } from '#contracts/alert.ts'
import type { Channel, Severity, TaskWebhookFilter } from '#contracts/alert.ts'
import { riskSchema } from '#contracts/task.ts'
import { FormModal } from '../design/FormModal.tsx'
import { useListAccountsQuery } from '../resources/account-endpoints.ts'
import { useListOperationsQuery } from '../tasks/endpoints.ts'
import { useChangeChannelMutation, useCreateChannelMutation } from './endpoints.ts'
import { taskEventWords } from './task-event-words.ts'

type Option = { value: string; label: string }
const optionsOf = (values: readonly string[]): Option[] => values.map((value) => ({ value, label: value }))
const severityOptions = optionsOf(severities)
const eventOptions = taskWebhookEvents.map((value) => ({ value: value as string, label: taskEventWords[value] }))

/** Adds a webhook, or changes what one hears of. */
export const ChannelModal = ({
  channel,
  onCreated,
  onClose,
}: {
  channel: Channel | null
  onCreated: (created: { name: string; secret: string }) => void
  onClose: () => void
}) => {
  const [name, setName] = useState(channel?.name ?? '')
  const [url, setUrl] = useState(channel?.url ?? '')
  const [alerts, setAlerts] = useState(channel?.alerts ?? true)
  const [minimumSeverity, setSeverity] = useState<Severity>(channel?.minimumSeverity ?? 'warning')
  const [events, setEvents] = useState<readonly string[]>(channel?.taskEvents ?? [])
  const [filter, setFilter] = useState<TaskWebhookFilter>(
    channel?.taskFilter ?? { accounts: [], operations: [], risks: [] },
  )
  const [createChannel, creation] = useCreateChannelMutation()
  const [changeChannel, change] = useChangeChannelMutation()

  const save = async (): Promise<void> => {
    const taskEvents = events.map((event) => taskWebhookEventSchema.parse(event))
    const body = { name: name.trim(), url: url.trim(), alerts, minimumSeverity, taskEvents, taskFilter: filter }
    if (channel !== null) {
      if ((await changeChannel({ id: channel.id, changes: body })).error === undefined) onClose()
      return
    }
    const { data } = await createChannel({ kind: 'webhook', ...body })
    if (data === undefined) return
    onCreated({ name: data.name, secret: data.secret })
    onClose()
  }
  return (
    <FormModal
      header={channel === null ? 'Add a webhook' : `Change “${channel.name}”`}
      confirm={channel === null ? 'Add' : 'Save'}
      isBusy={creation.isLoading || change.isLoading}
      isReady={name.trim() !== '' && url.trim() !== ''}
      error={creation.error ?? change.error}
      onConfirm={() => void save()}
      onClose={onClose}
    >
      <FormField label="Name">
        <Input value={name} autoFocus onChange={({ detail }) => setName(detail.value)} placeholder="on-call" />
      </FormField>
      <FormField label="Address" description="Each message is sent there, signed with a secret that is shown once.">
        <Input
          value={url}
          type="url"
          onChange={({ detail }) => setUrl(detail.value)}
          placeholder="https://hooks.example.com/orchestrator"
        />
      </FormField>
      <Checkbox checked={alerts} onChange={({ detail }) => setAlerts(detail.checked)}>
        Alerts
      </Checkbox>
      {alerts && (
        <FormField label="From severity">
          <Select
            options={severityOptions}
            selectedOption={severityOptions.find(({ value }) => value === minimumSeverity) ?? null}
            onChange={({ detail }) =>
              setSeverity(severities.find((each) => each === detail.selectedOption.value) ?? 'warning')
            }
          />
        </FormField>
      )}
      <FormField label="Tasks" description="What it hears of tasks. It is sent only what you may read.">
        <Choice options={eventOptions} chosen={events} placeholder="Nothing" onChange={setEvents} />
      </FormField>
      {events.length > 0 && <TaskFilter filter={filter} onChange={setFilter} />}
    </FormModal>
  )
}

const TaskFilter = ({
  filter,
  onChange,
}: {
  filter: TaskWebhookFilter
  onChange: (filter: TaskWebhookFilter) => void
}) => {
  const { data: operations } = useListOperationsQuery()
  const { data: accounts } = useListAccountsQuery()
  const accountOptions = (accounts?.items ?? []).map(({ id, name }) => ({ value: id, label: `${name} (${id})` }))
  return (
    <>
      <FormField label="Only of these accounts – optional">
        <Choice
          options={accountOptions}
          chosen={filter.accounts}
          placeholder="All accounts"
          onChange={(chosen) => onChange({ ...filter, accounts: chosen })}
        />
      </FormField>
      <FormField label="Only of these operations – optional">
        <Choice
          options={optionsOf((operations?.items ?? []).map(({ name }) => name))}
          chosen={filter.operations}
          placeholder="All operations"
          onChange={(chosen) => onChange({ ...filter, operations: chosen })}
        />
      </FormField>
      <FormField label="Only of these risk classes – optional">
        <Choice
          options={optionsOf(riskSchema.options)}
          chosen={filter.risks}
          placeholder="All classes"
          onChange={(chosen) => onChange({ ...filter, risks: chosen.map((risk) => riskSchema.parse(risk)) })}
        />
      </FormField>
    </>
  )
}

const Choice = ({
  options,
  chosen,
  placeholder,
  onChange,
}: {
  options: Option[]
  chosen: readonly string[]
  placeholder: string
  onChange: (chosen: string[]) => void
}) => (
  <Multiselect
    options={options}
    // What is chosen stays shown although it may be gone from the list: an account that was removed.
    selectedOptions={chosen.map((value) => options.find((one) => one.value === value) ?? { value, label: value })}
    placeholder={placeholder}
    filteringType={options.length > 10 ? 'auto' : 'none'}
    expandToViewport
    onChange={({ detail }) => onChange(detail.selectedOptions.flatMap(({ value }) => (value ? [value] : [])))}
  />
)
