import { isIP } from 'node:net'

/** One setting: its name in the environment, what it means, and how its text is read. */
export type Setting<Value> = {
  name: string
  description: string
  /** As text, for `orchestrator config` and the docs; undefined where nothing is the default. */
  default: string | undefined
  isSecret?: boolean
  /** Throws an Error that says what would be right; the reader adds the name and the given value. */
  parse: (text: string) => Value
}

export const text = (text: string): string => text

export const oneOf =
  <const Choice extends string>(...choices: readonly Choice[]) =>
  (given: string): Choice => {
    const found = choices.find((choice) => choice === given)
    if (found === undefined) throw new Error(`must be one of ${choices.join(', ')}`)
    return found
  }

export const wholeNumber =
  (least: number, most: number) =>
  (given: string): number => {
    const value = Number(given)
    if (!/^\d+$/.test(given) || value < least || value > most) {
      throw new Error(`must be a whole number from ${least} to ${most}`)
    }
    return value
  }

export const number =
  (least: number, most: number) =>
  (given: string): number => {
    const value = Number(given)
    if (given.trim() === '' || !Number.isFinite(value) || value < least || value > most) {
      throw new Error(`must be a number from ${least} to ${most}`)
    }
    return value
  }

export const url =
  (...protocols: string[]) =>
  (given: string): string => {
    const parsed = URL.canParse(given) ? new URL(given) : undefined
    if (parsed === undefined || !protocols.includes(parsed.protocol)) {
      throw new Error(`must be a URL that begins with ${protocols.map((protocol) => `${protocol}//`).join(' or ')}`)
    }
    return given.replace(/\/$/, '')
  }

/** An IP address, a CIDR range, or a name that proxy-addr has for some. */
export const addressRange = (given: string): string => {
  if (['loopback', 'linklocal', 'uniquelocal'].includes(given)) return given
  const [address = '', bits, ...more] = given.split('/')
  const most = { 0: -1, 4: 32, 6: 128 }[isIP(address)] ?? -1
  const isRange = bits === undefined || (/^\d{1,3}$/.test(bits) && Number(bits) <= most)
  if (most < 0 || !isRange || more.length > 0) {
    throw new Error('must be IP addresses or CIDR ranges with commas between, for example 10.0.0.0/8,::1')
  }
  return given
}

/** With commas between; at least one. */
export const listOf =
  <Value>(parse: (text: string) => Value) =>
  (given: string): Value[] => {
    const parts = given
      .split(',')
      .map((part) => part.trim())
      .filter((part) => part !== '')
    if (parts.length === 0) throw new Error('must name at least one')
    return parts.map(parse)
  }
