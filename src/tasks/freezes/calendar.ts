import type { FreezeNotice, FreezeScope } from '#contracts/freeze.ts'
import type { Risk } from '#contracts/task.ts'
import { isRiskAtMost } from '../plan/risk.ts'
import { nextWindow, windowAt } from './windows.ts'
import type { Times } from './windows.ts'

export type CalendarFreeze = { id: string; name: string; reason: string; times: Times; scope: FreezeScope }

/** What is about to begin: an operation of a class in one account and Region. */
export type Beginning = { operation: string; risk: Risk; account: string; region: string }

/** Held until then; `freeze` is the first that holds it. */
export type Held = { freeze: CalendarFreeze; until: Date }

/** More freezes in a row than this are not followed: what is held is looked at again when they are over. */
const longestChain = 100

/** Whether a freeze, while it holds, keeps this from beginning. What only reads (R0) is never kept. */
export const isInScope = ({ scope }: CalendarFreeze, { operation, risk, account, region }: Beginning): boolean =>
  isRiskAtMost(scope.minimumRisk, risk) &&
  (scope.accounts.length === 0 || scope.accounts.includes(account)) &&
  (scope.regions.length === 0 || scope.regions.includes(region)) &&
  (scope.operations.length === 0 || scope.operations.some((pattern) => matches(pattern, operation)))

const matches = (pattern: string, operation: string): boolean =>
  pattern.endsWith('.*') ? operation.startsWith(pattern.slice(0, -1)) : operation === pattern

/** Until when this may not begin, if not at that moment: windows that overlap or follow each other count as one. */
export const heldAt = (freezes: readonly CalendarFreeze[], beginning: Beginning, at: Date): Held | null => {
  const concerned = freezes.filter((freeze) => isInScope(freeze, beginning))
  const holding = (moment: Date): Held | undefined =>
    concerned
      .map((freeze) => ({ freeze, until: windowAt(freeze.times, moment)?.to }))
      .find((found): found is Held => found.until !== undefined)
  const first = holding(at)
  if (first === undefined) return null
  let until = first.until
  for (let length = 1; length < longestChain; length++) {
    const next = holding(until)
    if (next === undefined) break
    ;({ until } = next)
  }
  return { freeze: first.freeze, until }
}

/** The same for a whole plan: the freeze that holds some of its targets longest, and how many are held by any. */
export const noticeOf = (
  freezes: readonly CalendarFreeze[],
  plan: { operation: string; risk: Risk; targets: readonly { account: string; region: string }[] },
  at: Date,
): FreezeNotice | null => {
  const places = new Map<string, Held | null>()
  let longest: Held | null = null
  let targets = 0
  for (const { account, region } of plan.targets) {
    const key = `${account} ${region}`
    let held = places.get(key)
    if (held === undefined) {
      held = heldAt(freezes, { operation: plan.operation, risk: plan.risk, account, region }, at)
      places.set(key, held)
    }
    if (held === null) continue
    targets++
    if (longest === null || held.until > longest.until) longest = held
  }
  if (longest === null) return null
  const { id, name, reason } = longest.freeze
  return { id, name, reason, until: longest.until.toISOString(), targets }
}

/** When the next window begins or ends after that moment; null when nothing will. */
export const nextChange = (freezes: readonly CalendarFreeze[], after: Date): Date | null => {
  const moments = freezes.flatMap(({ times }) => [windowAt(times, after)?.to, nextWindow(times, after)?.from])
  return moments.reduce<Date | null>(
    (first, moment) => (moment !== undefined && (first === null || moment < first) ? moment : first),
    null,
  )
}
