import { useState } from 'react'
import FormField from '@cloudscape-design/components/form-field'
import Input from '@cloudscape-design/components/input'
import type { User } from '#contracts/user.ts'
import { said } from '../app/notices.ts'
import { useAppDispatch } from '../app/store.ts'
import { FormModal } from '../design/FormModal.tsx'
import { useChangeUserMutation } from './endpoints.ts'

export const PasswordResetModal = ({ user, onClose }: { user: User; onClose: () => void }) => {
  const dispatch = useAppDispatch()
  const [password, setPassword] = useState('')
  const [changeUser, { isLoading, error }] = useChangeUserMutation()
  const save = async (): Promise<void> => {
    const { data } = await changeUser({ id: user.id, changes: { password } })
    if (data === undefined) return
    dispatch(said('success', `${user.email} has a new password`, 'Their sessions and API tokens have ended.'))
    onClose()
  }
  return (
    <FormModal
      header={`New password for ${user.email}`}
      confirm="Set the password"
      isBusy={isLoading}
      isReady={password !== ''}
      error={error}
      onConfirm={() => void save()}
      onClose={onClose}
    >
      <FormField label="New password">
        <Input
          value={password}
          type="password"
          autoComplete="new-password"
          autoFocus
          onChange={({ detail }) => setPassword(detail.value)}
        />
      </FormField>
    </FormModal>
  )
}
