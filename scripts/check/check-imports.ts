import { posix } from 'node:path'
import { arrows, isTestCode, openBoxes } from './arrows.mjs'
import { importsOf, packageOf } from './imports.ts'
import type { Import } from './imports.ts'
import { packagePlaces } from './packages.mjs'
import type { Finding, Source } from './source.ts'

export type Manifest = { dependencies?: Record<string, string>; devDependencies?: Record<string, string> }

/** Holds the imports of src and web against the tables of arrows, doors and packages. */
export const checkImports = (sources: readonly Source[], manifest: Manifest): Finding[] =>
  sources.flatMap(({ file, text }) =>
    importsOf(text).flatMap((each) => {
      const message =
        packageOf(each.specifier) === undefined ? judgeFile(file, each) : judgePackage(file, each, manifest)
      return message === undefined ? [] : [{ file, line: each.line, message }]
    }),
  )

/** `src/tasks/plan.ts` -> tasks, `src/main.ts` -> main, `web/...` -> web, else undefined (test, scripts, bench). */
const boxOf = (file: string): string | undefined =>
  /^src\/([^/]+)\//.exec(file)?.[1] ??
  /^src\/([^/]+)\.ts$/.exec(file)?.[1] ??
  (file.startsWith('web/') ? 'web' : undefined)

const judgeFile = (file: string, { specifier }: Import): string | undefined => {
  const from = boxOf(file)
  if (specifier.startsWith('node:')) {
    if (from === 'web' && file.endsWith('.tsx')) return `"${specifier}" does not exist in a browser`
    return undefined
  }
  if (from === undefined || !/^[.#]/.test(specifier)) return undefined
  const target = specifier.startsWith('#') ? `src/${specifier.slice(1)}` : posix.join(posix.dirname(file), specifier)
  const to = boxOf(target)
  if (to === from) return undefined
  if (to === undefined) {
    if (isTestCode(file) && target.startsWith('test/')) return undefined
    return `"${specifier}" leads out of the boxes`
  }
  if (specifier.startsWith('.')) return `another box is imported by its name: "#${target.replace(/^src\//, '')}"`
  if (!(arrows[from] ?? []).includes(to)) {
    return `${from} may not import ${to}; the arrows stand in scripts/check/arrows.mjs`
  }
  const isDoor = specifier.split('/').length <= 2
  if (!isDoor && !openBoxes.includes(to) && !isTestCode(file)) {
    return `"${specifier}" is private to ${to}; only its top-level files may be imported`
  }
  return undefined
}

const judgePackage = (file: string, { specifier, isTypeOnly }: Import, manifest: Manifest): string | undefined => {
  const name = packageOf(specifier) ?? ''
  const isDependency = name in (manifest.dependencies ?? {})
  const isDevDependency = name in (manifest.devDependencies ?? {})
  if (!isDependency && !isDevDependency) return `"${name}" is not in package.json`
  const isShipped = file.startsWith('src/') && !isTestCode(file)
  if (isShipped && !isDependency && !isTypeOnly) {
    return `"${name}" is a devDependency: the server is installed without it`
  }
  const rule = packagePlaces.find(({ packages }) => packages.test(name))
  if (rule === undefined) return undefined
  const isAllowed = rule.places.some(
    (place) =>
      (place === 'tests' && isTestCode(file)) ||
      (place === 'types' && isTypeOnly) ||
      file === place ||
      file.startsWith(`${place}/`),
  )
  return isAllowed
    ? undefined
    : `"${name}" may only be imported in ${rule.places.join(', ')} (scripts/check/packages.mjs)`
}
