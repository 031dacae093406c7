import { existsSync } from 'node:fs'
import { dirname, join } from 'node:path'
import type { Finding, Source } from './source.ts'

/** Relative links in Markdown files lead somewhere; so do links to headings of the same file. */
export const checkLinks = (sources: readonly Source[], root: string): Finding[] =>
  sources.flatMap(({ file, text }) => {
    const prose = text.replaceAll(/^(```|~~~)[\s\S]*?^\1/gm, (block) => block.replaceAll(/[^\n]/g, ' '))
    return [...prose.matchAll(/\]\(([^)\s]+)(?:\s+"[^"]*")?\)/g)].flatMap((match): Finding[] => {
      const link = match[1] ?? ''
      if (/^[a-z][a-z+.-]*:/i.test(link)) return []
      const line = text.slice(0, match.index).split('\n').length
      const [path = '', anchor] = link.split('#')
      if (path === '') {
        return anchor === undefined || anchorsOf(text).has(anchor)
          ? []
          : [{ file, line, message: `no heading for the link "${link}"` }]
      }
      return existsSync(join(root, dirname(file), decodeURIComponent(path)))
        ? []
        : [{ file, line, message: `the link "${link}" leads nowhere` }]
    })
  })

/** The names GitHub gives to headings. */
const anchorsOf = (text: string): Set<string> =>
  new Set(
    [...text.matchAll(/^#+\s+(.+)$/gm)].map((match) =>
      (match[1] ?? '')
        .trim()
        .toLowerCase()
        .replaceAll(/[^\p{L}\p{N} _-]/gu, '')
        .replaceAll(' ', '-'),
    ),
  )

/** Two sets of names that must be the same: those in the code and those in the documentation. */
export const compareNames = (options: {
  what: string
  code: ReadonlyMap<string, string>
  docs: ReadonlyMap<string, string>
  docsPlace: string
}): Finding[] => [
  ...[...options.code]
    .filter(([name]) => !options.docs.has(name))
    .map(([name, file]) => ({
      file,
      message: `the ${options.what} \`${name}\` is not documented in ${options.docsPlace}`,
    })),
  ...[...options.docs]
    .filter(([name]) => !options.code.has(name))
    .map(([name, file]) => ({
      file,
      message: `documents the ${options.what} \`${name}\`, which the code does not have`,
    })),
]

/** Names by the file that has them. */
export const namesIn = (sources: readonly Source[], pattern: RegExp): Map<string, string> =>
  new Map(
    sources.flatMap(({ file, text }) =>
      [...text.matchAll(pattern)].map((match): [string, string] => [match[1] ?? match[0], file]),
    ),
  )

/** Keys of the registries in the boxes' `errors.ts`. */
export const errorCodesOf = (sources: readonly Source[]): Map<string, string> =>
  namesIn(sources, /^ {2}([a-z][a-z0-9_]*): \{/gm)

/** Headings of one code each in docs/errors: `### \`code\``. */
export const documentedCodesOf = (sources: readonly Source[]): Map<string, string> =>
  namesIn(sources, /^#{2,4} `([a-z][a-z0-9_]*)`/gm)

/** Rows of the tables in docs/configuration.md: `| \`NAME\` | default | meaning |`, as `NAME = default`. */
export const documentedSettingsOf = (sources: readonly Source[]): Map<string, string> =>
  new Map(
    sources.flatMap(({ file, text }) =>
      [...text.matchAll(/^\| `([A-Z][A-Z0-9_]*)` \| (?:`([^`]*)`|none) \|/gm)].map((match): [string, string] => [
        `${match[1]} = ${match[2] ?? 'none'}`,
        file,
      ]),
    ),
  )

/** The settings of the code in the same form. */
export const settingsOf = (
  settings: Record<string, { name: string; default: string | undefined }>,
  file: string,
): Map<string, string> =>
  new Map(Object.values(settings).map((each): [string, string] => [`${each.name} = ${each.default ?? 'none'}`, file]))
