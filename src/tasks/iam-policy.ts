import { scopesOf } from './catalogue/iam-scopes.ts'
import type { IamScope } from './catalogue/iam-scopes.ts'
import type { Operation } from './operation.ts'

/** An IAM policy document, as AWS takes it. */
export type IamPolicy = {
  Version: '2012-10-17'
  Statement: {
    Sid: string
    Effect: 'Allow'
    Action: string[]
    Resource: string | string[]
    Condition?: IamScope['condition']
  }[]
}

/**
 * The least that the role in an account must be allowed for reading the inventory (`inventory`: its actions) and for these
 * operations with their undos, narrowed to resources and conditions where the actions allow it. Actions of the same scope
 * share a statement.
 */
export const iamPolicy = (
  inventory: readonly string[],
  operations: readonly Pick<Operation, 'iamActions'>[],
): IamPolicy => {
  const statements = new Map<string, { scope: IamScope; actions: Set<string> }>()
  const allow = (action: string, needed: readonly string[]): void => {
    for (const scope of scopesOf(action, needed)) {
      const statement = statements.get(scope.sid) ?? { scope, actions: new Set() }
      statement.actions.add(action)
      statements.set(scope.sid, statement)
    }
  }
  for (const action of inventory) allow(action, inventory)
  for (const { iamActions } of operations) for (const action of iamActions) allow(action, iamActions)
  return {
    Version: '2012-10-17',
    Statement: [...statements.values()].sort(byScope).map(({ scope, actions }) => ({
      Sid: scope.sid,
      Effect: 'Allow',
      Action: [...actions].sort(),
      Resource: scope.resources.length === 1 ? (scope.resources[0] ?? '*') : scope.resources,
      ...(scope.condition === undefined ? {} : { Condition: scope.condition }),
    })),
  }
}

/** Reading first, the rest by name. */
const byScope = (a: { scope: IamScope }, b: { scope: IamScope }): number => (rankOf(a.scope) < rankOf(b.scope) ? -1 : 1)
const rankOf = ({ sid }: IamScope): string => (sid === 'Read' ? '' : sid)
