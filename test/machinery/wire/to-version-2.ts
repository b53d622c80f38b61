/** Says in a remote-write 2.0 request what a 1.0 request says, as a sender of both versions would. */
import { openProtoWriter } from '../../../src/machinery/wire/encode.ts'
import { readLabels } from '../../../src/machinery/wire/labels.ts'
import { readWriteRequest } from '../../../src/machinery/wire/remote-write.ts'

interface Sample {
  readonly bits: number | bigint
  readonly timestampMs: number
}

const STALE_BITS = 0x7ff0_0000_0000_0002n

export function toVersion2(message: Uint8Array): Uint8Array {
  const symbols = new Map([['', 0]])
  const series: { refs: number[]; samples: Sample[] }[] = []
  const refOf = (text: string): number => {
    const known = symbols.get(text)
    if (known === undefined) symbols.set(text, symbols.size)
    return known ?? symbols.size - 1
  }
  readWriteRequest(message, {
    series(bytes, start, end) {
      const labels = readLabels(bytes, start, end)
      const refs = labels.flatMap(({ name, value }) => [refOf(name), refOf(value)])
      series.push({ refs, samples: [] })
    },
    sample: (value, timestampMs) => series.at(-1)?.samples.push({ bits: value, timestampMs }),
    sampleSince: () => undefined,
    stale: (timestampMs) => series.at(-1)?.samples.push({ bits: STALE_BITS, timestampMs }),
    nativeHistogram: () => undefined,
  })
  const writer = openProtoWriter()
  for (const symbol of symbols.keys()) writer.text(4, symbol)
  for (const { refs, samples } of series) {
    writer.message(5, () => {
      writer.bytes(1, varints(refs))
      for (const { bits, timestampMs } of samples) {
        writer.message(2, () => {
          if (typeof bits === 'bigint') writer.fixed64(1, bits)
          else writer.double(1, bits)
          writer.varint(2, timestampMs)
        })
      }
      writer.message(5, () => writer.varint(1, 1))
    })
  }
  return writer.take()
}

/** Encodes a packed field's content. */
export function varints(values: readonly number[]): Uint8Array {
  const bytes: number[] = []
  for (const value of values) {
    let rest = value
    for (; rest >= 0x80; rest = Math.floor(rest / 0x80)) bytes.push((rest % 0x80) | 0x80)
    bytes.push(rest)
  }
  return Uint8Array.from(bytes)
}
