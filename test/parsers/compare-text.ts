/**
 * Compares our reader of the text format with promtool, whose verdict is ours too but for known
 * differences, and with what a real Prometheus makes of the same page: it takes whatever we take,
 * with the same values.
 */
import { openPrometheusTextReader } from '../../src/machinery/wire/prometheus-text.ts'
import { openComparison, type Comparison } from './comparison.ts'
import { readBody } from './reading.ts'
import {
  isPanic,
  prometheusDifference,
  TEXT_DIFFERENCES,
  type TextCase,
} from './text-differences.ts'
import { textBody } from './text-grammar.ts'
import { askPromtool, scrapeAll, type ScrapedPage } from './text-peers.ts'

/** Runs of promtool at one time. */
const RUNS = 4

export async function compareText(
  programs: { readonly prometheus: string; readonly promtool: string },
  seed: number,
  cases: number,
): Promise<Comparison> {
  const comparison = openComparison()
  const bodies = Array.from({ length: cases }, (_, index) => textBody(seed + index))
  const pages = await scrapeAll(programs.prometheus, bodies)
  for (let from = 0; from < cases; from += RUNS) {
    const some = bodies.slice(from, from + RUNS)
    const verdicts = await Promise.all(some.map((body) => askPromtool(programs.promtool, body)))
    some.forEach((body, index) => {
      const ours = readBody(openPrometheusTextReader, body)
      judge(comparison, { body, ours, promtool: verdicts[index] }, pages[from + index]!)
    })
  }
  return comparison
}

function judge(comparison: Comparison, given: TextCase, page: ScrapedPage): void {
  const { body, ours, promtool } = given
  comparison.cases += 1
  if (ours.error === undefined) {
    comparison.accepted += 1
    const why = page.up ? valueFault(given, page) : 'accepted, but Prometheus does not take it'
    const known = why === undefined ? undefined : prometheusDifference(body, page)
    if (known !== undefined) note(comparison, known)
    else if (why !== undefined) comparison.unexplained.push({ body, why })
  }
  if (isPanic(given)) return note(comparison, 'promtool panics')
  if ((ours.error === undefined) === (promtool === undefined)) return
  const name = Object.keys(TEXT_DIFFERENCES).find((each) => TEXT_DIFFERENCES[each]!(given))
  if (name !== undefined) note(comparison, name)
  else {
    const why =
      ours.error === undefined
        ? `we accept, promtool refuses: ${promtool ?? ''}`
        : `promtool accepts, we refuse: ${ours.error}`
    comparison.unexplained.push({ body, why })
  }
}

function note({ known }: Comparison, name: string): void {
  known.set(name, (known.get(name) ?? 0) + 1)
}

/** Compares the series without a time of their own: those with one are too old to be kept. */
function valueFault(
  { body, ours: { samples } }: TextCase,
  { series }: ScrapedPage,
): string | undefined {
  const hasBounds = /TYPE.*(?:histogram|summary)/.test(body)
  const ours = new Map<string, number>()
  const timed = new Set<string>()
  for (const { labels, value, timestampMs } of samples) {
    const key = textOf(labels, hasBounds)
    if (!Number.isNaN(timestampMs)) timed.add(key)
    // Of two samples at one time the first counts, there and here.
    else if (!ours.has(key)) ours.set(key, value)
  }
  const theirs = new Map(
    series.map(({ labels, value }) => [textOf(labels, hasBounds), numberOf(value)]),
  )
  for (const [key, value] of ours) {
    if (timed.has(key)) continue
    const other = theirs.get(key)
    if (!Object.is(other, value)) return `${key} is ${value}, not ${String(other)}`
  }
  const more = Array.from(theirs.keys()).find((key) => !ours.has(key) && !timed.has(key))
  return more === undefined ? undefined : `Prometheus also has ${more}`
}

/** It writes the bounds of every series behind the TYPE of a histogram anew, of whatever name. */
function textOf(labels: ReadonlyMap<string, string>, hasBounds: boolean): string {
  const rows = Array.from(labels, ([name, value]): [string, string | number] => {
    const isBound = hasBounds && (name === 'le' || name === 'quantile')
    const number = isBound ? numberOf(value) : NaN
    return [name, Number.isNaN(number) ? value : number]
  })
  return JSON.stringify(
    rows
      .filter(([, value]) => value !== '')
      .map(([name, value]) => [name, String(value)])
      .toSorted(([left = ''], [right = '']) => (left < right ? -1 : 1)),
  )
}

function numberOf(text: string): number {
  return text === '' ? NaN : Number(text.replace(/inf/i, 'Infinity'))
}
