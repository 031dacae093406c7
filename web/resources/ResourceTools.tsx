import { useNavigate } from 'react-router'
import Box from '@cloudscape-design/components/box'
import Button from '@cloudscape-design/components/button'
import ButtonDropdown from '@cloudscape-design/components/button-dropdown'
import SpaceBetween from '@cloudscape-design/components/space-between'
import type { Freshness } from '#contracts/resource.ts'
import { useMay } from '../auth/permissions.ts'
import { Time } from '../design/Time.tsx'
import { useListOperationsQuery } from '../tasks/endpoints.ts'
import { makeHref, newTaskHref } from '../tasks/targets-in-url.ts'
import { actionItems } from './actions.ts'
import type { Chosen } from './actions.ts'
import { FreshnessLabel } from './FreshnessLabel.tsx'
import { queryOf } from './query-text.ts'

/** Freshness, refresh and the actions on what is selected. */
export const ResourceTools = ({
  chosen,
  q,
  type,
  freshness,
  readAt,
  isReading,
  onRefresh,
}: {
  chosen: Chosen
  q: string
  type: string
  freshness: Freshness | undefined
  readAt: number | undefined
  isReading: boolean
  onRefresh: () => void
}) => {
  const navigate = useNavigate()
  const { data: operations } = useListOperationsQuery()
  const mayCreate = useMay('task.create')
  const begin = (name: string): void => {
    const operation = operations?.items.find((each) => each.name === name)
    if (operation === undefined) return
    if (operation.targetsBy === 'place') return void navigate(makeHref(name))
    const { to, state } = newTaskHref(
      name,
      chosen.kind === 'all'
        ? { query: queryOf(q, type === '' ? operation.targetType : type) }
        : { ids: chosen.rows.filter((row) => row.type === operation.targetType).map(({ id }) => id) },
    )
    void navigate(to, { state })
  }
  return (
    <SpaceBetween direction="horizontal" size="xs" alignItems="center">
      {freshness !== undefined && <FreshnessLabel freshness={freshness} />}
      {readAt !== undefined && (
        <Box fontSize="body-s" color="text-body-secondary" display="inline">
          Read <Time iso={new Date(readAt).toISOString()} />
        </Box>
      )}
      <Button iconName="refresh" ariaLabel="Refresh" loading={isReading} onClick={onRefresh} />
      <ButtonDropdown
        variant="primary"
        expandToViewport
        items={actionItems(operations?.items ?? [], chosen, mayCreate)}
        onItemClick={({ detail }) => begin(detail.id)}
      >
        Actions
      </ButtonDropdown>
    </SpaceBetween>
  )
}
