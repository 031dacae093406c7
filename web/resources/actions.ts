import type { ButtonDropdownProps } from '@cloudscape-design/components/button-dropdown'
import type { OperationInfo } from '#contracts/operation.ts'
import type { Resource } from '#contracts/resource.ts'

/** The states that an operation works on, where it needs one. Only for the menu; each target is checked when it is planned. */
const neededStates: Record<string, readonly string[]> = {
  'ec2.start': ['stopped'],
  'ec2.stop': ['running'],
  'ec2.reboot': ['running'],
  'ec2.resize': ['running', 'stopped'],
  'ec2.terminate': ['running', 'stopped'],
}

export type Chosen = { kind: 'rows'; rows: readonly Resource[] } | { kind: 'all'; total: number }

/** Why an operation can't be chosen now; null when it can. */
export const whyNot = (operation: OperationInfo, chosen: Chosen, mayCreate: boolean): string | null => {
  if (!mayCreate) return 'Your roles do not allow changes.'
  if (chosen.kind === 'all') {
    return chosen.total > operation.maxTargets
      ? `At most ${operation.maxTargets.toLocaleString('en')} targets at once.`
      : null
  }
  if (chosen.rows.length === 0) return 'Select something first.'
  const fitting = chosen.rows.filter(({ type }) => type === operation.targetType)
  if (fitting.length === 0) return `It works on ${operation.targetType}; nothing of that type is selected.`
  const states = neededStates[operation.name]
  if (states !== undefined && !fitting.some((row) => row.state !== null && states.includes(row.state)))
    return `Nothing that is selected is ${states.join(' or ')}.`
  return fitting.length > operation.maxTargets
    ? `At most ${operation.maxTargets.toLocaleString('en')} targets at once.`
    : null
}

/** Operations that make something need no selection: where it is made is asked for next. */
const whyNotMake = (mayCreate: boolean): string | null => (mayCreate ? null : 'Your roles do not allow changes.')

/** The operations as a menu. An item that can't be chosen stays and says why. */
export const actionItems = (
  operations: readonly OperationInfo[],
  chosen: Chosen,
  mayCreate: boolean,
): ButtonDropdownProps.Item[] =>
  operations.map((operation) => {
    const why = operation.targetsBy === 'place' ? whyNotMake(mayCreate) : whyNot(operation, chosen, mayCreate)
    return {
      id: operation.name,
      text: operation.title,
      secondaryText: operation.name,
      ...(why === null ? {} : { disabled: true, disabledReason: why }),
    }
  })
