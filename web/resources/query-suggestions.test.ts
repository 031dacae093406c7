import { describe, expect, it } from 'vitest'
import { queryOf, suggestionsFor } from './query-suggestions.ts'

const known = {
  type: ['ec2.instance', 'ec2.volume'],
  state: ['running', 'stopped'],
  account: [],
  region: ['eu-central-1'],
  tags: { env: ['dev', 'prod'], 'cost centre': ['a b'] },
}
const values = (text: string) => suggestionsFor(text, known).map(({ value }) => value)

describe('suggestions for a query', () => {
  it('offers fields first, and the estate’s tags', () => {
    expect(values('')).toEqual(expect.arrayContaining(['type:', 'state:', 'tag.env:', 'tag."cost centre":']))
    expect(values('sta')).toEqual(['state:'])
  })

  it('then the field’s values, keeping what stands before', () => {
    expect(values('web type:ec2.v')).toEqual(['web type:ec2.volume '])
    expect(values('tag.env:')).toEqual(['tag.env:dev ', 'tag.env:prod '])
  })

  it('keeps a minus and quotes what needs it', () => {
    expect(values('-state:st')).toEqual(['-state:stopped '])
    expect(values('tag."cost centre":')).toEqual(['tag."cost centre":"a b" '])
  })

  it('joins a type and a query that contains "or"', () => {
    expect(queryOf('web or db', 'ec2.instance')).toBe('type:ec2.instance (web or db)')
    expect(queryOf(' ', 'ec2.instance')).toBe('type:ec2.instance')
    expect(queryOf('web', '')).toBe('web')
  })
})
