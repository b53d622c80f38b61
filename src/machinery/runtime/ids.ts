import { randomBytes } from 'node:crypto'

/** Makes an unguessable token from the system's secure source, as base64url text. Units: bytes
 *  of randomness, 4 characters for 3. */
export function randomToken(bytes: number): string {
  return randomBytes(bytes).toString('base64url')
}
