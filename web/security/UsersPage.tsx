import { useState } from 'react'
import Button from '@cloudscape-design/components/button'
import ButtonDropdown from '@cloudscape-design/components/button-dropdown'
import Header from '@cloudscape-design/components/header'
import SpaceBetween from '@cloudscape-design/components/space-between'
import StatusIndicator from '@cloudscape-design/components/status-indicator'
import Table from '@cloudscape-design/components/table'
import type { TableProps } from '@cloudscape-design/components/table'
import TextFilter from '@cloudscape-design/components/text-filter'
import type { User } from '#contracts/user.ts'
import { apiErrorOf } from '../api/problem.ts'
import { ForbiddenPage } from '../app/ForbiddenPage.tsx'
import { said } from '../app/notices.ts'
import { useAppDispatch } from '../app/store.ts'
import { useMay } from '../auth/permissions.ts'
import { CursorPagination } from '../design/CursorPagination.tsx'
import { TableState } from '../design/TableState.tsx'
import { Time } from '../design/Time.tsx'
import { useDraft } from '../design/use-draft.ts'
import { useListState } from '../design/use-list-state.ts'
import { totalWords } from '../design/words.ts'
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
  const list = useListState()
  const mayManage = useMay('user.manage')
  const q = list.get('q')
  const { data, isLoading, isFetching, error, refetch } = useListUsersQuery({
    q,
    ...(list.cursor === null ? {} : { cursor: list.cursor }),
  })
  const [text, setText] = useDraft(q, (changed) => list.set({ q: changed }))
  const [chosen, setChosen] = useState<User | null>(null)
  const [open, setOpen] = useState<Open>(null)
  const [changeUser] = useChangeUserMutation()
  if (error !== undefined && apiErrorOf(error).status === 403) return <ForbiddenPage what="the users" />

  // The row as it is now: it may have changed since it was chosen.
  const user = data?.items.find(({ id }) => id === chosen?.id) ?? null
  const close = (): void => setOpen(null)
  const toggle = async ({ id, email, status }: User): Promise<void> => {
    const result = await changeUser({ id, changes: { status: status === 'active' ? 'disabled' : 'active' } })
    if (result.error !== undefined)
      dispatch(said('error', apiErrorOf(result.error).title, apiErrorOf(result.error).detail))
    else
      dispatch(said('success', status === 'active' ? `${email} can no longer sign in` : `${email} can sign in again`))
  }

  return (
    <>
      <Table
        variant="full-page"
        items={data?.items ?? []}
        columnDefinitions={columns}
        trackBy="id"
        {...(mayManage && {
          selectionType: 'single' as const,
          selectedItems: user === null ? [] : [user],
          onSelectionChange: ({ detail }: { detail: { selectedItems: User[] } }) =>
            setChosen(detail.selectedItems[0] ?? null),
        })}
        loading={isLoading}
        loadingText="Loading users"
        ariaLabels={{
          tableLabel: 'Users',
          selectionGroupLabel: 'User to change',
          itemSelectionLabel: (_state, { email }) => `Select ${email}`,
        }}
        header={
          <Header
            variant="awsui-h1-sticky"
            {...(data !== undefined && { counter: `(${totalWords(data.total)})` })}
            actions={
              <SpaceBetween direction="horizontal" size="xs">
                <Button
                  iconName="refresh"
                  ariaLabel="Refresh"
                  loading={isFetching && !isLoading}
                  onClick={() => void refetch()}
                />
                {mayManage && (
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
                )}
                {mayManage && (
                  <Button variant="primary" onClick={() => setOpen('create')}>
                    Create user
                  </Button>
                )}
              </SpaceBetween>
            }
          >
            Users
          </Header>
        }
        filter={
          <TextFilter
            filteringText={text}
            filteringPlaceholder="Find by email"
            filteringAriaLabel="Find users"
            onChange={({ detail }) => setText(detail.filteringText)}
          />
        }
        pagination={<CursorPagination list={list} nextCursor={data?.nextCursor} />}
        empty={
          <TableState
            error={error}
            onRetry={() => void refetch()}
            isFiltered={q !== ''}
            onClear={() => list.set({ q: '' })}
            what="users"
            firstStep="Create one."
          />
        }
      />
      {open === 'create' && <CreateUserModal onClose={close} />}
      {open === 'roles' && user !== null && <RolesModal user={user} onClose={close} />}
      {open === 'password' && user !== null && <PasswordResetModal user={user} onClose={close} />}
    </>
  )
}
