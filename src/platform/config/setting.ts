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

export const listOf =
  <Value>(parse: (text: string) => Value) =>
  (given: string): Value[] =>
    given
      .split(',')
      .map((part) => part.trim())
      .filter((part) => part !== '')
      .map(parse)
