import { describe, expect, it } from 'vitest'
import { readSecret, signatureOf } from '../../../../src/domain/routing/channels/signature.ts'

const SECRET = 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw'
const ID = 'msg_p5jXN8AQM9LWM0D4loKWxJek'
const BODY = '{"test": 2432232314}'
const SIGNATURE = 'v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE='

describe('signatureOf', () => {
  it('gives the signature that Standard Webhooks publishes as its test vector', () => {
    const key = readSecret(SECRET)
    expect(key).not.toBeNull()
    expect(signatureOf(key === null ? [] : [key], ID, 1_614_265_330, BODY)).toBe(SIGNATURE)
  })

  it('gives one signature for each secret while they change', () => {
    const old = readSecret(SECRET)
    const next = readSecret('whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD')
    if (old === null || next === null) throw new Error('both are secrets')
    const signatures = signatureOf([next, old], ID, 1_614_265_330, BODY).split(' ')
    expect(signatures).toHaveLength(2)
    expect(signatures[1]).toBe(SIGNATURE)
  })
})

describe('readSecret', () => {
  it('refuses what is too short, too long or not base64', () => {
    expect(readSecret('whsec_c2hvcnQ=')).toBeNull()
    expect(readSecret(`whsec_${Buffer.alloc(65).toString('base64')}`)).toBeNull()
    expect(readSecret('whsec_not base64 at all, and long enough')).toBeNull()
    expect(readSecret('')).toBeNull()
  })
})
