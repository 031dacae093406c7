import type { z } from 'zod'
import { roleNames } from '#contracts/principal.ts'
import type { Role } from '#contracts/principal.ts'
import { decisionSchema, policySchema, policyTestSchema, roleDetailsSchema } from '#contracts/role.ts'
import { listOf, pageQuerySchema } from '#contracts/list.ts'
import type { HttpService } from '#platform/http/service.ts'
import type { Access } from '../access.ts'
import { pageOfAll } from '#platform/http/paging.ts'
import type { CedarPolicy } from './policies.ts'

const descriptions: Record<Role, string> = {
  viewer: 'Sees everything but users and the audit log.',
  operator: 'A viewer who files tasks, handles their own and refreshes the inventory.',
  approver: 'A viewer who approves or rejects tasks of others.',
  auditor: 'A viewer who reads and exports the audit log and sees the users.',
  admin: 'May do everything, except approve their own tasks on real accounts.',
}

/** `/roles` and `/policies`: what each role may do, read from the policies themselves, and a tester. */
export const policiesHttp =
  (deps: { access: Access; policies: readonly CedarPolicy[] }): HttpService =>
  (http) => {
    const { access, policies } = deps
    const roles = roleNames.map((name) => ({
      name,
      description: descriptions[name],
      permissions: permissionsOf(name, policies),
    }))
    const listed = policies.map(({ id, description, effect, actions, text }) => ({
      id,
      description,
      effect,
      actions,
      text,
      source: 'built-in' as const,
    }))

    http.route({
      method: 'GET',
      url: '/roles',
      config: { access: { action: 'role.read' } },
      schema: {
        tags: ['policies'],
        summary: 'List roles and what they may do',
        querystring: pageQuerySchema,
        response: { 200: listOf(roleDetailsSchema) },
      },
      handler: async ({ query }) => pageOfAll(roles, query, (role) => role.name),
    })

    http.route({
      method: 'GET',
      url: '/policies',
      config: { access: { action: 'policy.read' } },
      schema: {
        tags: ['policies'],
        summary: 'List the policies',
        querystring: pageQuerySchema,
        response: { 200: listOf(policySchema) },
      },
      handler: async ({ query }) => pageOfAll(listed, query, (policy) => policy.id),
    })

    http.route({
      method: 'POST',
      url: '/policies/test',
      config: { access: { action: 'policy.read' } },
      schema: {
        tags: ['policies'],
        summary: 'Ask the policies: may this principal do that, and why not?',
        body: policyTestSchema,
        response: { 200: decisionSchema },
      },
      handler: ({ body: { principal, action, resource } }) =>
        access.decide({ ...principal, email: principal.userId, via: 'session', credentialId: null }, action, resource),
    })
  }

/** Permits that name the role in their head, or everybody. */
const permissionsOf = (
  role: Role,
  policies: readonly CedarPolicy[],
): z.infer<typeof roleDetailsSchema>['permissions'] =>
  policies
    .filter(
      ({ effect, json: { principal } }) => effect === 'permit' && (principal.op === 'All' || isRole(principal, role)),
    )
    .flatMap(({ id, actions, condition }) => actions.map((action) => ({ action, rule: id, condition })))

const isRole = (principal: CedarPolicy['json']['principal'], role: Role): boolean => {
  if (principal.op !== 'in' || !('entity' in principal)) return false
  const uid = '__entity' in principal.entity ? principal.entity.__entity : principal.entity
  return uid.type === 'Role' && uid.id === role
}
