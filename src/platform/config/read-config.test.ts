import assert from 'node:assert/strict'
import { test } from 'node:test'
import { AppError } from '../app-error.ts'
import { describeConfig, readConfig } from './read-config.ts'

const key = '0123456789abcdef'.repeat(4)

/** The error that this environment is refused with. */
const refusal = (env: Record<string, string>): AppError => {
  try {
    readConfig(env)
  } catch (error) {
    assert.ok(error instanceof AppError)
    assert.equal(error.code, 'invalid_configuration')
    return error
  }
  return assert.fail(`accepted ${JSON.stringify(env)}`)
}

const isRefused = (env: Record<string, string>, message: RegExp): void => assert.match(refusal(env).message, message)

test('without anything set there is a configuration that serves everything on the loopback', () => {
  const config = readConfig({ PATH: '/bin', HOME: '/root' })
  assert.equal(config.port, 8080)
  assert.equal(config.host, '127.0.0.1')
  assert.deepEqual(config.role, ['gateway', 'tasks', 'worker', 'resources', 'ai', 'monitoring', 'sandbox'])
  assert.equal(config.databaseUrl, undefined)
  assert.equal(config.selfApproval, 'sandbox')
})

test('an empty value is as good as none', () => {
  assert.equal(readConfig({ ORCHESTRATOR_PORT: '', DATABASE_URL: '' }).port, 8080)
})

test('an unknown name is refused, with the one that was probably meant', () => {
  isRefused(
    { ORCHESTRATOR_PROT: '80' },
    /^The configuration can't be used:\n  ORCHESTRATOR_PROT is not a setting; did you mean ORCHESTRATOR_PORT\?$/,
  )
  isRefused({ ORCHESTRATOR_SELFAPPROVAL: 'never' }, /did you mean ORCHESTRATOR_SELF_APPROVAL\?/)
  isRefused({ ORCHESTRATOR_SOMETHING_ELSE_ALTOGETHER: '1' }, /`orchestrator config` lists all/)
})

test('the value of an unknown name is not repeated: it may be a misspelt secret', () => {
  const error = refusal({ ORCHESTRATOR_ADMIN_PASWORD: 'hunter2hunter2' })
  assert.doesNotMatch(JSON.stringify([error.message, error.errors]), /hunter2/)
})

test('everything that is wrong is said at once, each with its name, its value and what would be right', () => {
  const { message, errors } = refusal({
    ORCHESTRATOR_PORT: '80800',
    ORCHESTRATOR_CLOUD: 'azure',
    ORCHESTRATOR_PUBLIC_URL: 'console.example.org',
  })
  assert.match(message, /ORCHESTRATOR_PORT must be a whole number from 0 to 65535 \(it is "80800"\)/)
  assert.match(message, /ORCHESTRATOR_CLOUD must be one of sandbox, aws \(it is "azure"\)/)
  assert.match(message, /ORCHESTRATOR_PUBLIC_URL must be a URL that begins with http:\/\/ or https:\/\//)
  assert.equal(errors?.length, 3)
})

test('a secret that is wrong is named and not repeated', () => {
  const error = refusal({ DATABASE_URL: 'mysql://root:hunter2hunter2@db/x' })
  assert.match(error.message, /DATABASE_URL must be a URL that begins with postgres:\/\/ or postgresql:\/\//)
  assert.doesNotMatch(JSON.stringify([error.message, error.errors]), /hunter2/)
})

test('numbers are whole where they count something', () => {
  for (const port of ['1e3', '-1', '80.5', ' 80', '0x50', 'eighty']) isRefused({ ORCHESTRATOR_PORT: port }, /PORT/)
  for (const speed of ['fast', 'NaN', 'Infinity', '0', '-2', ' '])
    isRefused({ ORCHESTRATOR_SANDBOX_SPEED: speed }, /SPEED/)
  assert.equal(readConfig({ ORCHESTRATOR_SANDBOX_SPEED: '0.5' }).sandboxSpeed, 0.5)
})

test('roles are a list, each once, in whatever order and with whatever blanks', () => {
  const shared = { DATABASE_URL: 'postgres://db/x', ORCHESTRATOR_MASTER_KEY: key }
  assert.deepEqual(readConfig({ ...shared, ORCHESTRATOR_ROLE: 'worker, gateway,worker' }).role, ['gateway', 'worker'])
  assert.deepEqual(readConfig({ ORCHESTRATOR_ROLE: 'all' }).role, readConfig({}).role)
  isRefused(
    { ...shared, ORCHESTRATOR_ROLE: 'gateway,wroker' },
    /must be one of all, gateway, .* \(it is "gateway,wroker"\)/,
  )
  isRefused({ ...shared, ORCHESTRATOR_ROLE: ' , ' }, /ORCHESTRATOR_ROLE must name at least one/)
})

test('split roles need one database and one key, and naming a role often is no way round that', () => {
  const { errors } = refusal({ ORCHESTRATOR_ROLE: 'worker' })
  assert.deepEqual(
    errors?.map(({ path }) => path),
    ['DATABASE_URL', 'ORCHESTRATOR_MASTER_KEY'],
  )
  isRefused({ ORCHESTRATOR_ROLE: 'worker', ORCHESTRATOR_MASTER_KEY: key }, /DATABASE_URL is needed/)
  isRefused({ ORCHESTRATOR_ROLE: Array(7).fill('worker').join() }, /DATABASE_URL is needed/)
})

test('an address that others reach needs TLS or a proxy that is named', () => {
  isRefused({ ORCHESTRATOR_HOST: '0.0.0.0' }, /ORCHESTRATOR_HOST is not a loopback address: set ORCHESTRATOR_TLS/)
  isRefused(
    { ORCHESTRATOR_HOST: '0.0.0.0', ORCHESTRATOR_TRUSTED_PROXIES: ',' },
    /TRUSTED_PROXIES must name at least one/,
  )
  for (const host of ['127.0.0.1', 'localhost', '::1']) assert.equal(readConfig({ ORCHESTRATOR_HOST: host }).host, host)
  for (const way of [
    { ORCHESTRATOR_TLS: 'self-signed' },
    { ORCHESTRATOR_TLS: 'a.crt,a.key' },
    { ORCHESTRATOR_TRUSTED_PROXIES: '10.0.0.7' },
  ]) {
    assert.equal(readConfig({ ORCHESTRATOR_HOST: '0.0.0.0', ...way }).host, '0.0.0.0')
  }
})

test('trusted proxies are addresses or ranges', () => {
  const given = '10.0.0.0/8, 192.0.2.1,::1,2001:db8::/32,loopback'
  assert.deepEqual(readConfig({ ORCHESTRATOR_TRUSTED_PROXIES: given }).trustedProxies, [
    '10.0.0.0/8',
    '192.0.2.1',
    '::1',
    '2001:db8::/32',
    'loopback',
  ])
  for (const wrong of ['proxy.example.org', '10.0.0.0/33', '10.0.0/8', '::1/129', '10.0.0.1/8/8', '10.0.0.1/', '*']) {
    isRefused({ ORCHESTRATOR_TRUSTED_PROXIES: wrong }, /must be IP addresses or CIDR ranges/)
  }
})

test('the list of settings masks secrets and says what was set', () => {
  const settings = describeConfig({ DATABASE_URL: 'postgres://me:hunter2hunter2@db/x', ORCHESTRATOR_PORT: '9000' })
  assert.doesNotMatch(JSON.stringify(settings), /hunter2/)
  const of = (name: string) => settings.find((setting) => setting.name === name)
  assert.deepEqual([of('DATABASE_URL')?.value, of('DATABASE_URL')?.isSet], ['********', true])
  assert.deepEqual([of('ORCHESTRATOR_PORT')?.value, of('ORCHESTRATOR_PORT')?.default], ['9000', '8080'])
  assert.deepEqual([of('ORCHESTRATOR_HOST')?.value, of('ORCHESTRATOR_HOST')?.isSet], ['127.0.0.1', false])
})
