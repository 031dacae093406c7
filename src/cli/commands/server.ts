import type { Command } from 'commander'
import { describeConfig, readConfig } from '#platform/config/read-config.ts'
import { migrate } from '#platform/db/migrate.ts'
import { createNotifier } from '#platform/events/notifier.ts'
import { addCommand } from '../command.ts'
import type { Io } from '../io.ts'
import { facts, table } from '../output.ts'
import { withStore } from '../server-store.ts'

/** `config`, `migrate` and `user reset`: they work on the server's own configuration and database. */
export const addServer = (program: Command, io: Io): void => {
  addCommand(program, 'config', 'print all settings with what is in force', io, async (_args, _options, context) => {
    const settings = describeConfig(io.env)
    context.answer(settings, () =>
      table(settings, {
        NAME: (row) => row.name,
        VALUE: (row) => row.value,
        'SET BY': (row) => (row.isSet ? 'environment' : 'default'),
        MEANING: (row) => row.description,
      }),
    )
    readConfig(io.env) // after they were shown: what is wrong with them is the failure of this command
  })

  addCommand(program, 'migrate', 'bring the database up to this version', io, async (_args, _options, context) => {
    const { applied } = await withStore(io.env, ({ db }) => migrate(db))
    context.answer({ applied }, () =>
      applied.length === 0
        ? 'The database is up to date.'
        : `Applied:\n${applied.map((name) => `  ${name}`).join('\n')}`,
    )
  })

  const user = program.command('user').description('users, on the server itself')
  addCommand(
    user,
    'reset <email>',
    'give a user a new password, print it once, and end all their sessions',
    io,
    async ([email = ''], _options, context) => {
      const { createSecurity } = await import('#security/security.ts')
      const reset = await withStore(io.env, async ({ db, log, dataDir, config }) => {
        await migrate(db)
        const security = await createSecurity({
          db,
          log,
          dataDir,
          masterKey: { value: config.masterKey },
          notifier: createNotifier(db),
        })
        return security.resetPassword(email)
      })
      context.answer(reset, () => facts({ User: reset.email, Password: reset.password }))
    },
  )
}
