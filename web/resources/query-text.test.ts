import { describe, expect, it } from 'vitest'
import { narrowed, queryOf, termOf, typeAndQuery } from './query-text.ts'

describe('the text of a query', () => {
  it('joins a type and a query that contains "or"', () => {
    expect(queryOf('web or db', 'ec2.instance')).toBe('type:ec2.instance (web or db)')
    expect(queryOf(' ', 'ec2.instance')).toBe('type:ec2.instance')
    expect(queryOf('web', '')).toBe('web')
  })

  it('takes a type and a query apart again', () => {
    for (const [q, type] of [
      ['web or (db c)', 'ec2.instance'],
      ['', 's3.bucket'],
      ['web', ''],
    ] as const)
      expect(typeAndQuery(queryOf(q, type))).toEqual({ type, q })
    expect(typeAndQuery('type:ec2.* web')).toEqual({ type: '', q: 'type:ec2.* web' })
  })

  it('says a value of a facet as a term, in quotes where it needs them', () => {
    expect(termOf('state', 'running')).toBe('state:running')
    expect(termOf('tag.cost centre', 'a b')).toBe('tag."cost centre":"a b"')
    expect(termOf('tag.env', null)).toBe('-tag.env:*')
    expect(termOf('state', null)).toBe('state:""')
    expect(termOf('tag.level', '>5')).toBe('tag.level:">5"')
  })

  it('narrows what is there, and only once', () => {
    expect(narrowed('', 'state:running')).toBe('state:running')
    expect(narrowed('web', 'state:running')).toBe('web state:running')
    expect(narrowed('web or db', 'state:running')).toBe('(web or db) state:running')
    expect(narrowed('web state:running', 'state:running')).toBe('web state:running')
    expect(narrowed('for', 'a:b')).toBe('for a:b')
  })
})
