import { describe, expect, it } from 'vitest'
import {
  encodeExportResponse,
  encodeStatus,
  STATUS_CODES,
} from '../../../src/machinery/wire/otlp-answer.ts'
import { openOracle } from './oracle.ts'

const response = openOracle('otlp-metrics.proto', 'ExportMetricsServiceResponse')
const status = openOracle('otlp-metrics.proto', 'Status')

describe('encodeExportResponse', () => {
  it('is empty when all was kept', () => {
    expect(encodeExportResponse('protobuf', undefined)).toHaveLength(0)
    expect(Buffer.from(encodeExportResponse('json', undefined)).toString()).toBe('{}')
  })

  it('tells how many points were rejected and why', () => {
    const partial = { rejectedDataPoints: 300, errorMessage: 'too old: 300' }
    expect(response.decode(encodeExportResponse('protobuf', partial))).toEqual({
      partialSuccess: { rejectedDataPoints: '300', errorMessage: 'too old: 300' },
    })
    expect(JSON.parse(Buffer.from(encodeExportResponse('json', partial)).toString())).toEqual({
      partialSuccess: { rejectedDataPoints: '300', errorMessage: 'too old: 300' },
    })
  })
})

describe('encodeStatus', () => {
  it('writes code and message', () => {
    const expected = { code: 3, message: 'truncated varint at byte 5' }
    const { invalidArgument } = STATUS_CODES
    const binary = encodeStatus('protobuf', invalidArgument, expected.message)
    expect(status.decode(binary)).toMatchObject(expected)
    const json = encodeStatus('json', invalidArgument, expected.message)
    expect(JSON.parse(Buffer.from(json).toString())).toEqual(expected)
  })
})
