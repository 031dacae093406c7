import Container from '@cloudscape-design/components/container'
import FormField from '@cloudscape-design/components/form-field'
import Header from '@cloudscape-design/components/header'
import Select from '@cloudscape-design/components/select'
import SpaceBetween from '@cloudscape-design/components/space-between'
import { naturally } from '../design/words.ts'
import { useListAccountsQuery } from '../resources/account-endpoints.ts'

export type Place = { account: string; region: string }

/** Where something is to be made: an account, and one of the Regions that it is used in. */
export const PlaceChoice = ({ place, onChange }: { place: Place | null; onChange: (place: Place) => void }) => {
  const { data, isLoading } = useListAccountsQuery()
  const accounts = (data?.items ?? []).toSorted((a, b) => naturally(a.name, b.name))
  const accountOptions = accounts.map(({ id, name }) => ({ value: id, label: name, description: id }))
  const regions = accounts.find(({ id }) => id === place?.account)?.regions ?? []
  const regionOptions = regions.map((region) => ({ value: region, label: region }))
  const choose = (account: string): void => {
    const own = accounts.find(({ id }) => id === account)?.regions ?? []
    const region = own.find((each) => each === place?.region) ?? own[0]
    if (region !== undefined) onChange({ account, region })
  }
  return (
    <Container header={<Header variant="h2">Where</Header>}>
      <SpaceBetween size="l">
        <FormField label="Account">
          <Select
            options={accountOptions}
            selectedOption={accountOptions.find(({ value }) => value === place?.account) ?? null}
            placeholder="Choose an account"
            statusType={isLoading ? 'loading' : 'finished'}
            onChange={({ detail }) => choose(detail.selectedOption.value ?? '')}
          />
        </FormField>
        <FormField label="Region">
          <Select
            options={regionOptions}
            selectedOption={regionOptions.find(({ value }) => value === place?.region) ?? null}
            placeholder="Choose an account first"
            disabled={place === null}
            onChange={({ detail }) => {
              if (place !== null) onChange({ ...place, region: detail.selectedOption.value ?? place.region })
            }}
          />
        </FormField>
      </SpaceBetween>
    </Container>
  )
}
