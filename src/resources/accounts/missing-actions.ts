import { typeNamed } from '../types/registry.ts'

/** AWS's codes for "your credentials are good, but you may not". */
const denied =
  /^(?:UnauthorizedOperation|AccessDenied|AccessDeniedException|AuthorizationErrorException|NotAuthorized|Forbidden): /

/**
 * The IAM actions that a role lacks, as far as an error of a sweep says: the one that AWS names, else all that reading the type
 * needs, one of which it is. Empty for an error of another kind.
 */
export const missingActionsOf = (type: string, error: string): string[] => {
  const named = /is not authorized to perform: ([a-z0-9-]+:[A-Za-z0-9]+)/.exec(error)?.[1]
  if (named !== undefined) return [named]
  return denied.test(error) ? [...(typeNamed(type)?.iamActions ?? [])] : []
}
