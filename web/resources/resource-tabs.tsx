import { lazy } from 'react'
import type { ComponentType } from 'react'
import type { ResourceDetails } from '#contracts/inventory.ts'
import { hasMetrics } from './metric-words.ts'
import { ResourceConfig } from './ResourceConfig.tsx'
import { ResourceFacts } from './ResourceFacts.tsx'
import { ResourceTasks } from './ResourceTasks.tsx'

/** A part of a resource's page. Its id stands in the address. */
export type ResourceTab = {
  id: string
  label: string
  /** Which resources have it; all without it. */
  isFor?: (resource: ResourceDetails) => boolean
  Content: ComponentType<{ resource: ResourceDetails }>
}

const ResourceRelations = lazy(async () => ({
  default: (await import('../history/ResourceRelations.tsx')).ResourceRelations,
}))
const ResourceHistory = lazy(async () => ({
  default: (await import('../history/ResourceHistory.tsx')).ResourceHistory,
}))
// The chart is the heaviest part of the design system, and most visits don't open it.
const ResourceMetrics = lazy(async () => ({ default: (await import('./ResourceMetrics.tsx')).ResourceMetrics }))

const ResourceLogs = lazy(async () => ({ default: (await import('./ResourceLogs.tsx')).ResourceLogs }))

/** What has a log group of its own, or is one. */
const hasLogs = ({ type }: ResourceDetails): boolean => type === 'logs.group' || type === 'lambda.function'

/** The tabs of every resource's page, in their order. */
export const resourceTabs: readonly ResourceTab[] = [
  { id: 'details', label: 'Details', Content: ResourceFacts },
  {
    id: 'metrics',
    label: 'Metrics',
    isFor: ({ id }) => hasMetrics(id),
    Content: ({ resource }) => <ResourceMetrics id={resource.id} />,
  },
  { id: 'logs', label: 'Logs', isFor: hasLogs, Content: ({ resource }) => <ResourceLogs id={resource.id} /> },
  { id: 'related', label: 'Relations', Content: ResourceRelations },
  { id: 'history', label: 'History', Content: ({ resource }) => <ResourceHistory id={resource.id} /> },
  { id: 'tasks', label: 'Tasks', Content: ({ resource }) => <ResourceTasks id={resource.id} /> },
  { id: 'config', label: 'Configuration', Content: ({ resource }) => <ResourceConfig config={resource.config} /> },
]
