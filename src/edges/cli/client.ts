/**
 * Commands that touch a running system are clients of its API. The server leaves its address and a
 * key of its own in the data directory, readable by its user only; `--url` and TENANTRY_KEY name
 * another one.
 */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { z } from 'zod'
import { TenantryError } from '../../core/errors.ts'
import { SERVER_FILE } from '../../machinery/runtime/paths.ts'
import { CLI_ERRORS } from './errors.ts'

const serverFileSchema = z.object({ url: z.string(), key: z.string(), pid: z.number() })
export type ServerFile = z.infer<typeof serverFileSchema>

export interface ServerAddress {
  readonly url: string
  readonly key: string
}

export interface ApiClient {
  readonly url: string
  get<Body>(path: string): Promise<Body>
  post<Body>(path: string, body: unknown, mediaType?: string): Promise<Body>
  put<Body>(path: string, body: unknown): Promise<Body>
  patch<Body>(path: string, body: unknown): Promise<Body>
  delete(path: string): Promise<void>
  /** Reads what is not JSON as it comes. */
  download(path: string): Promise<Uint8Array>
}

export interface Page<Item> {
  readonly items: readonly Item[]
  readonly nextCursor: string | null
}

/** Finds the server that a command means. Throws CLI_NO_SERVER. */
export function findServer(options: { url?: string; key?: string; data: string }): ServerAddress {
  if (options.url !== undefined)
    return { url: options.url.replace(/\/$/, ''), key: options.key ?? '' }
  const path = join(options.data, SERVER_FILE)
  try {
    return serverFileSchema.parse(JSON.parse(readFileSync(path, 'utf8')))
  } catch (cause) {
    throw new TenantryError(CLI_ERRORS.noServer, `no running server was found through ${path}`, {
      cause,
    })
  }
}

export function openClient({ url, key }: ServerAddress): ApiClient {
  const call = async (
    method: string,
    path: string,
    body?: unknown,
    mediaType = 'application/json',
  ): Promise<unknown> => {
    const response = await reach(url, path, {
      method,
      headers: {
        authorization: `Bearer ${key}`,
        ...(body === undefined ? {} : { 'content-type': mediaType }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    })
    const text = await response.text()
    const answer = readAnswer(url, response.status, text)
    if (response.ok) return answer
    throw refusal(response.status, answer)
  }
  return {
    url,
    get: async <Body>(path: string) => (await call('GET', path)) as Body,
    post: async <Body>(path: string, body: unknown, mediaType?: string) =>
      (await call('POST', path, body, mediaType)) as Body,
    put: async <Body>(path: string, body: unknown) => (await call('PUT', path, body)) as Body,
    patch: async <Body>(path: string, body: unknown) => (await call('PATCH', path, body)) as Body,
    delete: async (path) => {
      await call('DELETE', path)
    },
    download: async (path) => {
      const response = await reach(url, path, { headers: { authorization: `Bearer ${key}` } })
      if (response.ok) return new Uint8Array(await response.arrayBuffer())
      throw refusal(response.status, readAnswer(url, response.status, await response.text()))
    },
  }
}

async function reach(url: string, path: string, init: RequestInit): Promise<Response> {
  try {
    return await fetch(`${url}${path}`, init)
  } catch (cause) {
    throw new TenantryError(CLI_ERRORS.noServer, `nothing answers at ${url}`, { cause })
  }
}

/** What is no JSON does not come from Tenantry: another program, or a proxy in between. */
function readAnswer(url: string, status: number, text: string): unknown {
  if (text === '') return undefined
  try {
    return JSON.parse(text)
  } catch (cause) {
    const message = `what answers at ${url} is no Tenantry: status ${String(status)}, not JSON`
    throw new TenantryError(CLI_ERRORS.noServer, message, { cause })
  }
}

/** Reads every page of a list, following the cursors. */
export async function readPages<Item, Extra = unknown>(
  client: ApiClient,
  path: string,
  query: Readonly<Record<string, string>> = {},
): Promise<readonly (Page<Item> & Extra)[]> {
  const pages: (Page<Item> & Extra)[] = []
  let cursor: string | null = null
  do {
    const search = new URLSearchParams(cursor === null ? query : { ...query, cursor })
    const page: Page<Item> & Extra = await client.get(`${path}?${search.toString()}`)
    pages.push(page)
    cursor = page.nextCursor
  } while (cursor !== null)
  return pages
}

function refusal(status: number, answer: unknown): TenantryError {
  const problem = (answer ?? {}) as {
    title?: string
    detail?: string
    hint?: string
    errors?: readonly { field: string; message: string }[]
  }
  const fields = (problem.errors ?? [])
    .map(({ field, message }) => `\n  ${field}: ${message}`)
    .join('')
  return new TenantryError(
    CLI_ERRORS.refused,
    `${problem.detail ?? problem.title ?? `the server answered ${String(status)}`}${fields}`,
    { ...(problem.hint === undefined ? {} : { hint: problem.hint }), details: { status } },
  )
}
