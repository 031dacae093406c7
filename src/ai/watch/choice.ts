import type { MetricSource, Watchable } from '#resources/watchable.ts'

/** What of each namespace says how a resource is doing; the rest is read when somebody looks. */
const followed: Record<string, readonly string[]> = {
  'AWS/EC2': ['CPUUtilization', 'NetworkOut'],
  CWAgent: ['mem_used_percent', 'disk_used_percent'],
  'AWS/ApplicationELB': ['RequestCount', 'TargetResponseTime', 'HTTPCode_Target_5XX_Count'],
  'AWS/NetworkELB': ['ActiveFlowCount', 'TCP_Target_Reset_Count'],
  'AWS/Lambda': ['Invocations', 'Errors', 'Duration'],
  'AWS/Logs': ['IncomingLogEvents'],
}

/** The metrics of a resource that are followed. */
export const followedSources = ({ sources }: Pick<Watchable, 'sources'>): MetricSource[] =>
  sources.filter(({ namespace, name }) => followed[namespace]?.includes(name))

/** App and stage, where the tags say both: what is likely to suffer from the same thing. */
export const kinOf = ({ tags }: Pick<Watchable, 'tags'>): string | null => {
  const [app, stage] = [tags['app'] ?? tags['Application'], tags['env'] ?? tags['Environment']]
  return app === undefined || stage === undefined ? null : `${app}/${stage}`
}
