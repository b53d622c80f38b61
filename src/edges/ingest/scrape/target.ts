/**
 * Turns a group of addresses into targets: defaults, relabelling, the address to ask. Pure. Source:
 * Prometheus documentation, "relabel_config" on the labels that begin with two underscores.
 */
import { createHash } from 'node:crypto'
import { parseDurationMs } from '../../../machinery/runtime/quantity-text.ts'
import type { TargetGroup } from './config-schema.ts'
import { relabel } from './relabel.ts'
import type { TargetLabels } from './sample-labels.ts'
import type { ScrapeJob } from './scrape-config.ts'

export interface Target {
  /** Two targets with the same key are one. */
  readonly key: string
  readonly job: ScrapeJob
  readonly url: string
  /** What its series get: sorted, none that begins with two underscores. */
  readonly labels: TargetLabels
  readonly intervalMs: number
  readonly timeoutMs: number
}

/**
 * Makes the targets of groups. Shape: unique by key. Those that relabelling drops are left out; for
 * those that cannot be asked a reason is told.
 */
export function targetsOf(
  job: ScrapeJob,
  groups: readonly TargetGroup[],
): { targets: Target[]; faults: string[] } {
  const targets = new Map<string, Target>()
  const faults: string[] = []
  for (const { targets: addresses, labels } of groups) {
    for (const address of addresses) {
      const made = targetOf(job, address, labels)
      if (typeof made === 'string') faults.push(made)
      else if (made !== undefined) targets.set(made.key, made)
    }
  }
  return { targets: [...targets.values()], faults }
}

function targetOf(
  job: ScrapeJob,
  address: string,
  own: Readonly<Record<string, string>>,
): Target | string | undefined {
  const labels = new Map<string, string>([
    ['job', job.job_name],
    ['__address__', address],
    ['__scheme__', job.scheme],
    ['__metrics_path__', job.metrics_path],
    ['__scrape_interval__', `${job.intervalMs}ms`],
    ['__scrape_timeout__', `${job.timeoutMs}ms`],
    ...Object.entries(job.params).map(([name, [first = '']]): [string, string] => [
      `__param_${name}`,
      first,
    ]),
    ...Object.entries(own),
  ])
  for (const [name, value] of labels) if (value === '') labels.delete(name)
  if (!relabel(labels, job.relabel_configs)) return undefined
  const host = labels.get('__address__') ?? ''
  const url = urlOf(job, labels, host)
  if (url === undefined) return `job ${job.job_name}: ${JSON.stringify(host)} is no address`
  const intervalMs = parseDurationMs(labels.get('__scrape_interval__') ?? '') ?? 0
  const timeoutMs = parseDurationMs(labels.get('__scrape_timeout__') ?? '') ?? 0
  if (intervalMs <= 0 || timeoutMs <= 0 || timeoutMs > intervalMs) {
    return `job ${job.job_name}: the interval and timeout of ${JSON.stringify(host)} do not fit`
  }
  if (!labels.has('instance')) labels.set('instance', host)
  const shown = [...labels]
    .filter(([name]) => !name.startsWith('__'))
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
  const key = JSON.stringify([job.job_name, url, shown, intervalMs, timeoutMs])
  return { key, job, url, labels: shown, intervalMs, timeoutMs }
}

function urlOf(
  job: ScrapeJob,
  labels: ReadonlyMap<string, string>,
  host: string,
): string | undefined {
  if (host === '' || /[/?#@\s]/.test(host)) return undefined
  const text = `${labels.get('__scheme__') ?? ''}://${host}`
  const path = labels.get('__metrics_path__') ?? ''
  if (!URL.canParse(text)) return undefined
  const url = new URL(text)
  if (url.protocol !== 'http:' && url.protocol !== 'https:') return undefined
  const [pathname = '', query = ''] = path.split('?', 2)
  url.pathname = pathname
  const params = new URLSearchParams(query)
  for (const [name, values] of Object.entries(job.params)) {
    for (const value of values.slice(1)) params.append(name, value)
  }
  for (const [name, value] of labels) {
    if (name.startsWith('__param_')) putFirst(params, name.slice('__param_'.length), value)
  }
  url.search = params.toString()
  return url.href
}

/** Relabelling may change the first value of a parameter; the others stay behind it. */
function putFirst(params: URLSearchParams, name: string, value: string): void {
  const rest = params.getAll(name)
  params.delete(name)
  for (const each of [value, ...rest]) params.append(name, each)
}

/** Targets of one job with the same such key have the same series, wherever they are asked for. */
export function seriesKey({ job, labels }: Pick<Target, 'job' | 'labels'>): string {
  return JSON.stringify([job.job_name, labels])
}

/**
 * Tells when in its interval a target is scraped, so that many are spread evenly and each keeps its
 * place over a restart. Units: milliseconds from 0 to the interval.
 */
export function offsetMs({ key, intervalMs }: Pick<Target, 'key' | 'intervalMs'>): number {
  const hash = createHash('md5').update(key).digest().readUInt32BE(0)
  return Math.floor((hash / 2 ** 32) * intervalMs)
}
