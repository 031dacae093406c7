import type { Command } from 'commander'
import { faultKinds } from '#contracts/sandbox.ts'
import type { Fault, SandboxIncident, SandboxInfo } from '#contracts/sandbox.ts'
import { addCommand, wholeNumber } from '../command.ts'
import type { Io } from '../io.ts'
import { table } from '../output.ts'

type AddOptions = {
  account?: string
  region?: string
  service?: string
  action?: string
  resource?: string
  probability?: string
  times?: number
  milliseconds?: number
}

/** `sandbox show | incidents`, `sandbox fault list | add | clear`. */
export const addSandbox = (program: Command, io: Io): void => {
  const sandbox = program.command('sandbox').description('the simulated AWS')
  addCommand(sandbox, 'show', 'seed, size and speed of the sandbox', io, async (_args, _options, context) => {
    const { seed, size, speed } = await context.client().get<SandboxInfo>('/sandbox')
    context.answer({ seed, size, speed }, () => `Seed ${seed}, ${size} resources, ${speed} times as fast as the wall.`)
  })
  addCommand(
    sandbox,
    'incidents',
    'what goes wrong by itself, of the last and the next day',
    io,
    async (_args, _options, context) => {
      const { incidents } = await context.client().get<SandboxInfo>('/sandbox')
      context.answer({ items: incidents }, () => table(incidents, incidentColumns))
    },
  )
  const fault = sandbox.command('fault').description('make the sandbox fail, to see what happens')

  addCommand(fault, 'list', 'faults that the sandbox has now', io, async (_args, _options, context) => {
    const { items } = await context.client().get<{ items: Fault[] }>('/sandbox/faults')
    context.answer({ items }, () => table(items, faultColumns))
  })

  addCommand<AddOptions>(
    fault,
    'add <kind>',
    `add a fault: ${faultKinds.join(', ')}`,
    io,
    async ([kind], options, context) => {
      const { probability, account, region, service, action, resource, times, milliseconds } = options
      const draft = {
        kind,
        account,
        region,
        service,
        action,
        resource,
        times,
        milliseconds,
        ...(probability === undefined ? {} : { probability: Number(probability) }),
      }
      const added = await context.client().post<Fault>('/sandbox/faults', draft)
      context.answer(added, () => `Fault ${added.id} added.`)
    },
  )
    .option('--account <id>', 'only in this account')
    .option('--region <region>', 'only in this Region')
    .option('--service <name>', 'only calls of this service, for example ec2, cloudwatch or logs')
    .option('--action <name>', 'only this action, for example StopInstances')
    .option('--resource <id>', 'only calls that name this id')
    .option('--probability <number>', 'share of the calls that it hits, above 0 up to 1')
    .option('--times <number>', 'how many calls it hits before it is over', wholeNumber(1, 1_000_000))
    .option('--milliseconds <number>', 'how long the latency is, or how far reads are behind', wholeNumber(1, 600_000))

  addCommand(fault, 'clear [id]', 'end one fault, or all', io, async ([id], _options, context) => {
    await context.client().delete(id === undefined ? '/sandbox/faults' : `/sandbox/faults/${encodeURIComponent(id)}`)
    context.answer({ cleared: id ?? 'all' }, () => (id === undefined ? 'All faults ended.' : `Fault ${id} ended.`))
  })
}

const incidentColumns = {
  KIND: (incident: SandboxIncident) => incident.kind,
  FROM: (incident: SandboxIncident) => incident.from,
  UNTIL: (incident: SandboxIncident) => incident.until,
  ACCOUNT: (incident: SandboxIncident) => incident.account,
  REGION: (incident: SandboxIncident) => incident.region,
  RESOURCE: (incident: SandboxIncident) => incident.name,
}

const faultColumns = {
  ID: (fault: Fault) => fault.id,
  KIND: (fault: Fault) => fault.kind,
  WHERE: (fault: Fault) =>
    [fault.account, fault.region, fault.service, fault.action, fault.resource]
      .filter((part) => part !== undefined)
      .join(' '),
  PROBABILITY: (fault: Fault) => fault.probability,
  TIMES: (fault: Fault) => fault.times,
  HITS: (fault: Fault) => fault.hits,
}
