/** Asks the API. Every failure is a Problem. */
import { readProblem, unreachable, unreadable } from './problem.ts'

/** Reads one answer. The session cookie goes along by itself. Throws Problem. */
export async function getJson<Body>(path: string, signal?: AbortSignal): Promise<Body> {
  const response = await request(path, 'GET', signal)
  return (await response.json().catch((error: unknown) => {
    if (signal?.aborted) throw error
    throw unreadable(response)
  })) as Body
}

/** Reads one answer as text. Throws Problem. */
export async function getText(path: string, signal?: AbortSignal): Promise<string> {
  const response = await request(path, 'GET', signal)
  return await response.text()
}

/** Asks a question that does not fit an address. Throws Problem. */
export async function postJson<Body>(path: string, body: object): Promise<Body> {
  const response = await request(path, 'POST', undefined, body)
  return (await response.json().catch(() => {
    throw unreadable(response)
  })) as Body
}

/** Ends what the path names, such as the session. Throws Problem. */
export async function remove(path: string): Promise<void> {
  await request(path, 'DELETE')
}

/** An answer that takes longer than this is given up. */
const PATIENCE_MS = 30_000

function patience(signal: AbortSignal | undefined): AbortSignal {
  const limit = AbortSignal.timeout(PATIENCE_MS)
  return signal ? AbortSignal.any([signal, limit]) : limit
}

async function request(
  path: string,
  method: 'GET' | 'POST' | 'DELETE',
  signal?: AbortSignal,
  body?: object,
): Promise<Response> {
  const response = await fetch(path, {
    method,
    signal: patience(signal),
    headers: {
      accept: 'application/json',
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    credentials: 'same-origin',
  }).catch((error: unknown) => {
    if (signal?.aborted) throw error
    throw unreachable()
  })
  if (!response.ok) throw await readProblem(response)
  return response
}
