import { InvalidArgumentError } from 'commander'
import type { Command } from 'commander'
import { createClient } from './client.ts'
import type { Client } from './client.ts'
import type { Io } from './io.ts'
import { json } from './output.ts'

/** What a command's action gets: how to answer, and the client of a running server, made when it is first used. */
export type Context = {
  io: Io
  isJson: boolean
  client: () => Client
  /** The answer: the value with `--json`, else the text. */
  answer: (value: unknown, text: () => string) => void
}

/** A command that takes `--json`, as all do. `action` gets the arguments, the options and the context. */
export const addCommand = <Options extends object>(
  parent: Command,
  nameAndArguments: string,
  description: string,
  io: Io,
  action: (args: string[], options: Options, context: Context) => Promise<void>,
): Command => {
  const command = parent.command(nameAndArguments).description(description).option('--json', 'answer with JSON')
  command.action(async () => {
    const options = command.opts<Options & { json?: boolean }>()
    const isJson = options.json === true
    let client: Client | undefined
    await action(command.args, options, {
      io,
      isJson,
      client: () => (client ??= createClient(io.env, io.signal)),
      answer: (value, text) => io.out(isJson ? json(value) : text()),
    })
  })
  return command
}

/** For options that may be given several times. */
export const collect = (value: string, before: string[] | undefined): string[] => [...(before ?? []), value]

export const wholeNumber =
  (least: number, most: number) =>
  (text: string): number => {
    const value = Number(text)
    if (!Number.isInteger(value) || value < least || value > most)
      throw new InvalidArgumentError(`Give a whole number from ${least} to ${most}.`)
    return value
  }
