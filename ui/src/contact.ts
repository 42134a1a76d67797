import type { CodeStep, ContactProof } from './backend';

/** The code for a new contact, as the code form knows one: no other way, no trust, and nothing that blocks the account. */
export function contactStep(proof: ContactProof): CodeStep {
  const { hint, length, sentAt, expiresIn, validity, resendIn, sendsRemaining, attemptsRemaining, delivery } =
    proof;
  return {
    method: proof.field === 'email' ? 'email' : 'sms',
    hint,
    sendNumber: 1,
    length,
    sentAt,
    expiresIn,
    validity,
    resendIn,
    sendsRemaining,
    attemptsRemaining,
    lastTryBlocksAccount: false,
    nextCodeIn: null,
    delivery,
    methods: [],
    canRemember: false,
    rememberUntil: null,
  };
}
