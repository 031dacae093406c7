import { useState } from 'react'
import Checkbox from '@cloudscape-design/components/checkbox'
import FormField from '@cloudscape-design/components/form-field'
import Input from '@cloudscape-design/components/input'
import RadioGroup from '@cloudscape-design/components/radio-group'
import type { NewAccount } from '#contracts/account.ts'
import { FormModal } from '../design/FormModal.tsx'
import { useAddAccountMutation } from './account-endpoints.ts'

type Kind = NewAccount['credentials']['kind']
const kinds: { value: Kind; label: string; description: string }[] = [
  { value: 'role', label: 'A role', description: 'The server assumes it. `orchestrator iam-template` makes one.' },
  { value: 'profile', label: 'A profile', description: 'Of the AWS configuration on the server.' },
  { value: 'ambient', label: 'The server’s own credentials', description: 'Used by no account that doesn’t say so.' },
  { value: 'sandbox', label: 'None: a simulated account', description: 'In the sandbox.' },
]

/** Adds one account. */
export const AddAccountModal = ({ onClose }: { onClose: () => void }) => {
  const [id, setId] = useState('')
  const [name, setName] = useState('')
  const [regions, setRegions] = useState('us-east-1')
  const [kind, setKind] = useState<Kind>('role')
  const [roleArn, setRoleArn] = useState('')
  const [externalId, setExternalId] = useState('')
  const [profile, setProfile] = useState('')
  const [isProduction, setProduction] = useState(true)
  const [isCostExplorer, setCostExplorer] = useState(false)
  const [add, { error, isLoading }] = useAddAccountMutation()

  const credentials = (): NewAccount['credentials'] => {
    switch (kind) {
      case 'role':
        return { kind, roleArn: roleArn.trim(), externalId: externalId.trim() === '' ? null : externalId.trim() }
      case 'profile':
        return { kind, profile: profile.trim() }
      default:
        return { kind }
    }
  }
  const save = async (): Promise<void> => {
    const body: NewAccount = {
      id: id.trim(),
      name: name.trim(),
      cloud: kind === 'sandbox' ? 'sandbox' : 'aws',
      regions: regions.split(/[\s,]+/).filter((region) => region !== ''),
      credentials: credentials(),
      isProduction,
      ...(isCostExplorer ? { costs: 'cost-explorer' } : {}),
    }
    if ((await add(body)).error === undefined) onClose()
  }
  return (
    <FormModal
      header="Add an account"
      confirm="Add"
      isBusy={isLoading}
      isReady={/^\d{12}$/.test(id.trim()) && name.trim() !== '' && regions.trim() !== ''}
      error={error}
      onConfirm={() => void save()}
      onClose={onClose}
    >
      <FormField label="Account id" constraintText="12 digits">
        <Input value={id} autoFocus inputMode="numeric" onChange={({ detail }) => setId(detail.value)} />
      </FormField>
      <FormField label="Name">
        <Input value={name} onChange={({ detail }) => setName(detail.value)} placeholder="shop" />
      </FormField>
      <FormField label="Regions" constraintText="With commas or blanks between">
        <Input value={regions} onChange={({ detail }) => setRegions(detail.value)} />
      </FormField>
      <FormField label="Credentials">
        <RadioGroup
          value={kind}
          items={kinds}
          onChange={({ detail }) => setKind(kinds.find(({ value }) => value === detail.value)?.value ?? 'role')}
        />
      </FormField>
      {kind === 'role' && (
        <>
          <FormField label="ARN of the role">
            <Input
              value={roleArn}
              onChange={({ detail }) => setRoleArn(detail.value)}
              placeholder="arn:aws:iam::123456789012:role/aws-orchestrator"
            />
          </FormField>
          <FormField label="External id – optional" description="Kept sealed, and never shown again.">
            <Input value={externalId} onChange={({ detail }) => setExternalId(detail.value)} />
          </FormField>
        </>
      )}
      {kind === 'profile' && (
        <FormField label="Name of the profile">
          <Input value={profile} onChange={({ detail }) => setProfile(detail.value)} />
        </FormField>
      )}
      <Checkbox checked={isProduction} onChange={({ detail }) => setProduction(detail.checked)}>
        Production: changes there need more approvals
      </Checkbox>
      <Checkbox checked={isCostExplorer} onChange={({ detail }) => setCostExplorer(detail.checked)}>
        Costs from Cost Explorer, once a day: AWS charges for it
      </Checkbox>
    </FormModal>
  )
}
