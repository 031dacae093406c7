import { useState } from 'react'
import FormField from '@cloudscape-design/components/form-field'
import Input from '@cloudscape-design/components/input'
import type { Role } from '#contracts/principal.ts'
import { said } from '../app/notices.ts'
import { useAppDispatch } from '../app/store.ts'
import { FormModal } from '../design/FormModal.tsx'
import { useCreateUserMutation } from './endpoints.ts'
import { RoleChoice } from './RoleChoice.tsx'

export const CreateUserModal = ({ onClose }: { onClose: () => void }) => {
  const dispatch = useAppDispatch()
  const [email, setEmail] = useState('')
  const [password, setPassword] = useState('')
  const [roles, setRoles] = useState<Role[]>(['viewer'])
  const [createUser, { isLoading, error }] = useCreateUserMutation()
  const create = async (): Promise<void> => {
    const { data } = await createUser({ email: email.trim(), password, roles })
    if (data === undefined) return
    dispatch(said('success', `Created ${data.email}`))
    onClose()
  }
  return (
    <FormModal
      header="Create user"
      confirm="Create"
      isBusy={isLoading}
      isReady={email.trim() !== '' && password !== '' && roles.length > 0}
      error={error}
      onConfirm={() => void create()}
      onClose={onClose}
    >
      <FormField label="Email">
        <Input
          value={email}
          type="email"
          autoComplete={false}
          autoFocus
          onChange={({ detail }) => setEmail(detail.value)}
        />
      </FormField>
      <FormField
        label="First password"
        description="Tell it to them on another way than this address; they can change it after signing in."
      >
        <Input
          value={password}
          type="password"
          autoComplete="new-password"
          onChange={({ detail }) => setPassword(detail.value)}
        />
      </FormField>
      <FormField label="Roles">
        <RoleChoice roles={roles} onChange={setRoles} />
      </FormField>
    </FormModal>
  )
}
