import { expect, it } from 'vitest'
import { releaseBytes } from '../../../src/machinery/runtime/release-bytes.ts'

it('empties bytes that are all of their memory, and no others', () => {
  const whole = new Uint8Array(2_048)
  releaseBytes(whole)
  expect(whole.length).toBe(0)
  const shared = new Uint8Array(4_096)
  releaseBytes(shared.subarray(0, 2_048))
  releaseBytes(shared.subarray(2_048))
  expect(shared.length).toBe(4_096)
})
