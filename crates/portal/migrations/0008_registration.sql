-- A registration under way. Nothing of it is an account before the address is proved: neither a name that can be typed nor a
-- contact that anything else is sent to.
CREATE TABLE registration (
  id TEXT PRIMARY KEY,
  portal TEXT NOT NULL,
  value_hash TEXT NOT NULL,
  jkt TEXT NOT NULL,
  first_request TEXT NOT NULL,
  language TEXT NOT NULL,
  email TEXT NOT NULL,
  phone TEXT,
  by_call BIGINT NOT NULL,
  permit_number TEXT,
  name TEXT NOT NULL,
  password_hash TEXT NOT NULL,
  link TEXT,
  challenge_id TEXT,
  way TEXT,
  phone_proved_at BIGINT,
  email_proved_at BIGINT,
  last_problem TEXT,
  last_until BIGINT,
  created_at BIGINT NOT NULL,
  last_used BIGINT NOT NULL,
  subject TEXT,
  ended_at BIGINT
);
CREATE UNIQUE INDEX registration_first ON registration (portal, jkt, first_request);
CREATE UNIQUE INDEX registration_value ON registration (value_hash);
CREATE INDEX registration_permit ON registration (portal, permit_number, created_at);
CREATE INDEX registration_email ON registration (portal, email, created_at);

CREATE TABLE registration_request (
  registration TEXT NOT NULL,
  request_id TEXT NOT NULL,
  at BIGINT NOT NULL,
  PRIMARY KEY (registration, request_id)
);

-- What was accepted, in which version, and when; of a registration, then of the account that it opened.
CREATE TABLE consent (
  subject TEXT NOT NULL,
  document TEXT NOT NULL,
  version TEXT NOT NULL,
  accepted_at BIGINT NOT NULL,
  PRIMARY KEY (subject, document, version)
);

-- Uses of what is limited in a span of time, each with its time; a bucket's row is locked by whoever counts.
CREATE TABLE quota (
  bucket TEXT PRIMARY KEY,
  last_at BIGINT NOT NULL
);
CREATE TABLE quota_use (
  bucket TEXT NOT NULL,
  at BIGINT NOT NULL
);
CREATE INDEX quota_use_bucket ON quota_use (bucket, at);
CREATE INDEX quota_use_at ON quota_use (at);

-- Who may sign in on whose behalf. `delegate` is the account that has taken the invitation up; before that there may be none, and
-- nothing of an invitation is a name that can be typed.
CREATE TABLE delegation (
  id TEXT PRIMARY KEY,
  portal TEXT NOT NULL,
  principal TEXT NOT NULL,
  email TEXT NOT NULL,
  name TEXT NOT NULL,
  language TEXT NOT NULL,
  delegate TEXT,
  invited_at BIGINT NOT NULL,
  accepted_at BIGINT,
  removed_at BIGINT
);
CREATE INDEX delegation_principal ON delegation (principal, invited_at);
CREATE INDEX delegation_email ON delegation (portal, email);
CREATE INDEX delegation_delegate ON delegation (delegate);

-- Opened by a mailed link: whoever has the password has not shown yet that the mailbox is theirs, and gives a code once.
ALTER TABLE account ADD COLUMN mailbox_unproved BIGINT NOT NULL DEFAULT 0;

-- What ended the session before its last step-up: good for a client that lost the answer.
ALTER TABLE sign_in_grant ADD COLUMN former_end_handle_hash TEXT;
CREATE INDEX sign_in_grant_former_end_handle ON sign_in_grant (former_end_handle_hash);
