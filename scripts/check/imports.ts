export type Import = { specifier: string; isTypeOnly: boolean; line: number }

// From the start of a line, so that examples in comments and strings are not taken for imports.
const statement = /^[ \t]*(import|export)(\s+type)?\b([^'"`;()]*?\bfrom\s*|\s*)['"]([^'"\n]+)['"]/gm
const dynamic = /\bimport\(\s*['"]([^'"\n]+)['"]\s*\)/g

/** The imports and re-exports of a source file, dynamic ones with a constant name included. */
export const importsOf = (source: string): Import[] => {
  const lineAt = (index: number): number => source.slice(0, index).split('\n').length
  const found: Import[] = []
  for (const match of source.matchAll(statement)) {
    found.push({ specifier: match[4] ?? '', isTypeOnly: match[2] !== undefined, line: lineAt(match.index) })
  }
  for (const match of source.matchAll(dynamic)) {
    const before = source.slice(source.lastIndexOf('\n', match.index) + 1, match.index)
    if (/^\s*(\*|\/\/)/.test(before)) continue
    // `import('x').Y` is a type; a value is awaited or has its promise handled.
    const after = source.slice(match.index + match[0].length)
    found.push({ specifier: match[1] ?? '', isTypeOnly: /^\.[A-Z]/.test(after), line: lineAt(match.index) })
  }
  return found
}

/** `@scope/name/path` -> `@scope/name`; undefined for what is not a package. */
export const packageOf = (specifier: string): string | undefined => {
  if (/^[.#/]|^node:|^virtual:/.test(specifier)) return undefined
  const parts = specifier.split('/')
  return specifier.startsWith('@') ? parts.slice(0, 2).join('/') : parts[0]
}
