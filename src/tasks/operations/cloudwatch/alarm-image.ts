import type { Alarm, AlarmDefinition } from '#aws/cloudwatch.ts'
import type { Image } from '#contracts/task.ts'
import type { LiveTarget, Scope } from '../../operation.ts'

/** An alarm that isn't there: what is to become of one that was made when that is taken back. */
export const absent: Image = { exists: false }

export const isAbsent = (image: Image): boolean => image['exists'] === false

/** The image of an alarm is its whole definition, because PutMetricAlarm replaces the whole. */
export const imageOf = (definition: AlarmDefinition): Image => ({ exists: true, ...definition })

/** The definition in an image that `imageOf` made. */
export const definitionIn = ({ exists: _exists, ...definition }: Image): AlarmDefinition =>
  definition as AlarmDefinition

const resourcePart = ':alarm:'
/** The name in an alarm's ARN; names may have colons and spaces in them. */
export const alarmNameOf = ({ id }: { id: string }): string => id.slice(id.indexOf(resourcePart) + resourcePart.length)

/** Names that one call takes. */
const namesPerCall = 100

/** Reads alarms by their ARNs. Those that don't exist are answered as absent. */
export const readAlarms = async (scope: Scope, arns: readonly string[]): Promise<Map<string, LiveTarget>> => {
  const cloudwatch = await scope.aws.cloudwatch(scope.account, scope.region)
  const names = arns.map((id) => alarmNameOf({ id }))
  const found = new Map<string, Alarm>()
  const note = (alarms: readonly Alarm[]): void => alarms.forEach((alarm) => found.set(alarm.name, alarm))

  // New alarms have names of one kind, and hardly any of that kind are there yet: listing what begins alike takes a call or
  // two where asking for each name takes one for every hundred. Where many begin like that it is given up in time.
  const mostPages = Math.ceil(names.length / namesPerCall)
  let isListed = false
  if (mostPages > 1) {
    let pages = 0
    isListed = true
    for await (const page of cloudwatch.listAlarms(scope.call, commonPrefix(names))) {
      note(page)
      if (++pages < mostPages || page.length < namesPerCall) continue
      isListed = false
      break
    }
  }
  if (!isListed)
    note(
      await cloudwatch.describeAlarms(
        scope.call,
        names.filter((name) => !found.has(name)),
      ),
    )
  return new Map(arns.map((arn, index) => [arn, liveTarget(arn, names[index] ?? '', found.get(names[index] ?? ''))]))
}

export const commonPrefix = (names: readonly string[]): string => {
  const [first = ''] = names
  const length = names.reduce((shared, name) => {
    let at = 0
    while (at < shared && first[at] === name[at]) at++
    return at
  }, first.length)
  return first
    .slice(0, length)
    .toWellFormed()
    .replace(/\ufffd$/, '')
}

const liveTarget = (arn: string, name: string, alarm: Alarm | undefined): LiveTarget => ({
  id: arn,
  name,
  // DescribeAlarms doesn't tell them, and asking costs a call for each alarm.
  tags: {},
  image:
    alarm === undefined
      ? absent
      : alarm.definition === null
        ? { exists: true, isComposite: true }
        : imageOf(alarm.definition),
  facts: { state: alarm?.state ?? null },
})
