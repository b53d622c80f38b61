import type { Register } from '../command.ts'
import { registerForwarding } from './engine-forwarding.ts'

export const register: Register = (program, context) => {
  const engine = program
    .command('engine')
    .description('distributed engines that tenants are handed over to')
  registerForwarding(engine, context)
}
