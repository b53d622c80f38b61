/** Assembles the WebAssembly texts of `src/machinery/wasm` into the base64 that stands beside them. */
import { readdirSync, readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import openWabt from 'wabt'

const FOLDER = resolve(import.meta.dirname, '../../src/machinery/wasm')
const FEATURES = { threads: true, simd: true, bulk_memory: true }
const LINE = 90

/** Lists the texts and the file that each is written to. */
export function assemblyFiles(): { readonly text: string; readonly code: string }[] {
  return readdirSync(FOLDER)
    .filter((name) => name.endsWith('.wat'))
    .map((name) => ({
      text: join(FOLDER, name),
      code: join(FOLDER, name.replace(/\.wat$/, '.code.ts')),
    }))
}

/** Tells what the file beside a text must hold. */
export async function assembled(path: string): Promise<string> {
  const wabt = await openWabt()
  const name = path.slice(path.lastIndexOf('/') + 1)
  const module = wabt.parseWat(name, readFileSync(path, 'utf8'), FEATURES)
  module.resolveNames()
  const code = Buffer.from(module.toBinary({}).buffer).toString('base64')
  const lines = code.match(new RegExp(`.{1,${LINE}}`, 'g')) ?? []
  const constant = name
    .replace(/\.wat$/, '')
    .replaceAll('-', '_')
    .toUpperCase()
  return [
    `/** What \`${name}\` assembles to, in base64. Written by \`npm run golden\`. */`,
    `export const ${constant}_CODE =`,
    `${lines.map((line) => `  '${line}'`).join(' +\n')}\n`,
  ].join('\n')
}
