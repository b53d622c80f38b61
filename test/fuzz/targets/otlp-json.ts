/** OTLP in JSON: the reader that walks bytes against one by JSON.parse. */
import { isDeepStrictEqual } from 'node:util'
import { otlpJsonToProtobuf } from '../../../src/machinery/wire/otlp-json.ts'
import { oracleOfJson } from '../../machinery/wire/otlp-json-oracle.ts'
import { damaged, otlpJsonText } from '../../machinery/wire/otlp-json-text.ts'
import { told } from '../../machinery/wire/otlp-told.ts'
import { attempt, Disagreement, type FuzzTarget } from '../target.ts'

const ODD_ONE_IN = [0, 0, 100, 15]

export function openTarget(): FuzzTarget {
  return {
    run(prng) {
      const made = otlpJsonText(prng, { oddOneIn: ODD_ONE_IN[prng.below(ODD_ONE_IN.length)]! })
      const text = prng.below(2) === 0 ? Buffer.from(made) : damaged(prng, made)
      const ours = attempt(() => told(otlpJsonToProtobuf(text)))
      const theirs = attempt(() => told(oracleOfJson(text)))
      if ('value' in ours && 'value' in theirs) {
        if (isDeepStrictEqual(ours.value, theirs.value)) return 'accepted'
        throw new Disagreement('other values', text)
      }
      if ('refused' in ours && 'refused' in theirs) return 'rejected'
      const why = 'refused' in ours ? ours.refused : 'read'
      if (why.endsWith('the key stands twice')) return 'differs: a key that stands twice'
      throw new Disagreement(`here: ${why}`, text)
    },
  }
}
