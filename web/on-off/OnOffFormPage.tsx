import { useState } from 'react'
import { useNavigate, useParams } from 'react-router'
import Container from '@cloudscape-design/components/container'
import FormField from '@cloudscape-design/components/form-field'
import Header from '@cloudscape-design/components/header'
import Input from '@cloudscape-design/components/input'
import SpaceBetween from '@cloudscape-design/components/space-between'
import Textarea from '@cloudscape-design/components/textarea'
import { operationOff, operationOn } from '#contracts/on-off-plan.ts'
import type { OnOffPlan } from '#contracts/on-off-plan.ts'
import { PageLoading } from '../app/PageLoading.tsx'
import { FormPage } from '../design/FormPage.tsx'
import { ProblemAlert } from '../design/ProblemAlert.tsx'
import { bodyOf, draftOf, timesProblem } from './draft.ts'
import type { Draft } from './draft.ts'
import { useChangeOnOffPlanMutation, useCreateOnOffPlanMutation, useGetOnOffPlanQuery } from './endpoints.ts'
import { OnOffPreview } from './OnOffPreview.tsx'
import { OnOffTimesForm } from './OnOffTimesForm.tsx'

/** Writes a new on/off plan, or changes one. */
export const OnOffFormPage = () => {
  const { id } = useParams()
  const { data, error, refetch } = useGetOnOffPlanQuery(id ?? '', { skip: id === undefined })
  if (error !== undefined) return <ProblemAlert error={error} onRetry={() => void refetch()} />
  if (id !== undefined && data === undefined) return <PageLoading />
  return <OnOffForm plan={data ?? null} />
}

const OnOffForm = ({ plan }: { plan: OnOffPlan | null }) => {
  const navigate = useNavigate()
  const [draft, setDraft] = useState<Draft>(() => draftOf(plan))
  const [hasTried, setTried] = useState(false)
  const [create, creation] = useCreateOnOffPlanMutation()
  const [change, changing] = useChangeOnOffPlanMutation()
  const set = (part: Partial<Draft>): void => setDraft({ ...draft, ...part })
  const problems = {
    name: draft.name.trim() === '' ? 'Give it a name.' : '',
    targets: draft.targets.trim() === '' ? 'Say what it is to stop and start.' : '',
    times: timesProblem(draft),
  }

  const save = async (): Promise<void> => {
    setTried(true)
    if (Object.values(problems).some((problem) => problem !== '')) return
    const body = bodyOf(draft, plan)
    const reason = draft.reason.trim()
    const saved =
      plan === null
        ? await create({ ...body, operationOff, operationOn, ...(reason === '' ? {} : { reason }) })
        : await change({ id: plan.id, changes: { ...body, reason: reason === '' ? null : reason } })
    if (saved.data !== undefined) void navigate('/on-off-plans')
  }

  return (
    <FormPage
      title={plan === null ? 'Create an on/off plan' : `Change “${plan.name}”`}
      description="Two schedules that belong together. Each run is planned anew, with your rights at that moment. Saving makes standing approvals of both void."
      confirm={plan === null ? 'Create' : 'Save'}
      isBusy={creation.isLoading || changing.isLoading}
      error={creation.error ?? changing.error}
      onConfirm={() => void save()}
    >
      <Container header={<Header variant="h2">What</Header>}>
        <SpaceBetween size="l">
          <FormField label="Name" errorText={hasTried ? problems.name : ''}>
            <Input
              value={draft.name}
              placeholder="Dev at night"
              onChange={({ detail }) => set({ name: detail.value })}
            />
          </FormField>
          <FormField
            label="Targets"
            description="A query, asked anew each time and without “state:”, or ids, one a line."
            errorText={hasTried ? problems.targets : ''}
          >
            <Textarea
              value={draft.targets}
              rows={2}
              placeholder="type:ec2.instance tag.env:dev"
              onChange={({ detail }) => set({ targets: detail.value })}
            />
          </FormField>
          <FormField label="Reason – optional" description="Stands at each of its tasks.">
            <Input value={draft.reason} onChange={({ detail }) => set({ reason: detail.value })} />
          </FormField>
        </SpaceBetween>
      </Container>
      <OnOffTimesForm draft={draft} problem={problems.times} onChange={set} />
      <OnOffPreview draft={draft} plan={plan} isComplete={problems.times === ''} />
    </FormPage>
  )
}
