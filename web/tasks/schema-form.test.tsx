import { fireEvent, render, screen } from '@testing-library/react'
import { useState } from 'react'
import { describe, expect, it } from 'vitest'
import { fieldProblem, paramsOf } from './form-values.ts'
import { ParamsForm } from './ParamsForm.tsx'
import { fieldsOf, initialValues } from './schema-form.ts'
import type { FieldValues, JsonSchema } from './schema-form.ts'

const schema: JsonSchema = {
  type: 'object',
  properties: {
    force: { type: 'boolean', default: false, description: 'As pulling the plug.' },
    instanceType: { type: 'string', minLength: 3, pattern: '^[a-z0-9]+\\.[a-z0-9]+$' },
    mode: { type: 'string', enum: ['fast', 'safe'], default: 'safe' },
    sizeGib: { type: 'integer', minimum: 1, maximum: 16384 },
    groups: { type: 'array', items: { type: 'string' }, maxItems: 2 },
    tags: { type: 'object', additionalProperties: { type: 'string' } },
    until: { anyOf: [{ type: 'string' }, { type: 'null' }] },
    spec: { type: 'object', properties: { a: { type: 'string' } } },
  },
  required: ['instanceType', 'tags'],
}
const fields = fieldsOf(schema)
const field = (name: string) => {
  const found = fields.find((each) => each.name === name)
  if (found === undefined) throw new Error(`no field ${name}`)
  return found
}

describe('the form of an operation', () => {
  it('has an input for each parameter, fitting its schema', () => {
    expect(fields.map(({ name, kind }) => [name, kind])).toEqual([
      ['force', 'toggle'],
      ['instanceType', 'text'],
      ['mode', 'choice'],
      ['sizeGib', 'number'],
      ['groups', 'texts'],
      ['tags', 'pairs'],
      ['until', 'text'],
      ['spec', 'json'],
    ])
  })

  it('sends what was given and leaves out what was left empty', () => {
    const values: FieldValues = {
      ...initialValues(fields),
      instanceType: 'm6i.large',
      sizeGib: '20',
      groups: 'a\n\n b ',
      tags: [
        { key: ' env ', value: 'dev' },
        { key: '', value: 'x' },
      ],
    }
    expect(paramsOf(fields, values)).toEqual({
      force: false,
      instanceType: 'm6i.large',
      mode: 'safe',
      sizeGib: 20,
      groups: ['a', 'b'],
      tags: { env: 'dev' },
    })
  })

  it('sends the chosen value itself, a number or nothing at all', () => {
    const [days] = fieldsOf({
      properties: { days: { anyOf: [{ type: 'number', enum: [7, 30] }, { type: 'null' }] } },
      required: ['days'],
    })
    if (days?.kind !== 'choice') throw new Error('no choice')
    expect(days.options).toEqual(['7', '30', 'none'])
    const sent = (choice: string) => paramsOf([days], { days: choice })
    expect([sent('30'), sent('none'), sent('')]).toEqual([{ days: 30 }, { days: null }, {}])
    expect(fieldProblem(days, '')).toBe('This is needed.')
  })

  it('says what the entries of a list have', () => {
    const [alarms] = fieldsOf({
      properties: {
        alarms: {
          type: 'array',
          description: 'What to make.',
          items: { type: 'object', properties: { name: { type: 'string' }, unit: {} }, required: ['name'] },
        },
      },
    })
    expect(alarms?.description).toBe('What to make. A JSON list; each entry has name, and may have unit.')
  })

  it.each([
    ['instanceType', '', 'This is needed.'],
    ['instanceType', 'm', 'At least 3 characters.'],
    ['instanceType', 'large', 'It has to match ^[a-z0-9]+\\.[a-z0-9]+$.'],
    ['sizeGib', '1.5', 'A whole number is needed.'],
    ['sizeGib', '0', 'At least 1.'],
    ['sizeGib', '', ''],
    ['groups', 'a\nb\nc', 'At most 2 lines.'],
    ['spec', '{', 'This is not valid JSON.'],
  ])('says of %s = "%s": "%s"', (name, value, problem) => expect(fieldProblem(field(name), value)).toBe(problem))

  it('wants a key once, and at least one where pairs are needed', () => {
    expect(fieldProblem(field('tags'), [{ key: '', value: '' }])).toBe('Give at least one.')
    expect(
      fieldProblem(field('tags'), [
        { key: 'a', value: '' },
        { key: 'a ', value: '' },
      ]),
    ).toBe('Each key can be given once.')
  })

  it('can be filled in, and says what is wrong where it is', () => {
    let given: FieldValues = {}
    const Form = () => {
      const [values, setValues] = useState(() => initialValues(fields))
      const change = (changed: FieldValues) => {
        given = changed
        setValues(changed)
      }
      return <ParamsForm fields={fields} values={values} showProblems onChange={change} />
    }
    render(<Form />)
    expect(screen.getByText('As pulling the plug.')).toBeTruthy()
    expect(screen.getByText('This is needed.')).toBeTruthy()
    fireEvent.click(screen.getByRole('checkbox', { name: 'Force' }))
    fireEvent.change(screen.getByLabelText('Instance type'), { target: { value: 'm6i.large' } })
    fireEvent.change(screen.getByLabelText('Key 1'), { target: { value: 'env' } })
    fireEvent.change(screen.getByLabelText('Value 1'), { target: { value: 'dev' } })
    expect(screen.queryByText('This is needed.')).toBeNull()
    expect(paramsOf(fields, given)).toMatchObject({ force: true, instanceType: 'm6i.large', tags: { env: 'dev' } })
  })
})
