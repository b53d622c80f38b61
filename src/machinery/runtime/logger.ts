/** The program's own log: one JSON line an event, on stderr. */
import pino from 'pino'
import { isTenantryError } from '../../core/errors.ts'
import type { Clock, Log } from '../../core/ports.ts'
import { isoTime } from '../../core/time.ts'
import { systemClock } from './clock.ts'
import { openLogSink, type LogSink } from './log-sink.ts'
import type { Settings } from './settings.ts'

/** Fields whose values never reach the log, wherever in a line they stand on the first two
 *  levels. */
const SECRET_FIELDS = ['secret', 'authorization', 'password', 'token', 'cookie', 'apiKey']

/** How many causes of an error are written. */
const CAUSES_MAX = 8

/** Opens the log. An `error` or `err` field is written with its code, hint and whole chain of
 *  causes. Lines are written before the call returns, so that a crash loses none, but those that
 *  whoever reads them has no room for. */
export function openLogger(options: {
  level: Settings['logLevel']
  /** What the time of a line is read from. The machine's by default. */
  clock?: Clock
  /** Where lines go instead of stderr. */
  destination?: { write(line: string): void }
}): Log {
  const { level, clock = systemClock(), destination = standardError() } = options
  const logger = pino(
    {
      level,
      base: null,
      timestamp: () => `,"time":"${isoTime(clock.nowMs())}"`,
      formatters: { level: (label) => ({ level: label }) },
      serializers: { error: errorFields, err: errorFields },
      redact: {
        paths: SECRET_FIELDS.flatMap((field) => [field, `*.${field}`]),
        censor: '[secret]',
      },
    },
    destination,
  )
  return logOver(logger)
}

let standard: LogSink | undefined

/** One for all logs, so that lines are whole and in order. */
function standardError(): LogSink {
  if (standard !== undefined) return standard
  const sink = openLogSink({ clock: systemClock() })
  process.on('exit', () => sink.flush())
  standard = sink
  return sink
}

function logOver(logger: pino.Logger): Log {
  return {
    info: (fields, message) => logger.info(fields, message),
    warn: (fields, message) => logger.warn(fields, message),
    error: (fields, message) => logger.error(fields, message),
    child: (fields) => logOver(logger.child(fields)),
  }
}

/** Flattens an error and its causes. A stack is written only for what is a programmer's error. */
function errorFields(error: unknown): unknown {
  if (!(error instanceof Error)) return error
  const causes: string[] = []
  let cause = error.cause
  while (cause instanceof Error && causes.length < CAUSES_MAX) {
    causes.push(cause.message)
    cause = cause.cause
  }
  const chain = causes.length === 0 ? {} : { causes }
  if (!isTenantryError(error)) return { message: error.message, stack: error.stack, ...chain }
  const { code, message, hint, details } = error
  return { code, message, hint, details, ...chain }
}
