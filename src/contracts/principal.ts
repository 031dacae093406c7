import { z } from 'zod'

/** The five roles that exist; what each may do is written as Cedar policies in src/security/access. */
export const roleNames = ['viewer', 'operator', 'approver', 'auditor', 'admin'] as const
export const roleSchema = z.enum(roleNames)
export type Role = z.infer<typeof roleSchema>

/**
 * Who is acting. Made by the authentication of a request and handed, unchanged, to every service.
 * `via` says how they proved it; an API token can only narrow its user's rights (`scopes`, null for no narrowing).
 */
export const principalSchema = z.object({
  userId: z.string(),
  email: z.string(),
  roles: z.array(roleSchema),
  via: z.enum(['session', 'token', 'system']),
  credentialId: z.string().nullable(),
  scopes: z.array(z.string()).nullable(),
})
export type Principal = z.infer<typeof principalSchema>
