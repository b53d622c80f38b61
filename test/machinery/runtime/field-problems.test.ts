import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { fieldProblems } from '../../../src/machinery/runtime/field-problems.ts'

function said(schema: z.ZodType, input: unknown): string[] {
  const parsed = schema.safeParse(input)
  if (parsed.success) return []
  return fieldProblems(parsed.error, input).map(({ field, message }) => `${field}: ${message}`)
}

describe('field problems', () => {
  it.each([
    [z.object({ a: z.string() }), {}, 'a: is missing; expected a string'],
    [z.object({ a: z.int() }), { a: 1.5 }, 'a: expected a whole number, not 1.5'],
    [z.object({ a: z.number() }), { a: null }, 'a: expected a number, not null'],
    [z.object({ a: z.array(z.string()) }), { a: {} }, 'a: expected a list, not an object'],
    [z.object({ a: z.array(z.string()) }), { a: ['x', 1] }, 'a.1: expected a string, not 1'],
    [
      z.object({ a: z.array(z.string()).max(1) }),
      { a: ['x', 'y'] },
      'a: expected at most 1 entries, not 2',
    ],
    [z.object({ a: z.string().min(3) }), { a: 'x' }, 'a: expected at least 3 characters, not 1'],
    [z.object({ a: z.number().max(3) }), { a: 4 }, 'a: expected at most 3, not 4'],
    [z.object({ a: z.enum(['x', 'y', 'z']) }), { a: 'w' }, 'a: expected x, y or z, not "w"'],
    [z.object({ a: z.literal('x') }), {}, 'a: is missing; expected x'],
    [z.strictObject({ a: z.strictObject({}) }), { a: { b: 1 } }, 'a.b: there is no such field'],
    [z.string(), [], ': expected a string, not a list'],
    [z.string().regex(/x/, 'expected an x'), 'y', ': expected an x'],
    [z.number(), 'y'.repeat(99), `: expected a number, not "${'y'.repeat(58)}…`],
  ])('%#', (schema, input, expected) => {
    expect(said(schema, input)).toEqual([expected])
  })
})
