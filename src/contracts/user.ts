import { z } from 'zod'
import { listOf, pageQuerySchema } from './list.ts'
import { roleSchema } from './principal.ts'

// Not z.email(): it refuses hosts without a dot, and the first administrator is admin@localhost.
const emailPattern =
  /^[a-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?(?:\.[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?)*$/

/** An e-mail address, compared and kept in lower case. A single-label host such as `localhost` is fine. */
export const emailSchema = z
  .string()
  .max(254)
  .trim()
  .toLowerCase()
  .regex(emailPattern, 'must be an e-mail address, for example ada@example.org')

/** Only the bounds that keep a request small; what makes a good password is decided where it is set. */
export const passwordSchema = z.string().min(1).max(256)

export const rolesSchema = z
  .array(roleSchema)
  .min(1, 'needs at least one role')
  .max(5)
  .transform((roles) => [...new Set(roles)].sort())

export const userSchema = z
  .object({
    id: z.string(),
    email: z.string(),
    roles: z.array(roleSchema),
    status: z.enum(['active', 'disabled']),
    createdAt: z.iso.datetime(),
    updatedAt: z.iso.datetime(),
    lastSignInAt: z.iso.datetime().nullable(),
  })
  .meta({ id: 'User' })
export type User = z.infer<typeof userSchema>

export const userListSchema = listOf(userSchema)

export const userQuerySchema = pageQuerySchema.extend({
  q: z.string().max(254).optional().describe('Part of the e-mail address'),
  role: roleSchema.optional(),
  status: userSchema.shape.status.optional(),
})

export const newUserSchema = z
  .strictObject({ email: emailSchema, password: passwordSchema, roles: rolesSchema })
  .meta({ id: 'NewUser' })
export type NewUser = z.infer<typeof newUserSchema>

export const userChangeSchema = z
  .strictObject({
    email: emailSchema.optional(),
    roles: rolesSchema.optional(),
    status: userSchema.shape.status.optional(),
    password: passwordSchema.optional(),
  })
  .refine((change) => Object.values(change).some((value) => value !== undefined), 'says nothing to change')
  .meta({ id: 'UserChange' })
export type UserChange = z.infer<typeof userChangeSchema>
