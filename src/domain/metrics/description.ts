/**
 * What a series says about itself, read from its stored key: asked at registration, when its tenant
 * is looked up again, and for messages.
 */
import { LABELS } from '../../core/names/labels.ts'
import {
  readAttributes,
  readResourceAttributes,
  readScopeAttributes,
} from '../../machinery/wire/otlp-attributes.ts'
import { readLabels } from '../../machinery/wire/labels.ts'
import { PlainLabels } from '../../machinery/wire/plain-labels.ts'
import { readMetricKey, type MetricMeaning } from './metric-key.ts'
import { labelsEndOf, meaningOf } from './native-key.ts'
import type { LabelReader } from './status-class.ts'

export interface NamedValue {
  readonly name: string
  readonly value: string
}

export interface SeriesDescription {
  readonly contextNumber: number
  readonly name: string
  /** All labels: those of the series, then those of its scope and of its resource. */
  readonly labels: readonly NamedValue[]
  /** How many of them are its own. */
  readonly ownLabels: number
  readonly label: LabelReader
  /** Only of an OTLP series and of native histograms. */
  readonly metric?: MetricMeaning
  /** Of native histograms, which come over remote write. */
  readonly isNative?: true
  /** Only where a remote-write series has plain labels: the same ones, not made strings. */
  readonly plain?: PlainLabels
}

const plain = new PlainLabels()

/**
 * Describes a remote-write series that is about to be taken in, as long as its bytes hold and until
 * the next call. Plain labels become strings only where somebody asks for them. Throws WireError.
 */
export function describeNewLabels(
  contextNumber: number,
  bytes: Uint8Array,
  start: number,
  end: number,
): SeriesDescription {
  return plain.read(bytes, start, end)
    ? new PlainDescription(contextNumber, bytes, start, end)
    : describeLabels(contextNumber, bytes, start, end)
}

/** A class, because an object with a getter of its own costs a microsecond to make. */
class PlainDescription implements SeriesDescription {
  readonly contextNumber: number
  readonly name = plain.value(LABELS.name) ?? ''
  readonly ownLabels = plain.count
  readonly plain = plain
  readonly label = valueOfPlain
  readonly #bytes: Uint8Array
  readonly #start: number
  readonly #end: number

  constructor(contextNumber: number, bytes: Uint8Array, start: number, end: number) {
    this.contextNumber = contextNumber
    this.#bytes = bytes
    this.#start = start
    this.#end = end
  }

  get labels(): readonly NamedValue[] {
    return readLabels(this.#bytes, this.#start, this.#end)
  }
}

function valueOfPlain(name: string): string | undefined {
  return plain.value(name)
}

/** Describes a remote-write series. Throws WireError. */
export function describeLabels(
  contextNumber: number,
  bytes: Uint8Array,
  start: number,
  end: number,
): SeriesDescription {
  const labels = readLabels(bytes, start, end)
  const label = readerOf(labels)
  return {
    contextNumber,
    name: label(LABELS.name) ?? '',
    labels,
    ownLabels: labels.length,
    label,
  }
}

/** Describes a series of native histograms. Throws WireError. */
export function describeNative(contextNumber: number, key: Uint8Array): SeriesDescription {
  const labelsEnd = labelsEndOf(key)
  const plain = describeLabels(contextNumber, key, 0, labelsEnd)
  return { ...plain, metric: meaningOf(key, labelsEnd, plain.name), isNative: true }
}

/** The bytes that an OTLP series is recognised by, from the outside in. */
export interface OtlpPlace {
  readonly contextNumber: number
  /** The number of the resource, or -1 while no series of it is known. */
  readonly resource: number
  readonly resourceBytes: Uint8Array
  readonly metricKey: Uint8Array
}

/** Describes an OTLP series. Throws WireError. */
export function describeAttributes(
  { contextNumber, resourceBytes, metricKey }: OtlpPlace,
  bytes: Uint8Array,
  start: number,
  end: number,
): SeriesDescription {
  const own = readAttributes(bytes, start, end).map(named)
  const shared = readResourceAttributes(resourceBytes, 0, resourceBytes.length).map(named)
  const metric = readMetricKey(metricKey)
  const ofScope = readScopeAttributes(metric.scope, 0, metric.scope.length).map(named)
  const labels = [...own, ...ofScope, ...shared]
  return {
    contextNumber,
    name: metric.name,
    labels,
    ownLabels: own.length,
    label: readerOf(labels),
    metric,
  }
}

/**
 * Writes a series for a person: name and its first labels. Worked: `http_requests_total{code="500",
 * job="api"}`.
 */
export function seriesText({ name, labels }: SeriesDescription): string {
  const shown = labels.filter((label) => label.name !== LABELS.name).slice(0, SHOWN_LABELS)
  const texts = shown.map((label) => `${label.name}=${JSON.stringify(cut(label.value))}`)
  return `${cut(name)}{${texts.join(', ')}${labels.length > SHOWN_LABELS + 1 ? ', …' : ''}}`
}

const SHOWN_LABELS = 6
const SHOWN_CHARACTERS = 80

function cut(text: string): string {
  return text.length > SHOWN_CHARACTERS ? `${text.slice(0, SHOWN_CHARACTERS)}…` : text
}

function named({ key, value }: { key: string; value: string }): NamedValue {
  return { name: key, value }
}

function readerOf(labels: readonly NamedValue[]): LabelReader {
  return (name) => {
    for (const label of labels) if (label.name === name) return label.value
    return undefined
  }
}
