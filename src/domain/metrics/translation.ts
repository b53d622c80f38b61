/**
 * What Prometheus would call an OpenTelemetry metric and its attributes. Pure; a name of which
 * nothing is left is undefined, as Prometheus refuses it. Parts of a histogram or summary get their
 * `_bucket`, `_count` and `_sum` behind the name that stands here.
 *
 * With suffixes a metric's name ends in its unit in words, `per` and a word for what stands behind
 * the slash, then `_total` for a counter or `_ratio` for a gauge of unit 1; a word that the name
 * already has is not repeated. Escaping leaves a-z, A-Z, 0-9, `_` and in metric names `:`.
 * Source: OpenTelemetry compatibility/prometheus_and_openmetrics.md; prometheus/otlptranslator
 * 1.0.0 with the label options that Prometheus 3 has by default (an underscore in front becomes
 * `key_`, several underscores stay).
 */
import { LABELS } from '../../core/names/labels.ts'
import type { TranslationStrategy } from '../../core/names/translation-strategies.ts'
import type { NamedValue } from './description.ts'
import type { MetricMeaning } from './metric-key.ts'

/** What decides about `_total` and `_ratio`. A sum that may fall is neither. */
export type TranslatedType = 'counter' | 'gauge' | 'other'

export interface OtelName {
  readonly name: string
  /** As UCUM writes it. */
  readonly unit: string
  readonly type: TranslatedType
}

const ESCAPES: Readonly<Record<TranslationStrategy, boolean>> = {
  UnderscoreEscapingWithSuffixes: true,
  NoUTF8EscapingWithSuffixes: false,
  UnderscoreEscapingWithoutSuffixes: true,
  NoTranslation: false,
}
const SUFFIXES: Readonly<Record<TranslationStrategy, boolean>> = {
  UnderscoreEscapingWithSuffixes: true,
  NoUTF8EscapingWithSuffixes: true,
  UnderscoreEscapingWithoutSuffixes: false,
  NoTranslation: false,
}

/** Words for units. `1` has none; a unit that is not here stands for itself. */
const UNIT_WORDS: ReadonlyMap<string, string> = new Map([
  ['d', 'days'],
  ['h', 'hours'],
  ['min', 'minutes'],
  ['s', 'seconds'],
  ['ms', 'milliseconds'],
  ['us', 'microseconds'],
  ['ns', 'nanoseconds'],
  ['By', 'bytes'],
  ['KiBy', 'kibibytes'],
  ['MiBy', 'mebibytes'],
  ['GiBy', 'gibibytes'],
  ['TiBy', 'tibibytes'],
  ['KBy', 'kilobytes'],
  ['MBy', 'megabytes'],
  ['GBy', 'gigabytes'],
  ['TBy', 'terabytes'],
  ['m', 'meters'],
  ['V', 'volts'],
  ['A', 'amperes'],
  ['J', 'joules'],
  ['W', 'watts'],
  ['g', 'grams'],
  ['Cel', 'celsius'],
  ['Hz', 'hertz'],
  ['1', ''],
  ['%', 'percent'],
])
/** Words for what stands behind a slash. Here `m` is a minute. */
const PER_WORDS: ReadonlyMap<string, string> = new Map([
  ['s', 'second'],
  ['m', 'minute'],
  ['h', 'hour'],
  ['d', 'day'],
  ['w', 'week'],
  ['mo', 'month'],
  ['y', 'year'],
])

/**
 * Tells the name of a metric in Prometheus.
 * Worked: `http.server.request.duration` in s -> `http_server_request_duration_seconds`; the
 * counter `process.network.io` in By -> `process_network_io_bytes_total`.
 */
export function translateMetricName(
  metric: OtelName,
  strategy: TranslationStrategy,
): string | undefined {
  const { name } = metric
  if (!ESCAPES[strategy]) {
    return (SUFFIXES[strategy] ? suffixed(metric) : name) || undefined
  }
  const parts = SUFFIXES[strategy]
    ? escapedWords(metric)
    : name.split(/[^a-zA-Z0-9:_]+/).filter(Boolean)
  const joined = parts.join('_')
  const translated = /^[0-9]/.test(joined) ? `_${joined}` : joined
  return translated === name ? name || undefined : beyondUnderscores(translated)
}

/** The words of a name between anything that is not allowed, with those that are added. */
function escapedWords({ name, unit, type }: OtelName): string[] {
  const words = name.split(/[^a-zA-Z0-9:]+/).filter(Boolean)
  const { main, per } = unitWords(unit)
  const perWord = clean(per).replace(/_$/, '')
  const addsPer = perWord !== '' && perWord !== 'per' && !words.includes(perWord)
  const mainWord = addsPer ? clean(main).replace(/_$/, '') : clean(main)
  const addsMain = mainWord !== '' && !words.includes(clean(main))
  const named = [...words, ...(addsMain ? [mainWord] : []), ...(addsPer ? [perWord] : [])]
  const last = typeWord(unit, type)
  return last === undefined ? named : [...named.filter((word) => word !== last), last]
}

/** Suffixes put to a name that is not escaped: what it already ends in is not put there again. */
function suffixed({ name, unit, type }: OtelName): string {
  const { main, per } = unitWords(unit)
  const last = typeWord(unit, type)
  let text = name
  if (last !== undefined) text = withoutSuffix(text, last)
  if (per !== '') text = withoutSuffix(text, per)
  if (main !== '' && !text.endsWith(main)) text += `_${main}`
  if (per !== '') text += `_${per}`
  return last === undefined ? text : `${text}_${last}`
}

/**
 * Drops a suffix and the character before it, whole: Prometheus drops a byte, which leaves no text
 * where the character has more.
 */
function withoutSuffix(text: string, suffix: string): string {
  if (!text.endsWith(suffix)) return text
  const rest = text.slice(0, text.length - suffix.length).replace(/.$/su, '')
  return rest === '' ? text : rest
}

function typeWord(unit: string, type: TranslatedType): 'total' | 'ratio' | undefined {
  if (type === 'counter') return 'total'
  return type === 'gauge' && unit === '1' ? 'ratio' : undefined
}

/** Worked: `By/s` -> `bytes`, `per_second`; `{request}/s` -> ``, `per_second`. */
function unitWords(unit: string): { main: string; per: string } {
  const slash = unit.indexOf('/')
  const main = wordOf(slash < 0 ? unit : unit.slice(0, slash), UNIT_WORDS)
  const per = slash < 0 ? '' : wordOf(unit.slice(slash + 1), PER_WORDS)
  return { main, per: per === '' ? '' : `per_${per}` }
}

function wordOf(given: string, words: ReadonlyMap<string, string>): string {
  const unit = given.trim()
  return /[{}]/.test(unit) ? '' : (words.get(unit) ?? unit)
}

function clean(unit: string): string {
  return unit
    .replaceAll(/[^a-zA-Z0-9:]/gu, '_')
    .replaceAll(/_{2,}/g, '_')
    .replace(/^_/, '')
}

/**
 * Tells the name of a label in Prometheus. Worked: `http.route` -> `http_route`, `2xx` ->
 * `key_2xx`.
 */
export function translateLabelName(
  name: string,
  strategy: TranslationStrategy,
): string | undefined {
  if (!ESCAPES[strategy]) return beyondUnderscores(name)
  const escaped = name.replaceAll(/[^a-zA-Z0-9]/gu, '_')
  if (/^[0-9]/.test(escaped)) return `key_${escaped}`
  return beyondUnderscores(/^_(?!_)/.test(escaped) ? `key${escaped}` : escaped)
}

function beyondUnderscores(name: string): string | undefined {
  return /[^_]/.test(name) ? name : undefined
}

/**
 * Tells the labels of a point in Prometheus: its attributes and, of its resource, `job` and
 * `instance`. Attributes whose names become one are one label, their values joined with `;` in the
 * order of the names that they had; one without a value is none.
 * Shape: names rise, `__name__` is not among them.
 */
export function translateLabels(
  attributes: readonly NamedValue[],
  resource: readonly NamedValue[],
  strategy: TranslationStrategy,
): NamedValue[] {
  const labels = new Map<string, string>()
  for (const { name, value } of attributes.toSorted(byName)) {
    const translated = translateLabelName(name, strategy)
    if (translated === undefined || value === '') continue
    const before = labels.get(translated)
    labels.set(translated, before === undefined ? value : `${before};${value}`)
  }
  for (const { name, value } of identityLabels(resource)) labels.set(name, value)
  return [...labels].map(([name, value]) => ({ name, value })).toSorted(byName)
}

/** Worked: service.namespace `shop`, service.name `cart` -> job `shop/cart`. */
function identityLabels(resource: readonly NamedValue[]): NamedValue[] {
  const valueOf = (wanted: string) => resource.findLast(({ name }) => name === wanted)?.value ?? ''
  const service = valueOf('service.name')
  const namespace = valueOf('service.namespace')
  const instance = valueOf('service.instance.id')
  const job = service !== '' && namespace !== '' ? `${namespace}/${service}` : service
  return [
    { name: LABELS.job, value: job },
    { name: LABELS.instance, value: instance },
  ].filter(({ value }) => value !== '')
}

function byName(a: NamedValue, b: NamedValue): number {
  if (a.name === b.name) return 0
  return a.name < b.name ? -1 : 1
}

/** Tells which type decides about a metric's suffixes. */
export function translatedType({
  kind,
  monotonic,
}: Pick<MetricMeaning, 'kind' | 'monotonic'>): TranslatedType {
  if (kind === 'gauge') return 'gauge'
  return kind === 'sum' && monotonic ? 'counter' : 'other'
}
