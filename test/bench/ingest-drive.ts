/**
 * Sends the payloads of the ingest benchmark to one process and measures what they cost it. CPU
 * seconds are those of the receiving process with all its threads, from the first request of round
 * 2 (round 1 makes the series) to the last answer of the first rounds; the later rounds count apart.
 */
import { readFileSync } from 'node:fs'
import { Agent, request as httpRequest } from 'node:http'
import { REMOTE_WRITE, type IngestFormat } from './ingest-formats.ts'
import { INGEST_PAYLOADS, openPayloads, type PayloadOptions } from './payloads.ts'

const FIRST_ROUNDS = 20
/** The rounds after the first ones show what a process costs that has run for a while: code is compiled, heaps have their size. */
const LATER_ROUNDS = 40
export const ROUNDS = FIRST_ROUNDS + LATER_ROUNDS
const CONNECTIONS = 4
const CLOCK_TICKS_PER_SECOND = 100

export const payloadOptions: PayloadOptions = {
  ...INGEST_PAYLOADS,
  startMs: Date.now() - ROUNDS * INGEST_PAYLOADS.stepSeconds * 1_000,
}

export interface Measured {
  readonly samplesPerCpuSecond: number
  /** Of the rounds after the first ones. */
  readonly laterSamplesPerCpuSecond: number
  readonly samplesPerSecond: number
  /** How much of the CPU time the system spent for the process, 0 to 1. */
  readonly systemShare: number
  readonly residentBytes: number
  /** What all counters gained since the first round. */
  readonly gained: number
}

export interface Target {
  /** Without a path. */
  readonly url: string
  readonly pid: number
  readonly headers: Readonly<Record<string, string>>
  /** Called when the series are made, before what is measured. */
  readonly onWarm?: () => Promise<void>
}

export async function drive(
  target: Target,
  format: IngestFormat = REMOTE_WRITE,
): Promise<Measured> {
  const payloads = openPayloads(payloadOptions)
  const agent = openAgent()
  const first = { user: 0, system: 0, samples: 0 }
  const later = { user: 0, system: 0, samples: 0 }
  let wallSeconds = 0
  let gained = 0
  for (let round = 0; round < ROUNDS; round += 1) {
    const made = payloads.nextRound()
    const bodies = format.bodies(made)
    if (round === 1) await target.onWarm?.()
    const cpuBefore = cpuSecondsOf(target.pid)
    const wallBefore = performance.now()
    await sendAll(target, format, agent, bodies)
    gained = made.gained
    if (round === 0) continue
    wallSeconds += (performance.now() - wallBefore) / 1_000
    const spent = round < FIRST_ROUNDS ? first : later
    const cpu = cpuSecondsOf(target.pid)
    spent.user += cpu.user - cpuBefore.user
    spent.system += cpu.system - cpuBefore.system
    spent.samples += made.samples
  }
  agent.destroy()
  const perCpuSecond = ({ user, system, samples }: typeof first): number =>
    samples / (user + system)
  return {
    samplesPerCpuSecond: perCpuSecond(first),
    laterSamplesPerCpuSecond: perCpuSecond(later),
    samplesPerSecond: (first.samples + later.samples) / wallSeconds,
    systemShare:
      (first.system + later.system) / (first.user + later.user + first.system + later.system),
    residentBytes: residentBytesOf(target.pid),
    gained,
  }
}

/** Connections as the payloads are sent over. */
export function openAgent(): Agent {
  return new Agent({ keepAlive: true, maxSockets: CONNECTIONS })
}

export async function sendAll(
  target: Target,
  format: IngestFormat,
  agent: Agent,
  bodies: readonly Buffer[],
): Promise<void> {
  let next = 0
  const worker = async (): Promise<void> => {
    while (next < bodies.length) {
      const body = bodies[next]!
      next += 1
      await sendOne(target, format, agent, body)
    }
  }
  await Promise.all(Array.from({ length: CONNECTIONS }, worker))
}

function sendOne(
  { url, headers }: Target,
  format: IngestFormat,
  agent: Agent,
  body: Buffer,
): Promise<void> {
  return new Promise((done, fail) => {
    const sent = httpRequest(
      `${url}${format.path}`,
      {
        method: 'POST',
        agent,
        headers: { ...format.headers, 'content-length': body.length, ...headers },
      },
      (response) => {
        response.resume()
        response.on('end', () => {
          if ((response.statusCode ?? 500) < 300) done()
          else fail(new Error(`${url}${format.path} answered ${String(response.statusCode)}`))
        })
      },
    )
    sent.on('error', fail)
    sent.end(body)
  })
}

/** User and system time of a process with all its threads. Source: proc(5), fields 14 and 15 of stat. */
export function cpuSecondsOf(pid: number): { user: number; system: number } {
  const stat = readFileSync(`/proc/${String(pid)}/stat`, 'utf8')
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  return {
    user: Number(fields[11]) / CLOCK_TICKS_PER_SECOND,
    system: Number(fields[12]) / CLOCK_TICKS_PER_SECOND,
  }
}

export function residentBytesOf(pid: number): number {
  const status = readFileSync(`/proc/${String(pid)}/status`, 'utf8')
  return Number(/VmRSS:\s+(\d+) kB/.exec(status)?.[1] ?? 0) * 1_024
}
