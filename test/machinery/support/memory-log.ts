import type { Log } from '../../../src/core/ports.ts'

export interface LoggedLine {
  readonly level: 'info' | 'warn' | 'error'
  readonly fields: Readonly<Record<string, unknown>>
  readonly message: string
}

/** Opens a log that a test can read. */
export function memoryLog(lines: LoggedLine[] = []): Log & { readonly lines: LoggedLine[] } {
  const at =
    (level: LoggedLine['level']): Log['info'] =>
    (fields, message) =>
      void lines.push({ level, fields, message })
  return {
    lines,
    info: at('info'),
    warn: at('warn'),
    error: at('error'),
    child: () => memoryLog(lines),
  }
}
