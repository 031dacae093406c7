import { test } from 'node:test'
import { z } from 'zod'
import assert from 'node:assert/strict'
import { AppError } from '#platform/app-error.ts'
import type { FieldError } from '#contracts/problem.ts'
import { ec2Stop } from '../operations/ec2-stop.ts'
import { ec2Tag } from '../operations/ec2-tag.ts'
import type { Operation } from '../operation.ts'
import { parseParams } from './params.ts'

const refused = (operation: Operation, given: unknown): { code: string; errors: FieldError[] } => {
  try {
    parseParams(operation, given)
  } catch (error) {
    assert.ok(error instanceof AppError)
    return { code: error.code, errors: error.errors ?? [] }
  }
  throw new assert.AssertionError({ message: 'the parameters were accepted' })
}

test('defaults are filled in, so that leaving one out or giving it is the same plan', () => {
  const all = { hibernate: false, force: false, skipOsShutdown: false }
  assert.deepEqual(parseParams(ec2Stop, {}), all)
  assert.deepEqual(parseParams(ec2Stop, undefined), all)
  assert.deepEqual(parseParams(ec2Stop, { force: false }), all)
})

test('each wrong field is an error of its own, with its path and what was given', () => {
  const { code, errors } = refused(ec2Stop, { force: 'yes', hibernate: 1, colour: 'red', size: 3 })
  assert.equal(code, 'invalid_params')
  assert.deepEqual(errors.map(({ path }) => path).sort(), [
    'params.colour',
    'params.force',
    'params.hibernate',
    'params.size',
  ])
  assert.equal(errors.find(({ path }) => path === 'params.force')?.value, 'yes')
})

test('the reason why a tag key is refused is said', () => {
  const { errors } = refused(ec2Tag, { tags: { 'aws:x': '1' } })
  assert.equal(errors[0]?.path, 'params.tags.aws:x')
  assert.match(errors[0]?.message ?? '', /belong to AWS/)
})

test('what the database or the hash could not take is refused by name, and nothing crashes', () => {
  assert.equal(refused(ec2Tag, { tags: { a: 'x\0' } }).code, 'invalid_text')
  assert.equal(refused(ec2Tag, { tags: { a: '\ud800' } }).code, 'invalid_text')
  for (const given of [
    null,
    7,
    'x',
    [],
    [[]],
    { tags: null },
    { tags: [] },
    { tags: { a: {} } },
    JSON.parse('{"tags":{"__proto__":"x"}}'),
  ]) {
    assert.equal(refused(ec2Tag, given).code, 'invalid_params', JSON.stringify(given))
  }
})

test('of thousands of mistakes the first 50 are told, and how many more there are', () => {
  const operation = { name: 'test.many', params: z.strictObject({ list: z.array(z.int()) }) } as unknown as Operation
  assert.throws(
    () => parseParams(operation, { list: Array.from({ length: 5000 }, () => 'x') }),
    (error: AppError) => {
      assert.equal(error.errors?.length, 50)
      assert.match(error.message, /And 4950 more\.$/)
      return true
    },
  )
})
