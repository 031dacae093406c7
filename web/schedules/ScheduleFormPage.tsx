import { useState } from 'react'
import { useNavigate, useParams } from 'react-router'
import Container from '@cloudscape-design/components/container'
import FormField from '@cloudscape-design/components/form-field'
import Header from '@cloudscape-design/components/header'
import Input from '@cloudscape-design/components/input'
import Select from '@cloudscape-design/components/select'
import SpaceBetween from '@cloudscape-design/components/space-between'
import Textarea from '@cloudscape-design/components/textarea'
import type { OperationInfo } from '#contracts/operation.ts'
import type { Schedule } from '#contracts/schedule.ts'
import { PageLoading } from '../app/PageLoading.tsx'
import { FormPage } from '../design/FormPage.tsx'
import { ProblemAlert } from '../design/ProblemAlert.tsx'
import { useListOperationsQuery } from '../tasks/endpoints.ts'
import { fieldProblem, paramsOf } from '../tasks/form-values.ts'
import { ParamsForm } from '../tasks/ParamsForm.tsx'
import { fieldsOf, initialValues } from '../tasks/schema-form.ts'
import type { FieldValues, JsonSchema } from '../tasks/schema-form.ts'
import { draftOf, targetsOf, timesOf } from './draft.ts'
import type { Draft } from './draft.ts'
import { useChangeScheduleMutation, useCreateScheduleMutation, useGetScheduleQuery } from './endpoints.ts'
import { TimesForm } from './TimesForm.tsx'
import { valuesOf } from './values-of.ts'

/** Writes a new schedule, or changes one. */
export const ScheduleFormPage = () => {
  const { id } = useParams()
  const operations = useListOperationsQuery()
  const known = useGetScheduleQuery(id ?? '', { skip: id === undefined })
  const error = operations.error ?? known.error
  if (error !== undefined) return <ProblemAlert error={error} onRetry={() => void operations.refetch()} />
  if (operations.data === undefined || (id !== undefined && known.data === undefined)) return <PageLoading />
  return <ScheduleForm operations={operations.data.items} schedule={known.data ?? null} />
}

const ScheduleForm = ({ operations, schedule }: { operations: OperationInfo[]; schedule: Schedule | null }) => {
  const navigate = useNavigate()
  const [draft, setDraft] = useState<Draft>(() => draftOf(schedule))
  const [values, setValues] = useState<FieldValues | null>(null)
  const [hasTried, setTried] = useState(false)
  const [create, creation] = useCreateScheduleMutation()
  const [change, changing] = useChangeScheduleMutation()
  const set = (part: Partial<Draft>): void => setDraft({ ...draft, ...part })
  const operation = operations.find(({ name }) => name === draft.operation)
  // The server generates the schema from its own definition, in the dialect that the form reads.
  const fields = operation === undefined ? [] : fieldsOf(operation.params as JsonSchema)
  const shown =
    values ??
    (schedule !== null && schedule.operation === draft.operation
      ? valuesOf(fields, schedule.params)
      : initialValues(fields))
  const missing = {
    name: draft.name.trim() === '' ? 'Give it a name.' : '',
    operation: operation === undefined ? 'Choose what is to run.' : '',
    targets: draft.targets.trim() === '' ? 'Say what it is to work on.' : '',
  }
  const isReady =
    Object.values(missing).every((problem) => problem === '') &&
    fields.every((field) => fieldProblem(field, shown[field.name]) === '')

  const save = async (): Promise<void> => {
    setTried(true)
    if (!isReady) return
    const body = {
      name: draft.name.trim(),
      operation: draft.operation,
      targets: targetsOf(draft.targets),
      params: paramsOf(fields, shown),
      ...timesOf(draft),
      missedRuns: draft.missedRuns,
      overlap: draft.overlap,
    }
    const reason = draft.reason.trim()
    const saved =
      schedule === null
        ? await create({ ...body, priority: 0, isEnabled: true, ...(reason === '' ? {} : { reason }) })
        : await change({ id: schedule.id, changes: { ...body, reason: reason === '' ? null : reason } })
    if (saved.data !== undefined) void navigate(`/schedules/${saved.data.id}`)
  }

  const options = operations.map(({ name, title }) => ({ value: name, label: name, description: title }))
  return (
    <FormPage
      title={schedule === null ? 'Create a schedule' : `Change “${schedule.name}”`}
      description="Each run is planned anew, with your rights at that moment, and approved like any other task unless a standing approval covers it."
      confirm={schedule === null ? 'Create' : 'Save'}
      isBusy={creation.isLoading || changing.isLoading}
      error={creation.error ?? changing.error}
      onConfirm={() => void save()}
    >
      <Container header={<Header variant="h2">What</Header>}>
        <SpaceBetween size="l">
          <FormField label="Name" errorText={hasTried ? missing.name : ''}>
            <Input
              value={draft.name}
              placeholder="Stop dev in the evening"
              onChange={({ detail }) => set({ name: detail.value })}
            />
          </FormField>
          <FormField label="Operation" errorText={hasTried ? missing.operation : ''}>
            <Select
              options={options}
              selectedOption={options.find(({ value }) => value === draft.operation) ?? null}
              placeholder="Choose"
              filteringType="auto"
              onChange={({ detail }) => {
                setValues(null)
                set({ operation: detail.selectedOption.value ?? '' })
              }}
            />
          </FormField>
          <FormField
            label="Targets"
            description="A query, asked anew at each run, or ids, one a line."
            errorText={hasTried ? missing.targets : ''}
          >
            <Textarea
              value={draft.targets}
              rows={2}
              placeholder="type:ec2.instance tag.env:dev state:running"
              onChange={({ detail }) => set({ targets: detail.value })}
            />
          </FormField>
          {fields.length > 0 && (
            <ParamsForm fields={fields} values={shown} showProblems={hasTried} onChange={setValues} />
          )}
          <FormField label="Reason – optional" description="Stands at each of its tasks.">
            <Input value={draft.reason} onChange={({ detail }) => set({ reason: detail.value })} />
          </FormField>
        </SpaceBetween>
      </Container>
      <TimesForm draft={draft} onChange={set} />
    </FormPage>
  )
}
