import { readdir } from 'node:fs/promises'
import { join, sep } from 'node:path'
import helmet from '@fastify/helmet'
import staticFiles from '@fastify/static'
import type { FastifyInstance, FastifyReply } from 'fastify'
import { errors } from '#platform/errors.ts'
import { pathOf } from '#platform/http/problem.ts'

export type WebAppOptions = {
  /** The folder of the built web app. It may be missing: then a page says how to build it. */
  root: string
  isTls: boolean
}

/** Addresses that are the server's, whatever the web app would like to do with them. */
const serverPath = /^\/(api|healthz|readyz|version|metrics)(\/|$)/
const assetMaxAge = '365d'

/**
 * The console's files, pre-compressed when the build has made .br and .gz beside them. Files below /assets have a hash in
 * their name and never change; every other address that is no file is a view of the app and gets index.html.
 */
export const serveWebApp = async (http: FastifyInstance, options: WebAppOptions): Promise<void> => {
  const files = await filesBelow(options.root)
  await http.register(async (scope) => {
    await scope.register(helmet, securityHeaders(options.isTls))
    const isBuilt = files.has('index.html')
    if (isBuilt) {
      await scope.register(staticFiles, { root: options.root, serve: false, preCompressed: true, cacheControl: false })
    }
    scope.get('/*', { config: { access: 'public' }, schema: { hide: true } }, async (request, reply) => {
      const path = decodeURIComponent(pathOf(request.url))
      if (serverPath.test(path)) throw errors.not_found(`There is no ${path}.`)
      if (!isBuilt) return explainMissing(reply)
      const file = path.slice(1)
      if (files.has(file)) return sendFile(reply, file)
      if (path.startsWith('/assets/'))
        throw errors.not_found(`There is no ${path}. The console was probably updated: reload it.`)
      return sendFile(reply, 'index.html')
    })
  })
}

const sendFile = (reply: FastifyReply, file: string): FastifyReply =>
  file.startsWith('assets/')
    ? reply.sendFile(file, { cacheControl: true, maxAge: assetMaxAge, immutable: true })
    : reply.header('cache-control', 'no-cache').sendFile(file)

const explainMissing = (reply: FastifyReply): FastifyReply =>
  reply
    .code(503)
    .type('text/plain; charset=utf-8')
    .header('cache-control', 'no-store')
    .send(
      'The console is not built yet.\n\nRun `npm start`, which builds it, or `npm run build`, and reload this page.\nThe API works without it: see /api/docs.\n',
    )

const securityHeaders = (isTls: boolean): object => ({
  contentSecurityPolicy: {
    useDefaults: false,
    directives: {
      defaultSrc: ["'self'"],
      scriptSrc: ["'self'"],
      scriptSrcAttr: ["'none'"],
      styleSrc: ["'self'"],
      fontSrc: ["'self'", 'data:'], // the design system's icon font
      imgSrc: ["'self'", 'data:'],
      connectSrc: ["'self'"], // the WebSocket too: same host
      objectSrc: ["'none'"],
      baseUri: ["'self'"],
      formAction: ["'self'"],
      frameAncestors: ["'none'"],
    },
  },
  strictTransportSecurity: isTls,
  xFrameOptions: { action: 'deny' },
})

/** Paths of all files below a folder, with forward slashes; none when there is no such folder. */
const filesBelow = async (root: string): Promise<Set<string>> => {
  try {
    const entries = await readdir(root, { recursive: true, withFileTypes: true })
    return new Set(
      entries
        .filter((entry) => entry.isFile())
        .map((entry) =>
          join(entry.parentPath, entry.name)
            .slice(root.length + 1)
            .replaceAll(sep, '/'),
        ),
    )
  } catch {
    return new Set()
  }
}
