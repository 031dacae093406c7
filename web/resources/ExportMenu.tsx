import { useState } from 'react'
import ButtonDropdown from '@cloudscape-design/components/button-dropdown'
import { said } from '../app/notices.ts'
import { useAppDispatch } from '../app/store.ts'
import { download } from './download.ts'

const formats = [
  { id: 'csv', text: 'CSV', description: 'The columns of the table, for spreadsheets' },
  { id: 'json', text: 'JSON', description: 'One array of whole resources' },
  { id: 'jsonl', text: 'JSON lines', description: 'One resource a line' },
]

/** Everything that matches as a file, on all pages. */
export const ExportMenu = ({ q, type, columns }: { q: string; type: string; columns: readonly string[] }) => {
  const dispatch = useAppDispatch()
  const [isBusy, setBusy] = useState(false)
  const begin = async (format: string): Promise<void> => {
    setBusy(true)
    const query = { q, type, format, columns: format === 'csv' ? columns.join(',') : '' }
    const error = await dispatch(download('/resources/export', query, `resources.${format}`))
    setBusy(false)
    if (error !== null) dispatch(said('error', error.title, error.detail))
  }
  return (
    <ButtonDropdown
      expandToViewport
      loading={isBusy}
      items={formats}
      onItemClick={({ detail }) => void begin(detail.id)}
    >
      Export
    </ButtonDropdown>
  )
}
