import type { Fault, FaultDraft, IncidentKind, SandboxIncident } from '#contracts/sandbox.ts'

/** What calls meet under a fault. */
export const faultWords: Record<Fault['kind'], { label: string; what: string }> = {
  latency: { label: 'Latency', what: 'Answers come late.' },
  throttle: { label: 'Throttling', what: 'Calls are refused for want of quota.' },
  'server-error': { label: 'Server error', what: 'Calls fail with an error of AWS’s own before anything happened.' },
  'timeout-after-effect': {
    label: 'Timeout after the effect',
    what: 'The effect takes place, and no answer ever comes.',
  },
  'connection-lost-after-effect': {
    label: 'Connection lost after the effect',
    what: 'The effect takes place, and the connection is lost.',
  },
  'access-denied': { label: 'Access denied', what: 'Calls are refused for want of a permission.' },
  'expired-credentials': { label: 'Expired credentials', what: 'Calls are refused: the credentials are too old.' },
  'insufficient-capacity': { label: 'Insufficient capacity', what: 'Instances can’t be started: AWS has none left.' },
  'eventual-consistency': {
    label: 'Eventual consistency',
    what: 'Reads don’t see yet what was done in the last seconds.',
  },
  'region-down': { label: 'Region down', what: 'Nothing answers at all.' },
}

/** Whose `milliseconds` mean something, and what they are unless given. */
export const timedFaults: Partial<Record<Fault['kind'], number>> = { latency: 1000, 'eventual-consistency': 5000 }

export const incidentWords: Record<IncidentKind, string> = {
  'cpu-saturation': 'CPU at its limit',
  'memory-leak': 'Memory leak',
  'disk-filling': 'Disk filling up',
  'credit-exhaustion': 'CPU credits used up',
  'function-errors': 'Errors of a function',
  'slow-load-balancer': 'Slow load balancer',
  'runaway-cost': 'Costs run away',
}

export const phaseOf = ({ from, until }: SandboxIncident, nowMs: number): 'planned' | 'active' | 'over' =>
  nowMs < Date.parse(from) ? 'planned' : nowMs < Date.parse(until) ? 'active' : 'over'

/** The form of a new fault: texts as they are typed. */
export type FaultForm = {
  kind: Fault['kind']
  account: string
  region: string
  service: string
  action: string
  resource: string
  percent: string
  times: string
  milliseconds: string
}
export const emptyFault: FaultForm = {
  kind: 'latency',
  account: '',
  region: '',
  service: '',
  action: '',
  resource: '',
  percent: '100',
  times: '',
  milliseconds: '',
}

const whole = (text: string, least: number, most: number): boolean =>
  /^\d+$/.test(text) && Number(text) >= least && Number(text) <= most

/** What is wrong with a form, by field. */
export const faultMistakes = ({
  percent,
  times,
  milliseconds,
}: FaultForm): Partial<Record<keyof FaultForm, string>> => ({
  ...(Number(percent) > 0 && Number(percent) <= 100 ? {} : { percent: 'More than 0, at most 100.' }),
  ...(times === '' || whole(times, 1, 1_000_000) ? {} : { times: 'A whole number from 1 to 1,000,000.' }),
  ...(milliseconds === '' || whole(milliseconds, 1, 600_000)
    ? {}
    : { milliseconds: 'A whole number from 1 to 600,000.' }),
})

export const draftOf = (form: FaultForm): FaultDraft => ({
  kind: form.kind,
  probability: Number(form.percent) / 100,
  ...Object.fromEntries(
    (['account', 'region', 'service', 'action', 'resource'] as const)
      .filter((name) => form[name].trim() !== '')
      .map((name) => [name, form[name].trim()]),
  ),
  ...(form.times === '' ? {} : { times: Number(form.times) }),
  ...(form.milliseconds === '' || timedFaults[form.kind] === undefined
    ? {}
    : { milliseconds: Number(form.milliseconds) }),
})

/** Which calls a fault hits. */
export const scopeOf = ({ account, region, service, action, resource }: Fault): string => {
  const parts = [service, action, resource, account, region].filter((part) => part !== undefined)
  return parts.length === 0 ? 'every call' : parts.join(', ')
}
