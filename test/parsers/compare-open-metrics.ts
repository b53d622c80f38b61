/** Compares our OpenMetrics reader with prometheus_client on generated bodies: verdicts, and where
 *  both accept labels, values, times, starts and exemplars. */
import { openOpenMetricsReader } from '../../src/machinery/wire/open-metrics.ts'
import { openComparison, type Comparison } from './comparison.ts'
import { openMetricsBody } from './open-metrics-grammar.ts'
import { VALUE_DIFFERENCES, VERDICT_DIFFERENCES, type Case } from './open-metrics-differences.ts'
import { isInGrammar } from './open-metrics-lines.ts'
import type { Oracle, OracleSample } from './oracle.ts'
import { readBody, type Reading, type ReadSample } from './reading.ts'

const BATCH = 1_000

/** Compares bodies from a seed on. */
export async function compareOpenMetrics(
  oracle: Oracle,
  seed: number,
  cases: number,
  comparison = openComparison(),
): Promise<Comparison> {
  for (let from = 0; from < cases; from += BATCH) {
    const count = Math.min(BATCH, cases - from)
    const bodies = Array.from({ length: count }, (_, index) => openMetricsBody(seed + from + index))
    const answers = await oracle.ask(bodies)
    bodies.forEach((body, index) => {
      const ours = readBody(openOpenMetricsReader, body)
      judge(comparison, { body, ours, theirs: answers[index]! })
    })
  }
  return comparison
}

function judge(comparison: Comparison, given: Case): void {
  const { body, ours, theirs } = given
  comparison.cases += 1
  if (ours.error === undefined) comparison.accepted += 1
  if (ours.error === undefined && !isInGrammar(body)) {
    comparison.unexplained.push({ body, why: 'accepted, though the grammar has no such line' })
  }
  const isVerdict = (ours.error === undefined) !== (theirs.error === undefined)
  if (!isVerdict && theirs.samples === undefined) return
  const why = isVerdict ? verdictText(given) : valueFault(ours, theirs.samples ?? [])
  if (why === undefined) return
  const table = isVerdict ? VERDICT_DIFFERENCES : VALUE_DIFFERENCES
  const name = Object.keys(table).find((each) => table[each]!(given))
  if (name === undefined || (!isVerdict && !holdsAll(ours, theirs.samples ?? [])))
    comparison.unexplained.push({ body, why })
  else comparison.known.set(name, (comparison.known.get(name) ?? 0) + 1)
}

/** Tells whether every sample that they have is one of ours, in the same order. */
function holdsAll({ samples }: Reading, theirs: readonly OracleSample[]): boolean {
  let at = 0
  return theirs
    .filter((sample) => !isStart(sample))
    .every((sample) => {
      while (at < samples.length && labelOrValueFault(samples[at]!, sample) !== undefined) at += 1
      at += 1
      return at <= samples.length
    })
}

function verdictText({ ours, theirs }: Case): string {
  return ours.error === undefined
    ? `we accept, they refuse: ${theirs.error ?? ''}`
    : `they accept, we refuse: ${ours.error}`
}

/** Tells the first thing that both read in a different way. */
function valueFault(
  { samples, exemplars }: Reading,
  all: readonly OracleSample[],
): string | undefined {
  const starts = startsOf(all)
  const theirs = all.filter((sample) => !isStart(sample))
  if (theirs.length !== samples.length) {
    return `${samples.length} samples, they have ${theirs.length}`
  }
  for (const [index, sample] of samples.entries()) {
    const fault = sampleFault(sample, theirs[index]!, starts)
    if (fault !== undefined) return `sample ${index}: ${fault}`
  }
  const given = all.flatMap(([, , , , , , exemplar]) => (exemplar === null ? [] : [exemplar]))
  if (given.length !== exemplars.length) return `${exemplars.length} exemplars, not ${given.length}`
  for (const [index, { labels, value, timestampMs }] of exemplars.entries()) {
    const [theirLabels, theirValue, seconds] = given[index]!
    const same =
      textOf(labels) === textOf(new Map(Object.entries(theirLabels))) &&
      isSame(value, numberOf(theirValue)) &&
      isSameTime(timestampMs, seconds)
    if (!same) return `exemplar ${index}`
  }
  return undefined
}

function sampleFault(
  sample: ReadSample,
  theirs: OracleSample,
  starts: ReadonlyMap<string, string>,
): string | undefined {
  const { timestampMs, startMs } = sample
  const [, , , , , seconds] = theirs
  const fault = labelOrValueFault(sample, theirs)
  if (fault !== undefined) return fault
  if (!isSameTime(timestampMs, seconds)) return `time ${timestampMs}, not ${seconds ?? 'none'}`
  const start = starts.get(metricOf(theirs)) ?? null
  return isSameTime(startMs, start) ? undefined : `start ${startMs}, not ${start ?? 'none'}`
}

function labelOrValueFault(
  { labels, value }: ReadSample,
  [, , name, theirLabels, theirValue]: OracleSample,
): string | undefined {
  const expected = new Map([['__name__', name], ...Object.entries(theirLabels)])
  if (textOf(labels) !== textOf(expected)) return `${textOf(labels)}, not ${textOf(expected)}`
  return isSame(value, numberOf(theirValue)) ? undefined : `value ${value}, not ${theirValue}`
}

const WITH_START = new Set(['counter', 'histogram', 'summary'])

function isStart([type, family, name]: OracleSample): boolean {
  return WITH_START.has(type) && name === `${family}_created`
}

/** The last start that each metric point has. */
function startsOf(samples: readonly OracleSample[]): ReadonlyMap<string, string> {
  return new Map(samples.filter(isStart).map((sample) => [metricOf(sample), sample[4]]))
}

/** What names a metric point: family, labels without the bound, time. */
function metricOf([type, family, name, labels, , seconds]: OracleSample): string {
  const dividing = name === `${family}_bucket` ? 'le' : type === 'summary' ? 'quantile' : ''
  const isPart = name === `${family}_bucket` || name === family
  const own = Object.entries(labels).filter(([label]) => !isPart || label !== dividing)
  return JSON.stringify([family, own.toSorted(byName), seconds])
}

/** They read whole numbers as integers, which have no negative zero. */
function isSame(left: number, right: number): boolean {
  return left === right || Object.is(left, right)
}

function isSameTime(timestampMs: number, seconds: string | null): boolean {
  if (seconds === null) return Number.isNaN(timestampMs)
  const theirs = numberOf(seconds) * 1_000
  if (!Number.isFinite(theirs)) return Object.is(timestampMs, theirs)
  return Math.abs(timestampMs - theirs) <= 0.5 + Math.abs(theirs) * 2 ** -50
}

function numberOf(text: string): number {
  if (text === 'nan') return NaN
  return Number(text.replace('inf', 'Infinity'))
}

/** Bounds are numbers, whatever their spelling. */
function textOf(labels: ReadonlyMap<string, string>): string {
  const rows = [...labels].map(([name, value]): [string, string | number] =>
    (name === 'le' || name === 'quantile') && value !== '' && !Number.isNaN(Number(value))
      ? [name, Number(value)]
      : [name, value],
  )
  return JSON.stringify(rows.toSorted(byName))
}

function byName([left]: readonly unknown[], [right]: readonly unknown[]): number {
  return String(left) < String(right) ? -1 : 1
}
