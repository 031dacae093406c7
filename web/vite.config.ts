import { fileURLToPath } from 'node:url'
import react from '@vitejs/plugin-react'
import { defaultClientConditions } from 'vite'
import { defineConfig } from 'vitest/config'
import { fontFiles } from './font-files.ts'
import { precompress } from './precompress.ts'

/** `ORCHESTRATOR_URL` of a running server that the development server forwards the API to. */
const server = process.env['ORCHESTRATOR_URL'] ?? 'http://127.0.0.1:8080'

export default defineConfig({
  root: fileURLToPath(new URL('.', import.meta.url)),
  plugins: [react(), fontFiles(), precompress()],
  // `source` resolves `#contracts/*.ts` to the sources, as the server does.
  // One React: without `dedupe` its module was bundled twice, and the hooks of one found no renderer of the other.
  resolve: { conditions: ['source', ...defaultClientConditions], dedupe: ['react', 'react-dom'] },
  build: {
    outDir: 'dist',
    emptyOutDir: true,
    target: 'es2023',
    chunkSizeWarningLimit: 1200,
    modulePreload: { polyfill: false },
  },
  server: { port: 5173, proxy: { '/api': { target: server, ws: true } } },
  test: {
    environment: 'jsdom',
    include: ['**/*.test.{ts,tsx}'],
    setupFiles: ['./test-setup.ts'],
    testTimeout: 300_000,
    hookTimeout: 300_000,
    css: false,
    pool: 'threads',
    // No test mocks a module or leaves anything behind, so files can share a worker: twice as fast.
    isolate: false,
    restoreMocks: true,
  },
})
