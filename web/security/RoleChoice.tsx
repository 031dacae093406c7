import Multiselect from '@cloudscape-design/components/multiselect'
import { roleNames, roleSchema } from '#contracts/principal.ts'
import type { Role } from '#contracts/principal.ts'

const descriptions: Record<Role, string> = {
  viewer: 'Sees everything but users and the audit log',
  operator: 'Also files tasks and cancels their own',
  approver: 'Sees everything a viewer does, and approves tasks of others',
  auditor: 'Also reads users and the audit log',
  admin: 'Everything',
}
const options = roleNames.map((value) => ({ value: value as string, label: value, description: descriptions[value] }))

export const RoleChoice = ({ roles, onChange }: { roles: readonly Role[]; onChange: (roles: Role[]) => void }) => (
  <Multiselect
    options={options}
    selectedOptions={options.filter(({ value }) => roles.some((role) => role === value))}
    placeholder="Choose roles"
    onChange={({ detail }) =>
      onChange(detail.selectedOptions.flatMap(({ value }) => roleSchema.safeParse(value).data ?? []))
    }
  />
)
