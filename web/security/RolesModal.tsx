import { useState } from 'react'
import FormField from '@cloudscape-design/components/form-field'
import type { Role } from '#contracts/principal.ts'
import type { User } from '#contracts/user.ts'
import { said } from '../app/notices.ts'
import { useAppDispatch } from '../app/store.ts'
import { FormModal } from '../design/FormModal.tsx'
import { useChangeUserMutation } from './endpoints.ts'
import { RoleChoice } from './RoleChoice.tsx'

export const RolesModal = ({ user, onClose }: { user: User; onClose: () => void }) => {
  const dispatch = useAppDispatch()
  const [roles, setRoles] = useState<Role[]>(user.roles)
  const [changeUser, { isLoading, error }] = useChangeUserMutation()
  const save = async (): Promise<void> => {
    const { data } = await changeUser({ id: user.id, changes: { roles } })
    if (data === undefined) return
    dispatch(said('success', `${user.email} is now ${data.roles.join(', ')}`))
    onClose()
  }
  return (
    <FormModal
      header={`Roles of ${user.email}`}
      confirm="Save"
      isBusy={isLoading}
      isReady={roles.length > 0}
      error={error}
      onConfirm={() => void save()}
      onClose={onClose}
    >
      <FormField label="Roles" description="A change ends their sessions and API tokens.">
        <RoleChoice roles={roles} onChange={setRoles} />
      </FormField>
    </FormModal>
  )
}
