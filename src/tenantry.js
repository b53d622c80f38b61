#!/usr/bin/env node
// Starts Tenantry on Node 24. An older Node hands over to the one that `npm ci` brought along, in a clone, or that lies beside the package.
// The only JavaScript file of src: every Node since 14 has to understand it.
import { spawn } from 'child_process'
import { existsSync } from 'fs'
import { isatty } from 'tty'
import { fileURLToPath } from 'url'

const pathOf = (relative) => fileURLToPath(new URL(relative, import.meta.url))
const program = process.platform === 'win32' ? 'node.exe' : 'node'
const places = ['../node_modules/node/bin/', '../../node/bin/']
const newer = places.map((folder) => pathOf(folder + program)).find(existsSync)

if (parseInt(process.versions.node, 10) >= 24) {
  const installed = /[\\/]node_modules[\\/]/.test(pathOf('.'))
  // Compiled code is kept in the system's folder for temporary files: the next start takes half as long.
  const { enableCompileCache } = await import('module')
  enableCompileCache()
  await import(installed ? '../dist/main.js' : './main.ts')
} else if (newer !== undefined) {
  const child = spawn(newer, process.argv.slice(1), { stdio: 'inherit' })
  // A terminal sends Ctrl-C to both processes; any other sender means the child.
  process.on('SIGINT', () => [0, 1, 2].some(isatty) || child.kill('SIGINT'))
  for (const signal of ['SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal))
  child.on('exit', (code, signal) => {
    if (signal === null) process.exit(code)
    process.removeAllListeners(signal)
    process.kill(process.pid, signal)
  })
} else {
  console.error(`Tenantry needs Node.js 24 or newer; this is ${process.version}.`)
  console.error('In a clone `npm ci` brings one along; elsewhere run `npm install node@24`.')
  process.exit(1)
}
