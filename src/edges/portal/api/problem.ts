/** Why an answer is not there, in words for a reader: RFC 9457 from the server, or that no
 *  answer came at all. */
export interface ProblemFacts {
  /** 0 where no answer came. */
  readonly status: number
  readonly title: string
  /** What happened here. */
  readonly detail?: string
  /** What to do next. */
  readonly hint?: string
  readonly requestId: string | null
}

export class Problem extends Error {
  readonly facts: ProblemFacts

  constructor(facts: ProblemFacts) {
    super(facts.title)
    this.name = 'Problem'
    this.facts = facts
  }
}

/** No answer: the server is down, or the network is. */
export function unreachable(): Problem {
  return new Problem({
    status: 0,
    title: 'Tenantry does not answer',
    hint: 'See whether the server runs and is reachable from here: npx tenantry doctor. This page tries again by itself.',
    requestId: null,
  })
}

/** An answer that breaks off or is no JSON: a proxy in between, or the connection was cut. */
export function unreadable(response: Response): Problem {
  return new Problem({
    status: 0,
    title: 'The answer could not be read',
    hint: 'It broke off, or something between here and Tenantry answered in its place. Try again.',
    requestId: response.headers.get('x-request-id'),
  })
}

/** Reads a problem document; what it leaves out is filled in from the status. */
export async function readProblem(response: Response): Promise<Problem> {
  const body = await response.json().catch(() => null)
  const fields = typeof body === 'object' && body !== null ? (body as Record<string, unknown>) : {}
  const field = (name: string): string | undefined =>
    typeof fields[name] === 'string' && fields[name] !== '' ? fields[name] : undefined
  const detail = field('detail')
  const hint = field('hint')
  return new Problem({
    status: response.status,
    title: field('title') ?? `The server answered ${response.status}`,
    ...(detail === undefined ? {} : { detail }),
    ...(hint === undefined ? {} : { hint }),
    requestId: field('requestId') ?? response.headers.get('x-request-id'),
  })
}

export function isSignedOut(error: unknown): boolean {
  return error instanceof Problem && error.facts.status === 401
}
