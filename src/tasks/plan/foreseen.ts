import type { Aws } from '#aws/cloud.ts'
import { AwsFailure } from '#aws/failure.ts'
import type { Excluded } from '#contracts/task.ts'
import type { Foresight, Operation } from '../operation.ts'
import type { Selected } from './select.ts'

/**
 * What AWS would refuse although each target alone is fine: what it certainly refuses is left out, of what it may refuse the plan
 * warns. What can't be read goes unsaid.
 */
export const foreseen = async (
  aws: Aws,
  operation: Operation,
  params: Record<string, unknown>,
  selected: readonly Selected[],
): Promise<{ selected: Selected[]; excluded: Excluded[] }> => {
  const { foresee } = operation
  if (foresee === undefined) return { selected: [...selected], excluded: [] }
  const places = Map.groupBy(selected, ({ account, region }) => `${account.id} ${region}`)
  const told = await Promise.all(
    [...places.values()].map(async (targets): Promise<Foresight[]> => {
      const [{ account, region }] = targets as [Selected] // a group has one at least
      try {
        return await foresee({ aws, account, region, call: { priority: 'interactive' } }, targets, params)
      } catch (error) {
        if (error instanceof AwsFailure) return []
        throw error
      }
    }),
  )
  const certain = new Map(told.flat().flatMap(({ id, why, isCertain }) => (isCertain ? [[id, why] as const] : [])))
  const possible = Map.groupBy(told.flat(), ({ id }) => id)
  return {
    selected: selected
      .filter(({ live }) => !certain.has(live.id))
      .map((one) => {
        const more = possible.get(one.live.id)
        return more === undefined ? one : { ...one, warnings: [...(one.warnings ?? []), ...more.map(({ why }) => why)] }
      }),
    excluded: [...certain].map(([id, why]) => ({ id, why })),
  }
}
