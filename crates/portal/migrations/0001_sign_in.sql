-- One SQL text for SQLite and PostgreSQL: BIGINT and TEXT only; times are milliseconds UTC, flags are 0 or 1,
-- digests are base64url. Opaque values that a client holds stand here as SHA-256 only.

CREATE TABLE meta (
  name TEXT PRIMARY KEY,
  value TEXT NOT NULL
);

CREATE TABLE account (
  subject TEXT PRIMARY KEY,
  portal TEXT NOT NULL,
  identifier TEXT NOT NULL,
  name TEXT NOT NULL,
  role TEXT NOT NULL,
  rights TEXT NOT NULL,
  language TEXT NOT NULL,
  email TEXT,
  email_verified BIGINT NOT NULL,
  phone TEXT,
  phone_verified BIGINT NOT NULL,
  password_hash TEXT,
  state TEXT NOT NULL,
  blocked_at BIGINT,
  block_reference TEXT,
  credential_epoch BIGINT NOT NULL,
  created_at BIGINT NOT NULL
);

-- What can be typed: the identifier and the e-mail address, normalised.
CREATE TABLE account_name (
  portal TEXT NOT NULL,
  name TEXT NOT NULL,
  subject TEXT NOT NULL,
  PRIMARY KEY (portal, name)
);
CREATE INDEX account_name_subject ON account_name (subject);

-- Wrong passwords, per typed name and per account, apart for workstations where the person is known.
CREATE TABLE password_throttle (
  bucket TEXT PRIMARY KEY,
  failures BIGINT NOT NULL,
  pending BIGINT NOT NULL,
  pending_since BIGINT NOT NULL,
  day_start BIGINT NOT NULL,
  day_failures BIGINT NOT NULL,
  retry_at BIGINT NOT NULL,
  last_at BIGINT NOT NULL
);

CREATE TABLE network_throttle (
  bucket TEXT PRIMARY KEY,
  window_start BIGINT NOT NULL,
  failures BIGINT NOT NULL,
  successes BIGINT NOT NULL,
  last_at BIGINT NOT NULL
);

-- Proofs seen, until their nonce ends.
CREATE TABLE proof (
  jkt TEXT NOT NULL,
  jti TEXT NOT NULL,
  expires_at BIGINT NOT NULL,
  PRIMARY KEY (jkt, jti)
);
CREATE INDEX proof_expires ON proof (expires_at);

CREATE TABLE auth_session (
  id TEXT PRIMARY KEY,
  value_hash TEXT NOT NULL,
  previous_hash TEXT,
  portal TEXT NOT NULL,
  subject TEXT NOT NULL,
  jkt TEXT NOT NULL,
  device_id TEXT NOT NULL,
  role TEXT NOT NULL,
  code_challenge TEXT NOT NULL,
  nonce TEXT,
  language TEXT NOT NULL,
  auth_time BIGINT NOT NULL,
  challenge_id TEXT,
  trust_ended TEXT,
  last_problem TEXT,
  last_until BIGINT,
  completed_acr TEXT,
  mfa_time BIGINT,
  remember_jkt TEXT,
  last_used BIGINT NOT NULL,
  ended_at BIGINT
);
CREATE UNIQUE INDEX auth_session_value ON auth_session (value_hash);
CREATE INDEX auth_session_previous ON auth_session (previous_hash);
CREATE INDEX auth_session_subject ON auth_session (subject);

CREATE TABLE auth_request (
  auth_session TEXT NOT NULL,
  request_id TEXT NOT NULL,
  at BIGINT NOT NULL,
  PRIMARY KEY (auth_session, request_id)
);

-- A question that a code answers. The code itself is derived (never stored) from the seed and a key outside.
CREATE TABLE challenge (
  id TEXT PRIMARY KEY,
  portal TEXT NOT NULL,
  subject TEXT NOT NULL,
  method TEXT NOT NULL,
  purpose TEXT NOT NULL,
  device_id TEXT NOT NULL,
  destination_hash TEXT NOT NULL,
  kid TEXT NOT NULL,
  seed TEXT NOT NULL,
  language TEXT NOT NULL,
  created_at BIGINT NOT NULL,
  expires_at BIGINT NOT NULL,
  consumed_at BIGINT
);
CREATE INDEX challenge_subject ON challenge (subject, method, device_id);

-- Wrong codes, blocks and sends of one method of one account.
CREATE TABLE factor (
  subject TEXT NOT NULL,
  method TEXT NOT NULL,
  failures BIGINT NOT NULL,
  blocks BIGINT NOT NULL,
  blocked_until BIGINT NOT NULL,
  sends_reset_at BIGINT NOT NULL,
  last_send_at BIGINT NOT NULL,
  PRIMARY KEY (subject, method)
);

-- Messages to send: a kind and ids, never text or a secret.
CREATE TABLE message (
  id TEXT PRIMARY KEY,
  portal TEXT NOT NULL,
  subject TEXT NOT NULL,
  kind TEXT NOT NULL,
  method TEXT NOT NULL,
  challenge_id TEXT,
  detail TEXT,
  language TEXT NOT NULL,
  created_at BIGINT NOT NULL,
  expires_at BIGINT NOT NULL,
  next_try_at BIGINT NOT NULL,
  tries BIGINT NOT NULL,
  claimed_until BIGINT NOT NULL,
  state TEXT NOT NULL
);
CREATE INDEX message_due ON message (state, next_try_at);
CREATE INDEX message_subject ON message (subject, method, created_at);
CREATE INDEX message_challenge ON message (challenge_id);

CREATE TABLE authorization_code (
  code_hash TEXT PRIMARY KEY,
  auth_session TEXT NOT NULL,
  portal TEXT NOT NULL,
  subject TEXT NOT NULL,
  jkt TEXT NOT NULL,
  code_challenge TEXT NOT NULL,
  created_at BIGINT NOT NULL,
  expires_at BIGINT NOT NULL,
  redeemed_at BIGINT,
  redeemed_request TEXT,
  grant_id TEXT
);
CREATE INDEX authorization_code_session ON authorization_code (auth_session);

-- A completed sign-in. "grant" is a reserved word.
CREATE TABLE sign_in_grant (
  id TEXT PRIMARY KEY,
  portal TEXT NOT NULL,
  subject TEXT NOT NULL,
  device_id TEXT NOT NULL,
  jkt TEXT NOT NULL,
  role TEXT NOT NULL,
  acr TEXT NOT NULL,
  auth_time BIGINT NOT NULL,
  mfa_time BIGINT,
  auth_session TEXT NOT NULL,
  end_handle_hash TEXT NOT NULL,
  handover_trust BIGINT NOT NULL,
  handover_sessions BIGINT NOT NULL,
  created_at BIGINT NOT NULL,
  last_used_at BIGINT NOT NULL,
  ends_at BIGINT NOT NULL,
  ended_at BIGINT,
  end_reason TEXT
);
CREATE UNIQUE INDEX sign_in_grant_end_handle ON sign_in_grant (end_handle_hash);
CREATE INDEX sign_in_grant_device ON sign_in_grant (portal, device_id);
CREATE INDEX sign_in_grant_subject ON sign_in_grant (subject);

CREATE TABLE access_token (
  token_hash TEXT PRIMARY KEY,
  grant_id TEXT NOT NULL,
  expires_at BIGINT NOT NULL
);
CREATE INDEX access_token_grant ON access_token (grant_id);

CREATE TABLE refresh_token (
  token_hash TEXT PRIMARY KEY,
  grant_id TEXT NOT NULL,
  parent_hash TEXT,
  first_used_at BIGINT,
  dead_at BIGINT
);
CREATE INDEX refresh_token_grant ON refresh_token (grant_id);

-- One row a workstation: locked first by whatever changes its trust, so that two completions cannot cross.
CREATE TABLE workstation (
  portal TEXT NOT NULL,
  device_id TEXT NOT NULL,
  last_at BIGINT NOT NULL,
  PRIMARY KEY (portal, device_id)
);

-- At most one trusted person per portal and workstation, by the primary key.
CREATE TABLE trust (
  portal TEXT NOT NULL,
  device_id TEXT NOT NULL,
  id TEXT NOT NULL,
  subject TEXT NOT NULL,
  jkt TEXT NOT NULL,
  grant_id TEXT NOT NULL,
  granted_at BIGINT NOT NULL,
  expires_at BIGINT NOT NULL,
  credential_epoch BIGINT NOT NULL,
  PRIMARY KEY (portal, device_id)
);
CREATE INDEX trust_subject ON trust (subject);

CREATE TABLE trust_end (
  portal TEXT NOT NULL,
  device_id TEXT NOT NULL,
  subject TEXT NOT NULL,
  reason TEXT NOT NULL,
  at BIGINT NOT NULL,
  PRIMARY KEY (portal, device_id, subject)
);

-- Where a person has completed a sign-in.
CREATE TABLE known_workstation (
  portal TEXT NOT NULL,
  device_id TEXT NOT NULL,
  subject TEXT NOT NULL,
  last_at BIGINT NOT NULL,
  PRIMARY KEY (portal, device_id, subject)
);

CREATE TABLE event (
  id TEXT PRIMARY KEY,
  at BIGINT NOT NULL,
  portal TEXT NOT NULL,
  kind TEXT NOT NULL,
  subject TEXT,
  device TEXT,
  network TEXT,
  detail TEXT
);
CREATE INDEX event_at ON event (at);
CREATE INDEX event_subject ON event (subject, at);
