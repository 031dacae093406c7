import assert from 'node:assert/strict'
import { readFile, writeFile } from 'node:fs/promises'
import { after, before, test } from 'node:test'
import { startServer } from '../support/server.ts'

const file = new URL('../../docs/openapi.json', import.meta.url)
let server: Awaited<ReturnType<typeof startServer>>
before(async () => void (server = await startServer()))
after(() => server.remove())

test('docs/openapi.json is what the server serves', async () => {
  const now = server.openApi?.() ?? ''
  // ORCHESTRATOR_TEST_UPDATE=1 writes the file anew after a change of the API.
  if (process.env['ORCHESTRATOR_TEST_UPDATE'] === '1') await writeFile(file, now)
  const kept = partsOf(await readFile(file, 'utf8'))
  const served = partsOf(now)
  const differing = [...new Set([...kept.keys(), ...served.keys()])].filter(
    (name) => kept.get(name) !== served.get(name),
  )
  assert.deepEqual(differing, [], 'run this file again with ORCHESTRATOR_TEST_UPDATE=1 and look at the difference')
})

/** The document's operations and schemas by name, so that a failure can say which ones differ. */
const partsOf = (text: string): Map<string, string> => {
  const { paths, components } = JSON.parse(text) as { paths: Record<string, object>; components: { schemas: object } }
  const operations = Object.entries(paths).flatMap(([path, byMethod]) =>
    Object.entries(byMethod).map(([method, operation]) => [`${method} ${path}`, JSON.stringify(operation)] as const),
  )
  const schemas = Object.entries(components.schemas).map(([name, schema]) => [name, JSON.stringify(schema)] as const)
  return new Map([...operations, ...schemas])
}

test('every operation says what it is for, and every reference leads somewhere', async () => {
  const document = (await (await fetch(`${server.url}/api/v1/openapi.json`)).json()) as any
  const ids = new Set<string>()
  for (const [path, operations] of Object.entries<any>(document.paths)) {
    for (const [method, operation] of Object.entries<any>(operations)) {
      assert.ok(operation.summary, `${method} ${path} has no summary`)
      assert.ok(operation.tags?.length, `${method} ${path} has no tag`)
      assert.ok(!ids.has(operation.operationId), `${operation.operationId} is there twice`)
      ids.add(operation.operationId)
    }
  }
  const references = [...JSON.stringify(document).matchAll(/"#\/components\/schemas\/([^"]+)"/g)]
  assert.ok(references.length > 50)
  for (const [, name = ''] of references) assert.ok(document.components.schemas[name], name)
})
