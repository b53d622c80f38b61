/**
 * What the reasons mean under which samples and requests are not counted, and what their sender can
 * do. For people: the words themselves are label values and never change. A reason without a
 * meaning here is shown by its word alone.
 */
export const REASON_MEANINGS: Readonly<Record<string, string>> = {
  'no-tenant-label': 'No label names a tenant, and the key is bound to none.',
  'unknown-tenant': 'The label names a tenant that the registry does not have.',
  'tenant-mismatch': 'The sample names another tenant than the one that its key is bound to.',
  'series-limit': 'There are as many series as memory was planned for.',
  'label-limit': 'The series has too many labels.',
  'labels-too-long': 'The labels of the series are too long.',
  'invalid-labels': 'The labels are not sorted, not unique, empty or not UTF-8.',
  'bucket-limit': 'The histogram has too many buckets.',
  'invalid-histogram': 'The parts of the histogram do not add up.',
  'not-a-number': 'A counter or a bucket is not a number.',
  'negative-counter': 'A counter is negative.',
  'too-far-in-future': 'The time of the sample is more than ten minutes ahead: a clock is wrong.',
  'too-old': 'The time of the sample is too long ago to be booked.',
  'out-of-order': 'A newer sample of the series came before.',
  'duplicate-timestamp':
    'The series had another value at the same time: two senders of one series.',
  overlap: 'The increment covers a time that another one covered already.',
  'native-histogram': 'The native histogram is of a kind that is not counted.',
  'invalid-summary': 'A quantile of the summary is outside of 0..1, or its value below zero.',
  'no-value': 'The data point has no value and does not say that none was recorded.',
  'ha-cluster-limit': 'There are as many clusters of replicas as one tenant may name.',
  'media-type': 'The content type names no protocol that is taken here.',
  encoding: 'The content encoding is none that is taken here.',
  'tenant-header': 'The header that names the tenant holds no tenant id.',
  malformed: 'The body cannot be read.',
  'too-large': 'The body is larger than allowed, as sent or uncompressed.',
  overload: 'Too much is in flight; senders repeat it.',
  'log-write': 'The log cannot be written; senders repeat it.',
  internal: 'A defect. The log of the server has it.',
  aborted: 'The sender broke off within its request.',
  unauthenticated: 'No key, or one that is not known.',
  forbidden: 'The key may not send metrics.',
  method: 'A request by another method than POST.',
  'other-signal': 'Traces or logs: only metrics are taken here.',
}
