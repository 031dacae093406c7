import { useState } from 'react'
import ExpandableSection from '@cloudscape-design/components/expandable-section'
import FormField from '@cloudscape-design/components/form-field'
import Input from '@cloudscape-design/components/input'
import SegmentedControl from '@cloudscape-design/components/segmented-control'
import Select from '@cloudscape-design/components/select'
import SpaceBetween from '@cloudscape-design/components/space-between'
import Textarea from '@cloudscape-design/components/textarea'
import type { Freeze } from '#contracts/freeze.ts'
import { FormModal } from '../design/FormModal.tsx'
import { useChangeFreezeMutation, useCreateFreezeMutation } from './endpoints.ts'
import { draftOf, emptyDraft, freezeOfDraft } from './form-state.ts'
import type { FreezeDraft } from './form-state.ts'
import { WeeklyFields } from './WeeklyFields.tsx'

const kinds = [
  { id: 'once', text: 'Once' },
  { id: 'weekly', text: 'Every week' },
] as const
const risks = [
  { value: 'R1', label: 'R1: every change' },
  { value: 'R2', label: 'R2: what affects service' },
  { value: 'R3', label: 'R3: what is hard to reverse' },
  { value: 'R4', label: 'R4: what is irreversible' },
] as const
const localZone = Intl.DateTimeFormat().resolvedOptions().timeZone

/** Makes a freeze, or changes one. */
export const FreezeModal = ({ freeze, onClose }: { freeze?: Freeze | undefined; onClose: () => void }) => {
  const [draft, setDraft] = useState<FreezeDraft>(() =>
    freeze === undefined ? emptyDraft(localZone) : draftOf(freeze, localZone),
  )
  const set = (change: Partial<FreezeDraft>): void => setDraft((before) => ({ ...before, ...change }))
  const [create, creation] = useCreateFreezeMutation()
  const [change, changing] = useChangeFreezeMutation()
  const { freeze: given, problems } = freezeOfDraft(draft)
  // Nobody is told off for what they have not come to yet.
  const [isTried, setTried] = useState(false)
  const problemOf = (field: string) => {
    const errorText = isTried ? problems?.[field] : undefined
    return errorText === undefined ? {} : { errorText }
  }

  const save = async (): Promise<void> => {
    setTried(true)
    if (given === null) return
    const { error } = freeze === undefined ? await create(given) : await change({ id: freeze.id, changes: given })
    if (error === undefined) onClose()
  }

  return (
    <FormModal
      header={freeze === undefined ? 'New freeze' : `Change “${freeze.name}”`}
      confirm={freeze === undefined ? 'Make the freeze' : 'Save'}
      isBusy={creation.isLoading || changing.isLoading}
      isReady
      error={creation.error ?? changing.error}
      onConfirm={() => void save()}
      onClose={onClose}
    >
      <FormField label="Name" {...problemOf('name')}>
        <Input value={draft.name} autoFocus onChange={({ detail }) => set({ name: detail.value })} />
      </FormField>
      <FormField label="Reason" description="Whoever is held by it reads this." {...problemOf('reason')}>
        <Textarea value={draft.reason} rows={2} onChange={({ detail }) => set({ reason: detail.value })} />
      </FormField>
      <FormField label="When">
        <SegmentedControl
          label="When"
          selectedId={draft.kind}
          options={kinds}
          onChange={({ detail }) => set({ kind: detail.selectedId === 'weekly' ? 'weekly' : 'once' })}
        />
      </FormField>
      {draft.kind === 'once' ? (
        <SpaceBetween direction="horizontal" size="m">
          <FormField label="From" {...problemOf('from')}>
            <LocalTime value={draft.from} onChange={(from) => set({ from })} label="From" />
          </FormField>
          <FormField label="To" {...problemOf('to')}>
            <LocalTime value={draft.to} onChange={(to) => set({ to })} label="To" />
          </FormField>
        </SpaceBetween>
      ) : (
        <WeeklyFields draft={draft} problemOf={problemOf} onChange={set} />
      )}
      <ExpandableSection
        headerText="What it holds"
        defaultExpanded={['accounts', 'regions', 'operations'].some((field) => problems?.[field] !== undefined)}
      >
        <SpaceBetween size="m">
          <FormField label="From class">
            <Select
              options={risks}
              selectedOption={risks.find(({ value }) => value === draft.minimumRisk) ?? null}
              onChange={({ detail }) =>
                set({ minimumRisk: risks.find(({ value }) => value === detail.selectedOption.value)?.value ?? 'R2' })
              }
            />
          </FormField>
          <FormField label="Operations" description="ec2.stop, or ec2.* – empty: all" {...problemOf('operations')}>
            <Input value={draft.operations} onChange={({ detail }) => set({ operations: detail.value })} />
          </FormField>
          <FormField label="Accounts" description="Empty: all" {...problemOf('accounts')}>
            <Input value={draft.accounts} onChange={({ detail }) => set({ accounts: detail.value })} />
          </FormField>
          <FormField label="Regions" description="Empty: all" {...problemOf('regions')}>
            <Input value={draft.regions} onChange={({ detail }) => set({ regions: detail.value })} />
          </FormField>
        </SpaceBetween>
      </ExpandableSection>
    </FormModal>
  )
}

/** Date and time of day in one, which the design system hasn't. */
const LocalTime = ({ value, onChange, label }: { value: string; onChange: (value: string) => void; label: string }) => (
  <input
    className="local-time"
    type="datetime-local"
    aria-label={label}
    value={value}
    onChange={(event) => onChange(event.target.value)}
  />
)
