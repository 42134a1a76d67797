import type { FailureCode } from './backend';

export type Severity = 'info' | 'warning' | 'danger';
/** The action proposed when sending the same answer again makes no sense. */
export type NextAction = 'dismiss' | 'restart' | 'change_portal';

/** The one table of failures; its words are in the message files, under the same codes. */
export const failures: Record<FailureCode, { severity: Severity; next: NextAction }> = {
  portal_unreachable: { severity: 'warning', next: 'dismiss' },
  certificate_rejected: { severity: 'danger', next: 'change_portal' },
  proxy_refused: { severity: 'warning', next: 'dismiss' },
  portal_busy: { severity: 'warning', next: 'dismiss' },
  slow_down: { severity: 'warning', next: 'dismiss' },
  unexpected_answer: { severity: 'danger', next: 'restart' },
  wrong_issuer: { severity: 'danger', next: 'change_portal' },
  session_expired: { severity: 'info', next: 'restart' },
  signed_out_by_portal: { severity: 'info', next: 'restart' },
  handover_incomplete: { severity: 'danger', next: 'restart' },
  old_key_remains: { severity: 'warning', next: 'dismiss' },
  keyring_unavailable: { severity: 'warning', next: 'dismiss' },
  data_folder: { severity: 'warning', next: 'dismiss' },
  portal_not_supported: { severity: 'warning', next: 'change_portal' },
  request_refused: { severity: 'danger', next: 'restart' },
  out_of_step: { severity: 'info', next: 'dismiss' },
  internal: { severity: 'danger', next: 'dismiss' },
};
