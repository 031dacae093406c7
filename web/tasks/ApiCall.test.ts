import { execFileSync } from 'node:child_process'
import { expect, it } from 'vitest'
import { commandFor, curlFor } from './ApiCall.tsx'

const request = {
  operation: 'ec2.tag',
  targets: { query: "name:it's-*", region: 'eu-central-1' },
  params: { tags: { note: "it's $HOME" } },
}

/** What a shell makes of a command: its words, one a line. */
const wordsOf = (command: string): string[] =>
  execFileSync(
    '/bin/sh',
    ['-c', `curl() { printf '%s\\n' "$@"; }; orchestrator() { curl "$@"; }; uuidgen() { echo id; }; ${command}`],
    { encoding: 'utf8' },
  ).split('\n')

it('survives a shell: quotes and dollars arrive as they were given', () => {
  const words = wordsOf(commandFor('http://localhost:8080', request, 'don’t "ask"'))
  expect(words).toEqual(
    expect.arrayContaining([
      'task',
      'run',
      'ec2.tag',
      '--query',
      "name:it's-*",
      '--region',
      'eu-central-1',
      'don’t "ask"',
    ]),
  )
  expect(JSON.parse(words[words.indexOf('--params') + 1] ?? '')).toEqual(request.params)
})

it('is the request that the console would send', () => {
  const words = wordsOf(curlFor('http://localhost:8080', request, ''))
  expect(words).toContain('http://localhost:8080/api/v1/tasks')
  const body = words.slice(words.indexOf('-d') + 1).join('\n')
  expect(JSON.parse(body)).toEqual(request)
})
