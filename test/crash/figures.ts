/** What a server has counted, as numbers by name: `<tenant> 2xx`, `<tenant> le 0.2`, `<tenant> memory`. */
import { OPERATOR_KEY } from '../system/harness/server.ts'

export type Figures = Readonly<Record<string, number>>

/** What was left to another replica. Nothing is kept of it, so that a repeat is left once more. */
export const NOT_ELECTED = 'ha not-elected'

const LINE = /^tenantry_tenant_([a-z_]+)\{([^}]*)\} (\S+)$/
const FROM_BEGINNING = 'from=0'

/** Reads everything that writers tell of. */
export async function readFigures(url: string): Promise<Figures> {
  const figures: Record<string, number> = {}
  const page = await ask(url, '/metrics/tenants')
  for (const line of page.split('\n')) {
    const [, family, labelText, value] = LINE.exec(line) ?? []
    if (family === undefined || labelText === undefined) continue
    const labels = Object.fromEntries(
      [...labelText.matchAll(/([a-z_]+)="([^"]*)"/g)].map(([, name, text]) => [name, text]),
    )
    const name = nameOf(family, labels)
    if (name !== undefined) figures[`${labels['tenant'] ?? ''} ${name}`] = Number(value)
  }
  return { ...figures, ...(await readAccounts(url)), ...(await readRoutes(url)) }
}

function nameOf(family: string, labels: Record<string, string | undefined>): string | undefined {
  if (family === 'requests_total') return labels['status_class']
  if (family === 'request_duration_seconds_bucket') return `le ${labels['le'] ?? ''}`
  if (family === 'memory_bytes') return 'memory'
  return family === 'cpu_seconds_total' ? 'cpu' : undefined
}

interface Accounts {
  readonly accounts: {
    readonly received: number
    readonly missing: number
    readonly outcomes: readonly { readonly outcome: string; readonly samples: number }[]
  }
}

async function readAccounts(url: string): Promise<Figures> {
  const { accounts } = JSON.parse(await ask(url, '/api/v1/collector')) as Accounts
  const of = (name: string): number =>
    accounts.outcomes.find(({ outcome }) => outcome === name)?.samples ?? 0
  return {
    'nobody unattributed': of('unattributed'),
    [NOT_ELECTED]: of('not-elected'),
    'all received': accounts.received,
    'all missing': accounts.missing,
  }
}

interface Breakdown {
  readonly dimensions: readonly {
    readonly dimension: string
    readonly values: readonly { value: string; total: number; bad: number }[]
  }[]
}

/** The counts by route of the tenant that has routes. */
async function readRoutes(url: string): Promise<Figures> {
  const toMs = Date.now() + 600_000
  const path = `/api/v1/tenants/counters/slos/error-rate/dimensions?${FROM_BEGINNING}&to=${String(toMs)}`
  const text = await ask(url, path)
  const { dimensions } = JSON.parse(text) as Breakdown
  const routes = dimensions.find(({ dimension }) => dimension === 'route')?.values ?? []
  return Object.fromEntries(
    routes.flatMap(({ value, total, bad }) => [
      [`counters route ${value}`, total],
      [`counters route ${value} bad`, bad],
    ]),
  )
}

async function ask(url: string, path: string): Promise<string> {
  const response = await fetch(`${url}${path}`, {
    headers: { authorization: `Bearer ${OPERATOR_KEY}` },
  })
  const text = await response.text()
  if (response.status !== 200) throw new Error(`${path}: ${String(response.status)} ${text}`)
  return text
}
