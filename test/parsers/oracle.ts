/** A parser in another language as a long-lived child process: one JSON line in, one out. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'

/** An exposition as read by an oracle, or why not. */
export interface OracleAnswer {
  readonly error?: string
  readonly samples?: readonly OracleSample[]
}

export type OracleSample = readonly [
  type: string,
  family: string,
  name: string,
  labels: Readonly<Record<string, string>>,
  value: string,
  seconds: string | null,
  exemplar:
    | readonly [Readonly<Record<string, string>>, value: string, seconds: string | null]
    | null,
]

export interface Oracle {
  /** Asks about bodies, all at once. Shape: an answer each, in the same order. */
  ask(bodies: readonly string[]): Promise<OracleAnswer[]>
  stop(): Promise<void>
}

/** Starts a program that answers line by line. Rejects what is under way when it ends. */
export function openOracle(program: string, commandLine: readonly string[]): Oracle {
  const child = spawn(program, commandLine, { stdio: ['pipe', 'pipe', 'inherit'] })
  const ended = once(child, 'exit')
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]()
  return {
    async ask(bodies) {
      child.stdin.write(bodies.map((body) => `${JSON.stringify({ body })}\n`).join(''))
      const answers: OracleAnswer[] = []
      for (const body of bodies) {
        const { value, done } = await lines.next()
        if (done === true) throw new Error(`the oracle ended at ${JSON.stringify(body)}`)
        answers.push(JSON.parse(value) as OracleAnswer)
      }
      return answers
    },
    async stop() {
      child.stdin.end()
      await ended
    },
  }
}
