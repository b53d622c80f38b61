/**
 * The built portal. Files are read once and served by name from memory, so that no path can lead
 * out of the folder. Names with a hash in them never change and are kept by browsers for good; the
 * page itself carries a fresh nonce in every copy.
 */
import { createHash } from 'node:crypto'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { extname, join, sep } from 'node:path'
import { gzipSync } from 'node:zlib'
import { randomToken } from '../../machinery/runtime/ids.ts'
import { escapeHtml, page } from './html.ts'
import { HTTP_LIMITS } from './limits.ts'
import type { Answer } from './route.ts'
import { pagePolicy } from './security-headers.ts'

export interface Assets {
  /** Serves a file. Undefined where there is none of that name. */
  file(path: string, header: (name: string) => string | undefined): Answer | undefined
  /** Serves the portal's page, or where it was not built, how to build it. */
  page(): Answer
}

interface Asset {
  readonly type: string
  readonly bytes: Uint8Array<ArrayBuffer>
  readonly zipped: Uint8Array<ArrayBuffer> | null
  readonly etag: string
  readonly isHashed: boolean
}

const TYPES: Readonly<Record<string, string>> = {
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.ico': 'image/x-icon',
  '.woff2': 'font/woff2',
  '.json': 'application/json',
  '.txt': 'text/plain; charset=utf-8',
  '.webmanifest': 'application/manifest+json',
}
const COMPRESSIBLE = /^text\/|json$|svg/
/** As Vite names what it hashes: eight characters of base64url before the extension. */
const HASHED = /^\/assets\/.+-[A-Za-z0-9_-]{8}\.[a-z0-9]+$/
const NONCE_PLACEHOLDER = '__CSP_NONCE__'

/** Opens the portal's folder. One that is not there yet is looked for again at every visit. */
export function openAssets(directory: string): Assets {
  let files = new Map<string, Asset>()
  let index: string | undefined
  const load = (): void => {
    if (index !== undefined || !existsSync(join(directory, 'index.html'))) return
    files = readFiles(directory)
    index = readFileSync(join(directory, 'index.html'), 'utf8')
  }
  load()
  return {
    file(path, header) {
      const asset = files.get(path)
      return asset && answerFile(asset, header)
    },
    page() {
      load()
      const nonce = randomToken(16)
      const text = index?.replaceAll(NONCE_PLACEHOLDER, nonce) ?? notBuilt(directory, nonce)
      return htmlAnswer(200, text, nonce)
    },
  }
}

/** Answers a page whose scripts and styles carry a nonce. */
export function htmlAnswer(status: number, text: string, nonce: string): Answer {
  const headers = { 'content-security-policy': pagePolicy(nonce), 'cache-control': 'no-store' }
  return { status, type: 'text/html; charset=utf-8', text, headers }
}

function notBuilt(directory: string, nonce: string): string {
  return page({
    nonce,
    title: 'The portal is not built',
    body: `<p>Tenantry runs. Its portal was not built when it was installed: there is no
      <code>${escapeHtml(directory)}</code>.</p>
      <p>In the folder of the project, run</p><pre>npm run prepare</pre><p>and load this page again.</p>
      <p>The <a href="/api/docs">API</a> and the command line work without it.</p>`,
  })
}

function readFiles(directory: string): Map<string, Asset> {
  const files = new Map<string, Asset>()
  for (const entry of readdirSync(directory, { recursive: true, withFileTypes: true })) {
    const type = TYPES[extname(entry.name)]
    if (!entry.isFile() || type === undefined) continue
    const path = join(entry.parentPath, entry.name)
    const name = path.slice(directory.length).split(sep).join('/')
    files.set(name, readAsset(path, name, type))
  }
  return files
}

function readAsset(path: string, name: string, type: string): Asset {
  const bytes = new Uint8Array(readFileSync(path))
  const isLarge = bytes.length >= HTTP_LIMITS.compressFromBytes
  return {
    type,
    bytes,
    zipped: isLarge && COMPRESSIBLE.test(type) ? new Uint8Array(gzipSync(bytes)) : null,
    etag: `"${createHash('sha256').update(bytes).digest('base64url').slice(0, 22)}"`,
    isHashed: HASHED.test(name),
  }
}

function answerFile(
  { type, bytes, zipped, etag, isHashed }: Asset,
  header: (name: string) => string | undefined,
): Answer {
  const headers = {
    etag,
    vary: 'accept-encoding',
    'cache-control': isHashed ? 'public, max-age=31536000, immutable' : 'no-cache',
  }
  if (header('if-none-match') === etag) return { status: 304, headers }
  const takesGzip = /\bgzip\b/.test(header('accept-encoding') ?? '')
  if (zipped === null || !takesGzip) return { status: 200, type, bytes, headers }
  return { status: 200, type, bytes: zipped, headers: { ...headers, 'content-encoding': 'gzip' } }
}
