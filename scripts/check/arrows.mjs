// Which box may import which. contracts <- platform <- security <- aws <- {tasks, resources, monitoring} <- ai <- gateway
// <- cli and main.ts. tasks, resources and monitoring never import each other: main.ts hands one the other's functions.
const base = ['contracts', 'platform', 'security', 'aws']

/** @type {Record<string, string[]>} */
export const arrows = {
  contracts: [],
  platform: ['contracts'],
  security: ['contracts', 'platform'],
  aws: ['contracts', 'platform', 'security'],
  tasks: base,
  resources: base,
  monitoring: base,
  ai: [...base, 'tasks', 'resources', 'monitoring'],
  gateway: [...base, 'tasks', 'resources', 'monitoring', 'ai'],
  cli: [...base, 'tasks', 'resources', 'monitoring', 'ai', 'gateway', 'main'],
  main: [...base, 'tasks', 'resources', 'monitoring', 'ai', 'gateway'],
  web: ['contracts'],
}

// The top-level files of a box are its doors. Of these boxes sub-folders are open as well: contracts is all words, and the
// platform's folders (db, http, events, ...) are named things that every box builds upon.
export const openBoxes = ['contracts', 'platform']

// Tests of a box may stand a neighbour up for real; what is not tests may not.
export const isTestCode = (/** @type {string} */ file) => /\.test\.tsx?$|^test\/|^src\/[^/]+\/testing\//.test(file)
