import { z } from 'zod'
import { listOf } from './list.ts'
import { actionSchema } from './role.ts'
import { emailSchema, passwordSchema, userSchema } from './user.ts'

export const loginSchema = z
  .strictObject({ email: emailSchema, password: passwordSchema, otp: z.string().max(16).optional() })
  .meta({ id: 'Login' })
export type Login = z.infer<typeof loginSchema>

/** The answer to a sign-in and to a refresh. The refresh token travels in a cookie that scripts can't read. */
export const signedInSchema = z
  .object({
    accessToken: z.string(),
    tokenType: z.literal('Bearer'),
    expiresInSeconds: z.int().positive(),
    user: userSchema,
  })
  .meta({ id: 'SignedIn' })
export type SignedIn = z.infer<typeof signedInSchema>

export const meSchema = userSchema
  .extend({
    via: z.enum(['session', 'token', 'system']),
    scopes: z.array(actionSchema).nullable().describe('What the API token is narrowed to; null: not narrowed'),
    actions: z.array(actionSchema).describe('What this principal may do at least to something'),
  })
  .meta({ id: 'Me' })
export type Me = z.infer<typeof meSchema>

export const passwordChangeSchema = z
  .strictObject({ current: passwordSchema, new: passwordSchema })
  .meta({ id: 'PasswordChange' })

export const sessionSchema = z
  .object({
    id: z.string(),
    createdAt: z.iso.datetime(),
    lastUsedAt: z.iso.datetime(),
    expiresAt: z.iso.datetime(),
    ip: z.string().nullable(),
    userAgent: z.string().nullable(),
    isCurrent: z.boolean(),
  })
  .meta({ id: 'Session' })
export type Session = z.infer<typeof sessionSchema>
export const sessionListSchema = listOf(sessionSchema)

export const longestTokenDays = 366
export const newTokenSchema = z
  .strictObject({
    name: z.string().trim().min(1).max(100),
    scopes: z
      .array(actionSchema)
      .min(1)
      .transform((scopes) => [...new Set(scopes)].sort())
      .nullable()
      .default(null)
      .describe('Actions that the token is narrowed to; null: all that its user may do'),
    expiresInDays: z.int().min(1).max(longestTokenDays).default(90),
  })
  .meta({ id: 'NewToken' })
export type NewToken = z.infer<typeof newTokenSchema>

export const tokenSchema = z
  .object({
    id: z.string(),
    name: z.string(),
    scopes: z.array(actionSchema).nullable(),
    createdAt: z.iso.datetime(),
    expiresAt: z.iso.datetime(),
    lastUsedAt: z.iso.datetime().nullable(),
  })
  .meta({ id: 'ApiToken' })
export type ApiToken = z.infer<typeof tokenSchema>
export const tokenListSchema = listOf(tokenSchema)

export const createdTokenSchema = tokenSchema
  .extend({ token: z.string().describe('Shown this once; only its hash is kept') })
  .meta({ id: 'CreatedApiToken' })

export const socketTicketSchema = z
  .object({ ticket: z.string(), expiresInSeconds: z.int().positive() })
  .meta({ id: 'SocketTicket' })
