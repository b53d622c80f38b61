/**
 * What a request's outcome is told apart by. A probe that succeeded is 2xx, one that failed 5xx.
 */
export const STATUS_CLASSES = ['1xx', '2xx', '3xx', '4xx', '5xx', 'unknown'] as const
export type StatusClass = (typeof STATUS_CLASSES)[number]
