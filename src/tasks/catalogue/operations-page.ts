import { operationInfo } from '../http/operations.ts'
import type { Operation } from '../operation.ts'

/**
 * The page docs/operations.md, made from the definitions so that it can't say anything else than what the product does. A
 * test compares the two; `UPDATE_DOCS=1` with that test writes the page anew.
 */
export const operationsPage = (operations: readonly Operation[]): string =>
  [introduction, overview(operations), ...operations.map(section)].join('\n\n') + '\n'

const introduction = `# Operations

<!-- Written by src/tasks/catalogue/operations-page.ts from the definitions in src/tasks/operations: change those. -->

Everything that the product can do to AWS is one of these operations. Each goes the same way: its parameters are checked,
the selection becomes a fixed list, your rights on each target are asked, every target is read live, and what must not be
touched is left out with the reason. What remains is a *plan*, kept for 24 hours under its hash.

**Risk.** R0 reads · R1 reversible, no effect on service · R2 reversible, with effect on service · R3 hard to reverse or
security-relevant · R4 irreversible. More than 100 targets raise the class by one. A tag change that takes away a
safeguard (a production mark, the tag \`orchestrator:protected\`, the mark of a cluster or environment that manages the
instance) is R3.

**Approvals.** R0 and R1 need none. R2 needs one when a target is production (a tag \`env\`, \`environment\` or \`stage\` with
\`prod\`, \`production\` or \`live\`, or the account's setting) or when there are more than 10 targets. R3 needs one other
person, R4 two. Nobody approves their own task; where \`ORCHESTRATOR_SELF_APPROVAL\` allows it (on sandbox accounts by
default), its requester may, and that approval is enough. A self-approval and every approval of R4 has to be confirmed by
typing the plan's \`approvals.confirmation\`: the operation and the number of targets, for example \`ec2.stop 12\`. After the
last approval of R4 nothing begins for a while, in which it can be cancelled. More on this, on freezes and on breaking the glass:
[approvals.md](approvals.md).

**Never touched.** Start, stop, reboot, resize and terminate leave out instances with the tag \`orchestrator:protected\` (any value but
\`false\`) and those that an Auto Scaling group, an EKS or other Kubernetes cluster, or Elastic Beanstalk manages; terminate also those of
a CloudFormation stack and those with termination protection. A target that changed between plan and execution is left alone: it has *drifted*, and
the task offers a new plan for it.

**What hangs on a target.** Plans of stop, reboot, resize and terminate say of each target behind which load balancer it is, how many of the
healthy targets there are in the plan, and which alarms watch it, as the inventory last saw it (target groups are read once a
minute). A plan that takes the *last healthy targets* of a production target group away is at least R3, so that one other person looks
at it; approving is the override, and so is breaking the glass. Elsewhere it is only said: stopping all of a development environment
for the night is what people want. Load balancers don't drain first; requests under way are cut off.

**Expected time.** \`expectedSeconds\` is in seconds of your clock (a sandbox account may run faster than AWS): \`calls\` from the
first to the last call with an effect at AWS's quota, when the quota's buckets are full at the start; \`waits\` what AWS
typically needs after the last call; \`total\` both.`

const overview = (operations: readonly Operation[]): string =>
  [
    '| Operation | What it does | Risk | Undo |',
    '|---|---|---|---|',
    ...operations.map(
      ({ name, title, risk, undo }) => `| [\`${name}\`](#${anchor(name)}) | ${title} | ${risk} | ${undo.label} |`,
    ),
  ].join('\n')

const anchor = (name: string): string => name.replaceAll('.', '')

const section = (operation: Operation): string =>
  [
    `## ${operation.name}`,
    operation.description,
    `Works on \`${operation.targetType}\`, at most ${operation.maxTargets.toLocaleString('en')} at once; ${callWords(operation)}.${operation.creates ? ' Its targets are given by account and Region alone.' : ''}`,
    parameters(operation),
    `**Risk** ${operation.risk}. **Undo** ${operation.undo.label}${operation.undo.note === undefined ? '.' : `: ${operation.undo.note}`}`,
    [
      '**Steps**',
      '',
      ...operation.steps.map((step, index) => `${index + 1}. \`${step.name}\`: ${step.description}`),
    ].join('\n'),
    `**Needs** ${operation.iamActions.map((action) => `\`${action}\``).join(', ')}`,
  ].join('\n\n')

const callWords = ({ calls, batchSize }: Operation): string =>
  calls.some(({ perTarget }) => perTarget) ? 'each by a call of its own' : `up to ${batchSize} in one call`

/** The parts of a JSON Schema that the table shows. */
type Property = {
  type?: string
  enum?: unknown[]
  default?: unknown
  description?: string
  items?: Property
  additionalProperties?: Property
  properties?: Record<string, Property>
  required?: string[]
  anyOf?: Property[]
}

const parameters = (operation: Operation): string => {
  const rows = rowsOf(operationInfo(operation).params)
  if (rows.length === 0) return 'It takes no parameters.'
  return ['| Parameter | Type | Default | |', '|---|---|---|---|', ...rows].join('\n')
}

/** A row for each property; those of the objects in a list follow the list. */
const rowsOf = (schema: Property, prefix = ''): string[] =>
  Object.entries(schema.properties ?? {}).flatMap(([name, property]) => {
    const isRequired = schema.required?.includes(name) === true
    const row = `| \`${prefix}${name}\` | ${typeOf(property)} | ${defaultOf(property, isRequired)} | ${property.description ?? ''} |`
    return [row, ...(property.items ? rowsOf(property.items, `${prefix}${name}[].`) : [])]
  })

const defaultOf = (property: Property, isRequired: boolean): string => {
  if (property.default !== undefined) return `\`${JSON.stringify(property.default)}\``
  return isRequired ? 'required' : ''
}

const typeOf = (property: Property): string => {
  if (property.anyOf) return property.anyOf.map(typeOf).join(' or ')
  if (property.enum) return property.enum.map((value) => `\`${String(value)}\``).join(' or ')
  if (property.type === 'array') return `list of ${typeOf(property.items ?? {})}s`
  if (property.type === 'object' && property.properties === undefined)
    return `keys and ${typeOf(property.additionalProperties ?? {})}s`
  return property.type === 'null' ? '`null`' : (property.type ?? 'any')
}
