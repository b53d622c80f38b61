/**
 * Brings OpenSLO v1alpha and v2alpha into the shape of v1. Pure; what is not as expected stays as
 * it is, for the schema of v1 to refuse.
 */
import { compact, type JsonObject } from './format.ts'
import { isObject, shownText } from './source-document.ts'

export const OPENSLO_VERSIONS = [
  'openslo/v1',
  'openslo.com/v1',
  'openslo/v1alpha',
  'openslo.com/v2alpha',
] as const

/** Turns an object of any version into one of v1. */
export function asV1(object: JsonObject): JsonObject {
  const spec = isObject(object['spec']) ? object['spec'] : {}
  const { kind } = object
  const whole = { ...object, apiVersion: 'openslo/v1' }
  switch (object['apiVersion']) {
    case 'openslo/v1alpha':
      return kind === 'SLO' ? { ...whole, spec: fromV1Alpha(spec) } : whole
    case 'openslo.com/v2alpha':
      return { ...whole, spec: fromV2Alpha(shownText(kind), spec) }
    default:
      return whole
  }
}

const UNIT_LETTERS: Readonly<Record<string, string>> = {
  Minute: 'm',
  Hour: 'h',
  Day: 'd',
  Week: 'w',
  Month: 'M',
  Quarter: 'Q',
  Year: 'Y',
}

function fromV1Alpha({ timeWindows, indicator, objectives, ...rest }: JsonObject): JsonObject {
  const threshold = isObject(indicator) ? indicator['thresholdMetric'] : undefined
  const ratios = listOf(objectives).map((objective) => objective['ratioMetrics'])
  const ratio = ratios.find(isObject)
  const isRatio = threshold === undefined && ratio !== undefined
  const sli = isRatio
    ? { ratioMetric: ratioOf(ratio) }
    : { thresholdMetric: { metricSource: sourceOf(threshold) } }
  return compact({
    ...rest,
    indicator: indicator === undefined && ratio === undefined ? undefined : { spec: sli },
    timeWindow: Array.isArray(timeWindows)
      ? listOf(timeWindows).map(({ unit, count, ...window }) => {
          const duration = `${shownText(count)}${UNIT_LETTERS[shownText(unit)] ?? shownText(unit)}`
          return { duration, ...window }
        })
      : undefined,
    objectives: Array.isArray(objectives)
      ? listOf(objectives).map(({ ratioMetrics: _, value, op, ...objective }) =>
          // With a ratio, `value` says nothing: the share that is asked for is `target`.
          isRatio ? objective : compact({ ...objective, value, op }),
        )
      : objectives,
  })
}

function ratioOf({ incremental, ...parts }: JsonObject): JsonObject {
  const sources = Object.entries(parts).map(([part, source]) => [
    part,
    { metricSource: sourceOf(source) },
  ])
  return compact({ counter: incremental, ...Object.fromEntries(sources) })
}

function sourceOf(metric: unknown): unknown {
  if (!isObject(metric)) return metric
  const { source, ...spec } = metric
  return compact({ type: source, spec })
}

function fromV2Alpha(kind: string, spec: JsonObject): JsonObject {
  if (kind === 'SLI') return sliOf(spec)
  if (kind !== 'SLO') return spec
  const { serviceRef, sli, sliRef, objectives, ...rest } = spec
  return compact({
    ...rest,
    service: serviceRef,
    ...indicatorOf(sli, sliRef),
    objectives: Array.isArray(objectives)
      ? listOf(objectives).map(({ sli: own, sliRef: ownRef, ...objective }) =>
          compact({ ...objective, ...indicatorOf(own, ownRef) }),
        )
      : objectives,
  })
}

function indicatorOf(sli: unknown, sliRef: unknown): JsonObject {
  const indicator =
    isObject(sli) && isObject(sli['spec']) ? { ...sli, spec: sliOf(sli['spec']) } : sli
  return { indicator, indicatorRef: sliRef }
}

function sliOf({ thresholdMetric, ratioMetric, ...rest }: JsonObject): JsonObject {
  const ratio = isObject(ratioMetric)
    ? Object.fromEntries(
        Object.entries(ratioMetric).map(([part, value]) => [
          part,
          isObject(value) ? { metricSource: dataSourceOf(value) } : value,
        ]),
      )
    : ratioMetric
  const threshold = isObject(thresholdMetric)
    ? { metricSource: dataSourceOf(thresholdMetric) }
    : thresholdMetric
  return compact({ ...rest, thresholdMetric: threshold, ratioMetric: ratio })
}

function dataSourceOf({ dataSourceRef, dataSourceSpec, spec }: JsonObject): JsonObject {
  const type = isObject(dataSourceSpec) ? dataSourceSpec['type'] : undefined
  return compact({ metricSourceRef: dataSourceRef, type, spec })
}

function listOf(value: unknown): JsonObject[] {
  return Array.isArray(value) ? value.filter(isObject) : []
}
