import ExpandableSection from '@cloudscape-design/components/expandable-section'
import Tabs from '@cloudscape-design/components/tabs'
import { CodeBlock } from '../design/CodeBlock.tsx'
import type { PlanRequest } from './endpoints.ts'

const quoted = (text: string): string => `'${text.replaceAll("'", `'\\''`)}'`

/** The same task by the HTTP API. */
export const curlFor = (origin: string, request: PlanRequest, reason: string): string => {
  const body = JSON.stringify({ ...request, ...(reason === '' ? {} : { reason }) }, null, 2)
  return [
    `curl -X POST ${origin}/api/v1/tasks`,
    `  -H "Authorization: Bearer $ORCHESTRATOR_TOKEN"`,
    `  -H "Content-Type: application/json"`,
    `  -H "Idempotency-Key: $(uuidgen)"`,
    `  -d ${quoted(body)}`,
  ].join(' \\\n')
}

const rolloutFlags = ({ waves, soakSeconds, errorBudget, onBudget, watchAlarms = [] }: PlanRequest): string[] => [
  ...(waves === undefined ? [] : [`  --waves ${typeof waves === 'string' ? waves : waves.join(',')}`]),
  ...(soakSeconds === undefined ? [] : [`  --soak ${soakSeconds}`]),
  ...(errorBudget === undefined ? [] : [`  --error-budget ${errorBudget ?? 'none'}`]),
  ...(onBudget === undefined ? [] : [`  --on-budget ${onBudget}`]),
  ...watchAlarms.map((id) => `  --watch-alarm ${quoted(id)}`),
]

/** The same task by the command line. */
export const commandFor = (origin: string, request: PlanRequest, reason: string): string => {
  const { operation, targets, params } = request
  const ids = 'ids' in targets ? targets.ids : []
  const scope = 'query' in targets ? [`  --query ${quoted(targets.query)}`] : ids.map((id) => `  --id ${quoted(id)}`)
  const where = [
    ...(targets.account === undefined ? [] : [`  --account ${targets.account}`]),
    ...(targets.region === undefined ? [] : [`  --region ${targets.region}`]),
  ]
  const given = Object.keys(params).length === 0 ? [] : [`  --params ${quoted(JSON.stringify(params))}`]
  const lines = [
    `orchestrator task run ${operation}`,
    ...scope,
    ...where,
    ...given,
    ...rolloutFlags(request),
    ...(reason === '' ? [] : [`  --reason ${quoted(reason)}`]),
  ]
  return `export ORCHESTRATOR_URL=${origin}\n${lines.join(' \\\n')}`
}

/** "Show the API call for this": whatever the console does, a script can do. */
export const ApiCall = ({ request, reason = '' }: { request: PlanRequest; reason?: string }) => (
  <ExpandableSection headerText="Show the API call and the command for this">
    <Tabs
      ariaLabel="The same by API or command line"
      tabs={[
        {
          id: 'api',
          label: 'HTTP API',
          content: <CodeBlock label="HTTP request" text={curlFor(location.origin, request, reason)} />,
        },
        {
          id: 'cli',
          label: 'Command line',
          content: <CodeBlock label="Command" text={commandFor(location.origin, request, reason)} />,
        },
      ]}
    />
  </ExpandableSection>
)
