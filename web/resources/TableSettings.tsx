import CollectionPreferences from '@cloudscape-design/components/collection-preferences'
import type { TablePreferences } from '../design/use-table-preferences.ts'
import type { ResourceColumn } from './resource-columns.tsx'

const pageSizes = [20, 50, 100, 200].map((value) => ({ value, label: `${value} resources` }))

/** Which columns a table shows in which order, and how. */
export const TableSettings = ({
  preferences,
  columns,
  onChange,
}: {
  preferences: TablePreferences
  columns: readonly ResourceColumn[]
  onChange: (changed: TablePreferences) => void
}) => (
  <CollectionPreferences
    title="Preferences"
    confirmLabel="Confirm"
    cancelLabel="Cancel"
    preferences={{
      pageSize: preferences.pageSize,
      wrapLines: preferences.wrapLines,
      contentDisplay: preferences.columns,
    }}
    pageSizePreference={{ title: 'Page size', options: pageSizes }}
    wrapLinesPreference={{ label: 'Wrap lines', description: 'Show the whole text of each cell' }}
    contentDisplayPreference={{
      title: 'Columns',
      description: 'Choose and order the columns.',
      options: columns.map(({ id, header }) => ({
        id,
        label: header,
        ...(id === 'name' ? { alwaysVisible: true } : {}),
      })),
    }}
    onConfirm={({ detail }) =>
      onChange({
        pageSize: detail.pageSize ?? preferences.pageSize,
        wrapLines: detail.wrapLines ?? preferences.wrapLines,
        columns:
          detail.contentDisplay?.flatMap((each) =>
            each.type === 'group' ? [] : [{ id: each.id, visible: each.visible }],
          ) ?? preferences.columns,
      })
    }
  />
)
