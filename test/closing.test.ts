import { describe, expect, it } from 'vitest'
import { openClosing } from '../src/closing.ts'

describe('closing', () => {
  it('closes the latest first, each once, and waits for each', async () => {
    const closed: string[] = []
    const closing = openClosing()
    closing.add(() => void closed.push('lock'))
    closing.add(async () => {
      await Promise.resolve()
      closed.push('database')
    })
    closing.add(() => void closed.push('log'))
    await closing.close()
    await closing.close()
    expect(closed).toEqual(['log', 'database', 'lock'])
  })

  it('closes the others when one fails, and tells the first failure', async () => {
    const closed: string[] = []
    const closing = openClosing()
    closing.add(() => void closed.push('lock'))
    closing.add(() => {
      throw new Error('later')
    })
    closing.add(() => Promise.reject(new Error('first')))
    await expect(closing.close()).rejects.toThrow('first')
    expect(closed).toEqual(['lock'])
  })
})
