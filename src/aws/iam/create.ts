import type { Iam } from '../iam.ts'
import type { IamContext } from './context.ts'
import { getRole, listRoles } from './roles.ts'

/** IAM of one account. */
export const createIam = (context: IamContext): Iam => ({
  listRoles: listRoles(context),
  getRole: getRole(context),
})
