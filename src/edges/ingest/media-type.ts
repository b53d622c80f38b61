/** Reads the two headers that say what a body is. */
import { MIMEType } from 'node:util'

/** Reads a Content-Type with its parameters. Undefined when it is none. */
export function readMediaType(header: string): MIMEType | undefined {
  try {
    return new MIMEType(header)
  } catch {
    return undefined
  }
}

/** Reads a Content-Encoding. Absent and empty mean `identity`. */
export function readContentEncoding(header: string | undefined): string {
  const encoding = header?.trim().toLowerCase() ?? ''
  return encoding === '' ? 'identity' : encoding
}
