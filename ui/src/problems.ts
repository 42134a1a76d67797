import type { CodeProblem, FieldProblem } from './backend';
import type { Messages } from './i18n';
import { span } from './i18n/time';

/** What the portal found wrong with a field, in words. */
export function said(problem: FieldProblem, t: Messages): string {
  const words = t.account.problem;
  switch (problem.kind) {
    case 'new_password':
      return words.new_password(problem.unmet.map((rule) => t.account.rule[rule]).join(', '));
    case 'send_refused':
      return words.send_refused(problem.retryAfter === null ? null : span(problem.retryAfter));
    case 'blocked':
      return words.blocked(problem.blockedFor === null ? null : span(problem.blockedFor));
    case 'clock_drift':
      return words.clock_drift(problem.seconds);
    default:
      return words[problem.kind];
  }
}

/** A problem of a code that proves a contact or an app, as the code form knows it; null if it is about something else. */
export function aboutCode(problem: FieldProblem): CodeProblem | null {
  switch (problem.kind) {
    case 'code_rejected':
    case 'not_a_code':
    case 'code_expired':
      return { kind: problem.kind };
    case 'send_refused':
      return { kind: 'send_refused', retryAfter: problem.retryAfter };
    case 'blocked':
      return { kind: 'method_blocked', blockedFor: problem.blockedFor };
    default:
      return null;
  }
}
