import { useState } from 'react'
import Alert from '@cloudscape-design/components/alert'
import FormField from '@cloudscape-design/components/form-field'
import Input from '@cloudscape-design/components/input'
import Select from '@cloudscape-design/components/select'
import Table from '@cloudscape-design/components/table'
import type { DiscoveryResult } from '#contracts/discovery.ts'
import { apiErrorOf } from '../api/problem.ts'
import { FormModal } from '../design/FormModal.tsx'
import { useAddAccountMutation, useDiscoverAccountsMutation, useListAccountsQuery } from './account-endpoints.ts'

type Member = DiscoveryResult['items'][number]

/** Asks an organization for its accounts and adds those that are chosen. */
export const DiscoverAccountsModal = ({ onClose }: { onClose: () => void }) => {
  const { data } = useListAccountsQuery()
  const options = (data?.items ?? []).map(({ id, name }) => ({ value: id, label: `${name} (${id})` }))
  const [given, setAccount] = useState<string>()
  const account = given ?? options[0]?.value
  const [roleName, setRoleName] = useState('aws-orchestrator')
  const [externalId, setExternalId] = useState('')
  const [chosen, setChosen] = useState<readonly Member[]>([])
  const [refusals, setRefusals] = useState<string[]>([])
  const [discover, discovery] = useDiscoverAccountsMutation()
  const [add, addition] = useAddAccountMutation()
  const found = discovery.data?.items

  const ask = async (): Promise<void> => {
    if (account === undefined) return
    const { data: answer } = await discover({
      account,
      roleName: roleName.trim(),
      externalId: externalId.trim() === '' ? null : externalId.trim(),
    })
    setChosen(answer?.items.filter(({ proposal }) => proposal !== null) ?? [])
  }
  /** One after the other: what is refused is said, the others are added all the same. */
  const addChosen = async (): Promise<void> => {
    const refused: string[] = []
    for (const { proposal } of chosen) {
      if (proposal === null) continue
      const { error } = await add(proposal)
      if (error !== undefined) refused.push(`${proposal.name}: ${apiErrorOf(error).detail}`)
    }
    if (refused.length === 0) return onClose()
    setRefusals(refused)
    await ask()
  }
  return (
    <FormModal
      header="Find the accounts of an organization"
      confirm={found === undefined ? 'Find' : `Add ${chosen.length}`}
      isBusy={discovery.isLoading || addition.isLoading}
      isReady={found === undefined ? account !== undefined && roleName.trim() !== '' : chosen.length > 0}
      error={discovery.error}
      onConfirm={() => void (found === undefined ? ask() : addChosen())}
      onClose={onClose}
    >
      {found === undefined ? (
        <>
          <FormField
            label="Ask through"
            description="The organization’s management account or a delegated administrator, one of the accounts here."
          >
            <Select
              options={options}
              selectedOption={options.find(({ value }) => value === account) ?? null}
              placeholder="Choose an account"
              onChange={({ detail }) => setAccount(detail.selectedOption.value)}
            />
          </FormField>
          <FormField label="Name of the role in each account">
            <Input value={roleName} onChange={({ detail }) => setRoleName(detail.value)} />
          </FormField>
          <FormField label="External id of those roles – optional">
            <Input value={externalId} onChange={({ detail }) => setExternalId(detail.value)} />
          </FormField>
        </>
      ) : (
        <>
          {refusals.length > 0 && (
            <Alert type="error" header="Not all were added">
              {refusals.join(' ')}
            </Alert>
          )}
          <Table
            variant="embedded"
            selectionType="multi"
            trackBy="id"
            items={found}
            selectedItems={chosen}
            isItemDisabled={({ proposal }) => proposal === null}
            onSelectionChange={({ detail }) => setChosen(detail.selectedItems)}
            columnDefinitions={columns}
            ariaLabels={{
              tableLabel: 'Accounts of the organization',
              selectionGroupLabel: 'Accounts to add',
              allItemsSelectionLabel: () => 'All that can be added',
              itemSelectionLabel: (_selection, { name }) => name,
            }}
          />
        </>
      )}
    </FormModal>
  )
}

const columns = [
  { id: 'name', header: 'Name', cell: ({ name }: Member) => name, isRowHeader: true },
  { id: 'id', header: 'Account id', cell: ({ id }: Member) => id },
  {
    id: 'state',
    header: 'State',
    cell: ({ isKnown, status }: Member) => (isKnown ? 'Here already' : status === 'active' ? 'New' : 'Closed'),
  },
]
