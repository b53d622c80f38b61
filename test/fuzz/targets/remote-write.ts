/** Remote write 1.0: the reader against protobufjs, and the counts of what is staged. */
import { readWriteRequest } from '../../../src/machinery/wire/remote-write.ts'
import { openOracle } from '../../machinery/wire/oracle.ts'
import { judge } from '../differential.ts'
import { mutated } from '../mutate.ts'
import { encoded, randomMessage } from '../random-message.ts'
import { openStageCheck } from '../stage-check.ts'
import { attempt, attemptOther, type FuzzTarget } from '../target.ts'
import {
  asRead,
  expectedHistogram,
  expectedSample,
  openToldWrite,
  type DecodedWrite,
} from '../told-write.ts'

export function openTarget(): FuzzTarget {
  const { type } = openOracle('remote-write.proto', 'WriteRequest')
  const judged = openOracle('remote-write.proto', 'WriteRequest', asRead)
  const unlabelled = openOracle('remote-write.proto', 'WriteRequest', (definitions) =>
    asRead(definitions).replace('repeated Label labels = 1', 'repeated bytes labels = 1'),
  )
  const stage = openStageCheck((bytes, visitor) => readWriteRequest(bytes, visitor))
  let other: Uint8Array = new Uint8Array(0)
  return {
    run(prng) {
      const sound = encoded(type, randomMessage(prng, type))
      const bytes = prng.below(3) === 0 ? sound : mutated(prng, sound, other)
      other = sound
      const ours = attempt(() => read(bytes))
      const theirs = attemptOther(() => expected(judged.decode(bytes) as unknown as DecodedWrite))
      if ('value' in ours && 'refused' in theirs && canBeRead(() => unlabelled.decode(bytes))) {
        return 'differs: labels of a series without samples'
      }
      const verdict = judge(bytes, judged.type, ours, theirs)
      stage.check(bytes, verdict === 'accepted' && 'value' in ours ? ours.value.length : undefined)
      return verdict
    },
  }
}

function canBeRead(read: () => unknown): boolean {
  return 'value' in attemptOther(read)
}

function read(bytes: Uint8Array): unknown[] {
  const { told, visitor } = openToldWrite()
  readWriteRequest(bytes, visitor)
  return told.points
}

function expected({ timeseries }: DecodedWrite): unknown[] {
  return timeseries.flatMap(({ labels: given, samples, histograms }) => {
    const labels = given.map(({ name = '', value = '' }) => ({ name, value }))
    return [
      ...samples.map((sample) => expectedSample(labels, sample)),
      ...histograms.map((histogram) => [labels, expectedHistogram(histogram)]),
    ]
  })
}
