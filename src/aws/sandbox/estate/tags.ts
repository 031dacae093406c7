import type { apps } from './names.ts'
import { fraction } from './random.ts'

/** The tags that the company gives its resources: some were never tagged properly, some lack an owner or a cost centre. */
export const companyTags = (
  resource: { name: string; app: (typeof apps)[number]; env: string; owner: string },
  ...numbers: number[]
): Record<string, string> => {
  const dice = (salt: number): number => fraction(...numbers, salt)
  const { app, env, name, owner } = resource
  if (dice(20) < 0.03) return { Name: name }
  return {
    Name: name,
    env,
    team: app.team,
    app: app.name,
    ...(dice(21) < 0.9 ? { owner } : {}),
    ...(dice(22) < 0.85 ? { 'cost-center': app.costCenter } : {}),
  }
}

/** What CloudFormation puts on the resources of its stacks. */
export const stackTags = (stack: string, logicalId: string): Record<string, string> => ({
  'aws:cloudformation:stack-name': stack,
  'aws:cloudformation:logical-id': logicalId,
})
