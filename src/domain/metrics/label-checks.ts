/** Says what is wrong with the labels of a new series, or nothing. Pure. */
import { LABELS } from '../../core/names/labels.ts'
import type { NamedValue, SeriesDescription } from './description.ts'
import type { DiscardReason } from './reasons.ts'
import type { LabelLimits } from './ruling.ts'

export interface Refusal {
  readonly reason: DiscardReason
  /** What a person has to know, with the limit and its value where there is one. */
  readonly text: string
}

export function checkLabels(
  description: SeriesDescription,
  limits: LabelLimits,
): Refusal | undefined {
  if (isPlainWithin(description, limits)) return undefined
  const { name, labels, metric } = description
  if (name === '') {
    const what = metric === undefined ? `no label ${LABELS.name}` : 'no metric name'
    return { reason: 'invalid-labels', text: what }
  }
  if (labels.length > limits.labelsPerSeries) {
    const limit = limits.labelsPerSeries
    const text = `${labels.length} labels, over the limit labelsPerSeries of ${limit}`
    return { reason: 'label-limit', text }
  }
  for (const label of labels) {
    const refusal = checkLabel(label, limits)
    if (refusal !== undefined) return refusal
  }
  return metric === undefined ? checkUnique(labels) : undefined
}

/** Plain labels are in order; their sizes are known without reading them. */
function isPlainWithin({ name, plain }: SeriesDescription, limits: LabelLimits): boolean {
  return (
    plain !== undefined &&
    name !== '' &&
    plain.count <= limits.labelsPerSeries &&
    plain.longestName <= limits.labelNameBytes &&
    plain.longestValue <= limits.labelValueBytes
  )
}

function checkLabel({ name, value }: NamedValue, limits: LabelLimits): Refusal | undefined {
  if (name === '') return { reason: 'invalid-labels', text: 'a label without a name' }
  if (isLonger(name, limits.labelNameBytes)) {
    const text = `a label name over the limit labelNameBytes of ${limits.labelNameBytes}`
    return { reason: 'labels-too-long', text }
  }
  if (!isLonger(value, limits.labelValueBytes)) return undefined
  const text = `label ${name} over the limit labelValueBytes of ${limits.labelValueBytes}`
  return { reason: 'labels-too-long', text }
}

/** A character of a string is at most three bytes of UTF-8: short texts need no counting. */
function isLonger(text: string, bytes: number): boolean {
  return 3 * text.length > bytes && Buffer.byteLength(text) > bytes
}

/** A point's attribute may repeat one of its resource; in remote write a name twice is an error. */
function checkUnique(labels: readonly NamedValue[]): Refusal | undefined {
  const rises = labels.every(({ name }, index) => index === 0 || labels[index - 1]!.name < name)
  if (rises) return undefined
  const seen = new Set<string>()
  for (const { name } of labels) {
    if (seen.has(name)) return { reason: 'invalid-labels', text: `label ${name} twice` }
    seen.add(name)
  }
  return undefined
}
