import type { RoleDetail } from '@aws-sdk/client-iam'
import type { Iam } from '../iam.ts'
import { orNone } from '../send/or-none.ts'
import { paged } from '../send/paged.ts'
import type { IamContext } from './context.ts'
import { toRole } from './role.ts'

/** Larger pages may come back with less: AWS limits what an answer weighs, and policies are long. */
const pageSize = 100

/** One paged call that tells of each role what would otherwise take five. */
export const listRoles = (context: IamContext): Iam['listRoles'] =>
  async function* (call) {
    const { sdk, client, send } = context
    const ask = (token: string | undefined) => {
      const command = new sdk.GetAccountAuthorizationDetailsCommand({
        Filter: ['Role'],
        MaxItems: pageSize,
        ...(token === undefined ? {} : { Marker: token }),
      })
      return send({ action: 'GetAccountAuthorizationDetails', effect: 'read', call }, command, (options) =>
        client.send(command, options),
      )
    }
    const pages = paged(ask, ({ IsTruncated, Marker }) => (IsTruncated === true ? Marker : undefined))
    for await (const { RoleDetailList } of pages) yield (RoleDetailList ?? []).map((role) => toRole(context, role))
  }

/** The same, of one role. */
export const getRole =
  (context: IamContext): Iam['getRole'] =>
  async (call, name) => {
    const { sdk, client, send } = context
    const input = { RoleName: name }
    const role = new sdk.GetRoleCommand(input)
    const found = await orNone(
      send({ action: 'GetRole', effect: 'read', call }, role, (options) => client.send(role, options)),
      'NoSuchEntity',
      'NoSuchEntityException',
    )
    if (found?.Role === undefined) return undefined

    const attached: NonNullable<RoleDetail['AttachedManagedPolicies']> = []
    const attachedPages = paged(
      (token) => {
        const command = new sdk.ListAttachedRolePoliciesCommand({ ...input, ...markerOf(token) })
        return send({ action: 'ListAttachedRolePolicies', effect: 'read', call }, command, (options) =>
          client.send(command, options),
        )
      },
      ({ IsTruncated, Marker }) => (IsTruncated === true ? Marker : undefined),
    )
    for await (const { AttachedPolicies } of attachedPages) attached.push(...(AttachedPolicies ?? []))

    const inline: string[] = []
    const inlinePages = paged(
      (token) => {
        const command = new sdk.ListRolePoliciesCommand({ ...input, ...markerOf(token) })
        return send({ action: 'ListRolePolicies', effect: 'read', call }, command, (options) =>
          client.send(command, options),
        )
      },
      ({ IsTruncated, Marker }) => (IsTruncated === true ? Marker : undefined),
    )
    for await (const { PolicyNames } of inlinePages) inline.push(...(PolicyNames ?? []))

    const profiles: NonNullable<RoleDetail['InstanceProfileList']> = []
    const profilePages = paged(
      (token) => {
        const command = new sdk.ListInstanceProfilesForRoleCommand({ ...input, ...markerOf(token) })
        return send({ action: 'ListInstanceProfilesForRole', effect: 'read', call }, command, (options) =>
          client.send(command, options),
        )
      },
      ({ IsTruncated, Marker }) => (IsTruncated === true ? Marker : undefined),
    )
    for await (const { InstanceProfiles } of profilePages) profiles.push(...(InstanceProfiles ?? []))

    return toRole(context, {
      ...found.Role,
      AttachedManagedPolicies: attached,
      RolePolicyList: inline.map((PolicyName) => ({ PolicyName })),
      InstanceProfileList: profiles,
    })
  }

const markerOf = (token: string | undefined) => (token === undefined ? {} : { Marker: token })
