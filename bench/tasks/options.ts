import { parseArgs } from 'node:util'
import { contenders } from './contenders.ts'
import { fullSizes, quickSizes } from './sizes.ts'
import type { Sizes } from './sizes.ts'

export type Options = { sizes: Sizes; roundCount: number; wanted: string[]; isJson: boolean }

/** What the command line asks for. Ends the process with a message when that can't be done. */
export const readOptions = (): Options => {
  try {
    return parse()
  } catch (error) {
    console.error(error instanceof Error ? error.message : error)
    console.error('npm run bench tasks [-- --quick] [--rounds 3] [--only this,graphile-worker] [--json]')
    process.exit(2)
  }
}

const parse = (): Options => {
  const { values } = parseArgs({
    options: {
      quick: { type: 'boolean', default: false },
      rounds: { type: 'string' },
      only: { type: 'string' },
      json: { type: 'boolean', default: false },
    },
  })
  const roundCount = Number(values.rounds ?? (values.quick ? 1 : 3))
  if (!Number.isInteger(roundCount) || roundCount < 1) {
    throw new RangeError(`--rounds takes a whole number from 1, not "${values.rounds}".`)
  }
  const wanted = values.only?.split(',') ?? Object.keys(contenders)
  const unknown = wanted.filter((name) => !(name in contenders))
  if (unknown.length > 0) {
    throw new RangeError(`--only knows ${Object.keys(contenders).join(', ')}; not "${unknown.join(', ')}".`)
  }
  return { sizes: values.quick ? quickSizes : fullSizes, roundCount, wanted, isJson: values.json }
}
