import { describe, expect, it } from 'vitest'
import { isSignedOut, readProblem } from '../../../src/edges/portal/api/problem.ts'

const answer = (body: string, status: number, headers: Record<string, string> = {}): Response =>
  new Response(body, { status, headers })

describe('readProblem', () => {
  it('takes title, detail, hint and request id from the document', async () => {
    const body = { title: 'Not now', detail: 'reading the fleet', hint: 'Wait.', requestId: 'r1' }
    const { facts } = await readProblem(answer(JSON.stringify(body), 503))
    expect(facts).toEqual({ ...body, status: 503 })
  })

  it('makes do with what a proxy in between answers', async () => {
    const { facts } = await readProblem(answer('<h1>Bad</h1>', 502, { 'x-request-id': 'p7' }))
    expect(facts).toEqual({ status: 502, title: 'The server answered 502', requestId: 'p7' })
  })

  it('tells that somebody is signed out', async () => {
    expect(isSignedOut(await readProblem(answer('{}', 401)))).toBe(true)
    expect(isSignedOut(await readProblem(answer('{}', 404)))).toBe(false)
    expect(isSignedOut(null)).toBe(false)
  })
})
