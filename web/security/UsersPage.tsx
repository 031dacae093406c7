import { useState } from 'react'
import Button from '@cloudscape-design/components/button'
import ButtonDropdown from '@cloudscape-design/components/button-dropdown'
import SpaceBetween from '@cloudscape-design/components/space-between'
import StatusIndicator from '@cloudscape-design/components/status-indicator'
import type { TableProps } from '@cloudscape-design/components/table'
import type { User } from '#contracts/user.ts'
import { apiErrorOf } from '../api/problem.ts'
import { ForbiddenPage } from '../app/ForbiddenPage.tsx'
import { said } from '../app/notices.ts'
import { useAppDispatch } from '../app/store.ts'
import { useComplain } from '../app/use-complain.ts'
import { useMay } from '../auth/permissions.ts'
import { ListTable } from '../design/ListTable.tsx'
import { Time } from '../design/Time.tsx'
import { useListState } from '../design/use-list-state.ts'
import { CreateUserModal } from './CreateUserModal.tsx'
import { useChangeUserMutation, useListUsersQuery } from './endpoints.ts'
import { PasswordResetModal } from './PasswordResetModal.tsx'
import { RolesModal } from './RolesModal.tsx'

const columns: TableProps.ColumnDefinition<User>[] = [
  { id: 'email', header: 'Email', cell: ({ email }) => email, isRowHeader: true },
  { id: 'roles', header: 'Roles', cell: ({ roles }) => roles.join(', ') },
  {
    id: 'status',
    header: 'Status',
    cell: ({ status }) => (
      <StatusIndicator type={status === 'active' ? 'success' : 'stopped'}>
        {status === 'active' ? 'Active' : 'Disabled'}
      </StatusIndicator>
    ),
  },
  {
    id: 'lastSignInAt',
    header: 'Last sign-in',
    cell: ({ lastSignInAt }) => (lastSignInAt === null ? 'never' : <Time iso={lastSignInAt} />),
  },
  { id: 'createdAt', header: 'Created', cell: ({ createdAt }) => <Time iso={createdAt} /> },
]
type Open = 'create' | 'roles' | 'password' | null

/** Who may sign in, and what for. */
export const UsersPage = () => {
  const dispatch = useAppDispatch()
  const complain = useComplain()
  const list = useListState()
  const mayManage = useMay('user.manage')
  const answer = useListUsersQuery({
    q: list.get('q'),
    ...(list.cursor === null ? {} : { cursor: list.cursor }),
  })
  const [chosen, setChosen] = useState<User | null>(null)
  const [open, setOpen] = useState<Open>(null)
  const [changeUser] = useChangeUserMutation()
  if (answer.error !== undefined && apiErrorOf(answer.error).status === 403) return <ForbiddenPage what="the users" />

  // The row as it is now: it may have changed since it was chosen.
  const user = answer.data?.items.find(({ id }) => id === chosen?.id) ?? null
  const close = (): void => setOpen(null)
  const toggle = async ({ id, email, status }: User): Promise<void> => {
    const result = await changeUser({ id, changes: { status: status === 'active' ? 'disabled' : 'active' } })
    if (!complain(result.error))
      dispatch(said('success', status === 'active' ? `${email} can no longer sign in` : `${email} can sign in again`))
  }

  return (
    <>
      <ListTable<User>
        title="Users"
        what="users"
        list={list}
        answer={answer}
        columns={columns}
        rowId="id"
        search="email"
        {...(mayManage && {
          selection: {
            group: 'User to change',
            nameOf: ({ email }) => email,
            selectionType: 'single',
            selectedItems: user === null ? [] : [user],
            onSelectionChange: ({ detail }) => setChosen(detail.selectedItems[0] ?? null),
          },
          actions: (
            <SpaceBetween direction="horizontal" size="xs">
              <ButtonDropdown
                items={[
                  { id: 'roles', text: 'Change roles' },
                  { id: 'password', text: 'Set a new password' },
                  { id: 'toggle', text: user?.status === 'disabled' ? 'Enable' : 'Disable' },
                ].map((item) =>
                  user === null ? { ...item, disabled: true, disabledReason: 'Select a user first.' } : item,
                )}
                onItemClick={({ detail }) => {
                  if (detail.id === 'toggle') return void (user !== null && toggle(user))
                  setOpen(detail.id === 'roles' ? 'roles' : 'password')
                }}
              >
                Actions
              </ButtonDropdown>
              <Button variant="primary" onClick={() => setOpen('create')}>
                Create user
              </Button>
            </SpaceBetween>
          ),
        })}
        firstStep="Create one."
      />
      {open === 'create' && <CreateUserModal onClose={close} />}
      {open === 'roles' && user !== null && <RolesModal user={user} onClose={close} />}
      {open === 'password' && user !== null && <PasswordResetModal user={user} onClose={close} />}
    </>
  )
}
