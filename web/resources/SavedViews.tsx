import { useState } from 'react'
import ButtonDropdown from '@cloudscape-design/components/button-dropdown'
import type { ButtonDropdownProps } from '@cloudscape-design/components/button-dropdown'
import Checkbox from '@cloudscape-design/components/checkbox'
import FormField from '@cloudscape-design/components/form-field'
import Input from '@cloudscape-design/components/input'
import type { ResourceSort } from '#contracts/inventory.ts'
import type { ResourceView } from '#contracts/resource-view.ts'
import { said } from '../app/notices.ts'
import { useAppDispatch, useAppSelector } from '../app/store.ts'
import { useComplain } from '../app/use-complain.ts'
import { useMay } from '../auth/permissions.ts'
import { FormModal } from '../design/FormModal.tsx'
import { useChangeViewMutation, useCreateViewMutation, useDeleteViewMutation, useListViewsQuery } from './endpoints.ts'

export type Shown = { query: string; sort: ResourceSort; columns: readonly string[] }

/** Searches that were kept under a name: to open, to save what is shown, to change and to delete. */
export const SavedViews = ({
  shown,
  current,
  onOpen,
}: {
  shown: Shown
  /** The id of the view that was opened last; empty for none. */
  current: string
  onOpen: (view: ResourceView) => void
}) => {
  const dispatch = useAppDispatch()
  const complain = useComplain()
  const { data } = useListViewsQuery()
  const [change] = useChangeViewMutation()
  const [remove] = useDeleteViewMutation()
  const me = useAppSelector(({ session }) => (session.status === 'signed-in' ? session.user : null))
  const mayManage = useMay('view.manage')
  const [isSaving, setSaving] = useState(false)
  const views = data?.items ?? []
  const opened = views.find(({ id }) => id === current)
  const isMine = (view: ResourceView): boolean => view.owner.id === me?.id
  const mayChange = opened !== undefined && mayManage && (isMine(opened) || me?.roles.includes('admin') === true)

  const act = async (id: string): Promise<void> => {
    if (id === 'save') return setSaving(true)
    if (opened === undefined) return
    const { query, sort, columns } = shown
    const outcome =
      id === 'delete'
        ? await remove(opened.id)
        : await change({
            id: opened.id,
            changes: id === 'update' ? { query, sort, columns: [...columns] } : { isShared: !opened.isShared },
          })
    if (!complain(outcome.error)) dispatch(said('success', doneWords(id, opened)))
  }

  const itemOf = (view: ResourceView): ButtonDropdownProps.Item => ({
    id: `view ${view.id}`,
    text: view.name,
    secondaryText: isMine(view) ? view.query : `${view.query} (${view.owner.email})`,
  })
  const [mine, shared] = [views.filter(isMine), views.filter((view) => !isMine(view))]
  const items: ButtonDropdownProps.ItemOrGroup[] = [
    ...(mine.length === 0 ? [] : [{ text: 'Yours', items: mine.map(itemOf) }]),
    ...(shared.length === 0 ? [] : [{ text: 'Shared by others', items: shared.map(itemOf) }]),
    ...(mayManage ? [{ id: 'save', text: 'Save as a view …' }] : []),
    ...(mayChange
      ? [
          { id: 'update', text: `Save into “${opened.name}”` },
          {
            id: 'share',
            text: opened.isShared ? `Stop sharing “${opened.name}”` : `Share “${opened.name}” with everybody`,
          },
          { id: 'delete', text: `Delete “${opened.name}”` },
        ]
      : []),
  ]
  return (
    <>
      <ButtonDropdown
        expandToViewport
        items={items}
        onItemClick={({ detail }) => {
          const view = views.find(({ id }) => `view ${id}` === detail.id)
          if (view === undefined) void act(detail.id)
          else onOpen(view)
        }}
      >
        {opened?.name ?? 'Views'}
      </ButtonDropdown>
      {isSaving && <SaveView shown={shown} onSaved={onOpen} onClose={() => setSaving(false)} />}
    </>
  )
}

const doneWords = (verb: string, { name, isShared }: ResourceView): string => {
  if (verb === 'delete') return `The view “${name}” is deleted`
  if (verb === 'update') return `The view “${name}” is saved`
  return isShared ? `The view “${name}” is yours alone again` : `The view “${name}” is there for everybody`
}

const SaveView = ({
  shown: { query, sort, columns },
  onSaved,
  onClose,
}: {
  shown: Shown
  onSaved: (view: ResourceView) => void
  onClose: () => void
}) => {
  const [create, { isLoading, error }] = useCreateViewMutation()
  const [name, setName] = useState('')
  const [isShared, setShared] = useState(false)
  const save = async (): Promise<void> => {
    const { data } = await create({ name: name.trim(), query, sort, columns: [...columns], isShared })
    if (data === undefined) return
    onSaved(data)
    onClose()
  }
  return (
    <FormModal
      header="Save as a view"
      confirm="Save"
      isBusy={isLoading}
      isReady={name.trim() !== ''}
      error={error}
      onConfirm={() => void save()}
      onClose={onClose}
    >
      <FormField label="Name" description={query === '' ? 'Everything, in this order and with these columns.' : query}>
        <Input value={name} autoFocus onChange={({ detail }) => setName(detail.value)} placeholder="Idle machines" />
      </FormField>
      <Checkbox checked={isShared} onChange={({ detail }) => setShared(detail.checked)}>
        Share it with everybody
      </Checkbox>
    </FormModal>
  )
}
