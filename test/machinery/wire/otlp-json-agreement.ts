/** Compares the reader of OTLP/JSON with the one by JSON.parse: what is refused, what is read. */
import { expect } from 'vitest'
import { otlpJsonToProtobuf } from '../../../src/machinery/wire/otlp-json.ts'
import { WireError } from '../../../src/machinery/wire/wire-error.ts'
import { oracleOfJson } from './otlp-json-oracle.ts'
import { told, type ToldMetric } from './otlp-told.ts'

/** Tells whether the text was read. Only a key that stands twice is refused by one reader alone. */
export function expectAgreement(text: Uint8Array): boolean {
  const ours = readBy(otlpJsonToProtobuf, text)
  if (typeof ours === 'string' && ours.endsWith('the key stands twice')) return false
  const theirs = readBy(oracleOfJson, text)
  if (typeof ours === 'string' || typeof theirs === 'string') {
    expect([typeof ours, text.toString()]).toEqual([typeof theirs, text.toString()])
    return false
  }
  expect(ours).toEqual(theirs)
  return true
}

function readBy(read: (text: Uint8Array) => Uint8Array, text: Uint8Array): ToldMetric[] | string {
  try {
    return told(read(text))
  } catch (error) {
    if (error instanceof WireError) return error.message
    throw error
  }
}
