/**
 * OTLP in protobuf: the reader against protobufjs, and the counts of what is staged against the
 * points that protobufjs finds.
 */
import type { Prng } from '../../../src/core/prng.ts'
import { readExportMetrics } from '../../../src/machinery/wire/otlp.ts'
import { openOracle } from '../../machinery/wire/oracle.ts'
import { EXPORT_REQUEST, expectedMetrics } from '../../machinery/wire/otlp-expected.ts'
import { told } from '../../machinery/wire/otlp-told.ts'
import { judge } from '../differential.ts'
import { mutated } from '../mutate.ts'
import { encoded, randomMessage } from '../random-message.ts'
import { openStageCheck } from '../stage-check.ts'
import { attempt, attemptOther, type FuzzTarget } from '../target.ts'

export function openTarget(): FuzzTarget {
  const { type } = openOracle('otlp-metrics.proto', 'ExportMetricsServiceRequest')
  const stage = openStageCheck((bytes, visitor) => readExportMetrics(bytes, visitor))
  let other: Uint8Array = new Uint8Array(0)
  return {
    run(prng: Prng) {
      const sound = encoded(type, randomMessage(prng, type))
      const bytes = prng.below(3) === 0 ? sound : mutated(prng, sound, other)
      other = sound
      const ours = attempt(() => told(bytes).map(({ scope: _, ...rest }) => rest))
      const theirs = attemptOther(() => expectedMetrics(bytes))
      const verdict = judge(bytes, EXPORT_REQUEST, ours, theirs)
      const points =
        'value' in ours ? ours.value.map((one) => one.points.length + one.valueless) : []
      stage.check(bytes, verdict === 'accepted' ? sum(points) : undefined)
      return verdict
    },
  }
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0)
}
