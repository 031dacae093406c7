import { parseArgs } from 'node:util'
import { scenarios } from './scenarios.ts'

export type Options = {
  /** Targets of each change. */
  targets: number
  /** Instead of each scenario's own. */
  speed: number | undefined
  wanted: string[]
  isJson: boolean
}

/** What the command line asks for. Ends the process with a message when that can't be done. */
export const readOptions = (): Options => {
  try {
    return parse()
  } catch (error) {
    console.error(error instanceof Error ? error.message : error)
    console.error('npm run bench bulk [-- --quick] [--only stop,start] [--speed 4] [--targets 5000] [--json]')
    process.exit(2)
  }
}

const parse = (): Options => {
  const { values } = parseArgs({
    options: {
      quick: { type: 'boolean', default: false },
      targets: { type: 'string' },
      speed: { type: 'string' },
      only: { type: 'string' },
      json: { type: 'boolean', default: false },
    },
  })
  const names = scenarios.map(({ name }) => name)
  const wanted = values.only?.split(',') ?? names
  const unknown = wanted.filter((name) => !names.includes(name))
  if (unknown.length > 0) throw new RangeError(`--only knows ${names.join(', ')}; not "${unknown.join(', ')}".`)
  return {
    targets: numberOf('--targets', values.targets ?? (values.quick ? '1500' : '5000')),
    speed: values.speed === undefined ? undefined : numberOf('--speed', values.speed),
    wanted,
    isJson: values.json,
  }
}

const numberOf = (name: string, text: string): number => {
  const value = Number(text)
  if (!(value > 0)) throw new RangeError(`${name} takes a number above 0, not "${text}".`)
  return value
}
