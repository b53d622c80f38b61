/**
 * Remote write 2.0: the reader against protobufjs and a plain resolution of symbols, and the counts
 * of what is staged.
 */
import { readWriteRequest2 } from '../../../src/machinery/wire/remote-write-2.ts'
import type { Prng } from '../../../src/core/prng.ts'
import { openOracle } from '../../machinery/wire/oracle.ts'
import { judge } from '../differential.ts'
import { mutated } from '../mutate.ts'
import { encoded, randomMessage } from '../random-message.ts'
import { openStageCheck } from '../stage-check.ts'
import { attempt, attemptOther, type FuzzTarget } from '../target.ts'
import {
  asBits,
  expectedHistogram,
  expectedSample,
  openToldWrite,
  type DecodedHistogram,
  type DecodedSample,
  type ToldWrite,
} from '../told-write.ts'

interface Decoded {
  readonly symbols: string[]
  readonly timeseries: DecodedSeries[]
}
interface DecodedSeries {
  readonly labelsRefs: number[]
  readonly samples: DecodedSample[]
  readonly histograms: DecodedHistogram[]
  readonly exemplars: { readonly labelsRefs: number[] }[]
  readonly metadata?: { readonly helpRef?: number; readonly unitRef?: number }
  readonly createdTimestamp?: string
}

export function openTarget(): FuzzTarget {
  const { type } = openOracle('remote-write-2.proto', 'Request')
  const oracle = openOracle('remote-write-2.proto', 'Request', asBits)
  const pointless = openOracle('remote-write-2.proto', 'Request', (definitions) =>
    definitions.replaceAll(/(?:Sample (?=samples)|Histogram (?=histograms))/g, 'bytes '),
  )
  const stage = openStageCheck((bytes, visitor) => readWriteRequest2(bytes, visitor))
  let other: Uint8Array = new Uint8Array(0)
  return {
    run(prng) {
      const sound = encoded(type, withNearRefs(prng, randomMessage(prng, type)))
      const bytes = prng.below(3) === 0 ? sound : mutated(prng, sound, other)
      other = sound
      const ours = attempt(() => read(bytes))
      const theirs = attemptOther(() => expected(oracle.decode(bytes) as unknown as Decoded))
      if ('refused' in ours && 'value' in theirs) {
        const rule = RULES.find(({ message }) => ours.refused.includes(message))
        if (rule !== undefined) return `differs: ${rule.name}`
      }
      if ('value' in ours && 'refused' in theirs && ours.value.refused.length > 0) {
        const withoutPoints = attemptOther(() => pointless.decode(bytes))
        if ('value' in withoutPoints) return 'differs: points of a series that is refused'
      }
      const verdict = judge(bytes, type, ours, theirs)
      stage.check(bytes, verdict === 'accepted' && 'value' in ours ? sent(ours.value) : undefined)
      return verdict
    },
  }
}

/** What the specification asks of a request beyond its being one. */
const RULES = [
  { message: ' is reserved at ', name: 'a reserved field' },
  { message: 'the first symbol is not empty', name: 'a first symbol that is not empty' },
] as const

/** References of random size name no symbol: most are brought into the table. */
function withNearRefs(prng: Prng, message: Record<string, unknown>): Record<string, unknown> {
  const symbols = (message['symbols'] as string[] | undefined) ?? []
  const near = (refs: unknown): number[] | undefined =>
    (refs as number[] | undefined)?.flatMap((ref) => [
      prng.below(40) === 0 ? ref : ref % (symbols.length + 1),
      prng.below(symbols.length + 1),
    ])
  const series = (message['timeseries'] as Record<string, unknown>[] | undefined) ?? []
  for (const one of series) {
    one['labelsRefs'] = near(one['labelsRefs'])
    const exemplars = (one['exemplars'] as Record<string, unknown>[] | undefined) ?? []
    for (const exemplar of exemplars) exemplar['labelsRefs'] = near(exemplar['labelsRefs'])
  }
  message['symbols'] = ['', ...symbols]
  return message
}

function read(bytes: Uint8Array): ToldWrite {
  const { told, visitor } = openToldWrite()
  readWriteRequest2(bytes, visitor)
  return told
}

function sent({ points, refused }: ToldWrite): number {
  return refused.reduce((sum, counts) => sum + counts[0]! + counts[1]!, points.length)
}

function expected({ symbols, timeseries }: Decoded): ToldWrite {
  const all: ToldWrite = { points: [], refused: [], exemplars: 0, badExemplars: 0 }
  for (const series of timeseries) expectSeries(all, symbols, series)
  return all
}

function expectSeries(all: ToldWrite, symbols: readonly string[], series: DecodedSeries): void {
  const { labelsRefs, samples, histograms, exemplars, metadata } = series
  const isKnown = (ref: number) => ref < symbols.length
  const isSound = (refs: readonly number[]) => refs.length % 2 === 0 && refs.every(isKnown)
  const sound = exemplars.filter((exemplar) => isSound(exemplar.labelsRefs)).length
  all.badExemplars += exemplars.length - sound
  const { helpRef = 0, unitRef = 0 } = metadata ?? {}
  const knownText = (ref: number) => ref === 0 || isKnown(ref)
  if (!isSound(labelsRefs) || !knownText(helpRef) || !knownText(unitRef)) {
    all.refused.push([samples.length, histograms.length])
    return
  }
  const createdMs = Number(series.createdTimestamp ?? 0)
  const labels = Array.from({ length: labelsRefs.length / 2 }, (_, index) => ({
    name: symbols[labelsRefs[2 * index]!]!,
    value: symbols[labelsRefs[2 * index + 1]!]!,
  }))
  for (const sample of samples) all.points.push(expectedSample(labels, sample, createdMs))
  for (const histogram of histograms) {
    all.points.push([labels, expectedHistogram(histogram, createdMs)])
  }
  all.exemplars += sound
}
