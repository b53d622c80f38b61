/**
 * The signature of Standard Webhooks 1.0.0, symmetric form: HMAC-SHA256 over `id.timestamp.body`,
 * written `v1,<base64>`. During a change of secrets a delivery carries one signature for each,
 * separated by a space.
 */
import { createHmac } from 'node:crypto'

const SECRET_PREFIX = 'whsec_'
const SECRET_BYTES = { least: 24, most: 64 }

/** Reads a secret: base64 of 24 to 64 bytes, with or without `whsec_`. Null when it is none. */
export function readSecret(text: string): Buffer | null {
  const base64 = text.startsWith(SECRET_PREFIX) ? text.slice(SECRET_PREFIX.length) : text
  if (!/^[A-Za-z0-9+/]+={0,2}$/.test(base64)) return null
  const key = Buffer.from(base64, 'base64')
  return key.length >= SECRET_BYTES.least && key.length <= SECRET_BYTES.most ? key : null
}

/** Signs a delivery. Units: seconds since the epoch, of the attempt. Worked: secret
 *  whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw, id msg_p5jXN8AQM9LWM0D4loKWxJek, 1614265330, `{"test":
 *  2432232314}` -> v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE= */
export function signatureOf(
  keys: readonly Buffer[],
  id: string,
  timestampSeconds: number,
  body: string,
): string {
  const signed = `${id}.${String(timestampSeconds)}.${body}`
  return keys
    .map((key) => `v1,${createHmac('sha256', key).update(signed).digest('base64')}`)
    .join(' ')
}
