import { readFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { describe, expect, it } from 'vitest'
import { apart } from './font-files.ts'

describe('fonts of a style sheet', () => {
  it('become files, and no longer hold up the text', () => {
    const { css, fonts } = apart(
      "a{color:red}@font-face{font-family:X;src:url('data:font/woff2;base64,d09GMg==') format('woff2')}",
    )
    const [first] = fonts
    const [name, font] = [first?.[0], first?.[1]]
    expect(css).toBe(`a{color:red}@font-face{font-display:swap;font-family:X;src:url(./${name}) format('woff2')}`)
    expect(name).toMatch(/^font-[0-9a-f]{10}\.woff2$/)
    // "wOF2" is how such a file begins.
    expect(new TextDecoder().decode(font)).toBe('wOF2')
  })

  it('are left where there are none, and other inlined things too', () => {
    const css = '@font-face{src:url(./x.woff2)}a{background:url(data:image/svg+xml;base64,PHN2Zz4=)}'
    expect(apart(css).css).toBe(css)
  })

  it('are found in the design system’s sheet as it is', async () => {
    const sheet = createRequire(import.meta.url).resolve('@cloudscape-design/global-styles/index.css')
    const { css, fonts } = apart(await readFile(sheet, 'utf8'))
    expect(fonts.size).toBeGreaterThan(0)
    for (const font of fonts.values()) expect(new TextDecoder().decode(font.slice(0, 4))).toBe('wOF2')
    expect(css).not.toContain('data:font')
  })
})
