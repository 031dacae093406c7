import { createHash } from 'node:crypto'
import type { Plugin } from 'vite'

const inlined = /url\((['"]?)data:(?:application\/font-woff2|font\/woff2)[^,)'"]*;base64,([A-Za-z0-9+/=]+)\1\)/g

/** A style sheet whose fonts lie beside it, and those fonts by name. The text is there before they are. */
export const apart = (css: string): { css: string; fonts: Map<string, Uint8Array> } => {
  const fonts = new Map<string, Uint8Array>()
  const without = css.replaceAll(inlined, (_whole, _quote, base64: string) => {
    const font = Buffer.from(base64, 'base64')
    const name = `font-${createHash('sha256').update(font).digest('hex').slice(0, 10)}.woff2`
    fonts.set(name, font)
    return `url(./${name})`
  })
  return {
    css: fonts.size === 0 ? css : without.replaceAll(/@font-face\s*\{/g, '@font-face{font-display:swap;'),
    fonts,
  }
}

/**
 * Writes the fonts that the design system's style sheet carries within it as files of their own. In the sheet all eight weights
 * and slants hold up the first paint; as files only those are fetched that a page uses.
 */
export const fontFiles = (): Plugin => ({
  name: 'font-files',
  apply: 'build',
  generateBundle(_options, bundle) {
    for (const asset of Object.values(bundle)) {
      if (asset.type !== 'asset' || !asset.fileName.endsWith('.css')) continue
      const { css, fonts } = apart(
        typeof asset.source === 'string' ? asset.source : new TextDecoder().decode(asset.source),
      )
      if (fonts.size === 0) continue
      asset.source = css
      for (const [name, source] of fonts) this.emitFile({ type: 'asset', fileName: `assets/${name}`, source })
    }
  },
})
