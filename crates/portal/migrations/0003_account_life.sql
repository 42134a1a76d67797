-- The life of an account: recovery links, contacts that wait for their proof, authenticator apps, the portal's pages.

-- What blocked the account: wrong_codes, requests or support.
ALTER TABLE account ADD COLUMN block_cause TEXT;
-- After a mailed reset, codes by e-mail are no second factor before this time, where another method is there.
ALTER TABLE account ADD COLUMN email_factor_from BIGINT NOT NULL DEFAULT 0;

-- A step-up is a sign-in under way within a grant; its tokens replace those of the grant.
ALTER TABLE auth_session ADD COLUMN step_up_grant TEXT;

-- Mailed links. The token is derived (never stored) from the seed and a key outside; its SHA-256 finds the row.
CREATE TABLE link (
  id TEXT PRIMARY KEY,
  portal TEXT NOT NULL,
  subject TEXT NOT NULL,
  purpose TEXT NOT NULL,
  seed TEXT NOT NULL,
  token_hash TEXT NOT NULL,
  created_at BIGINT NOT NULL,
  expires_at BIGINT NOT NULL,
  used_at BIGINT,
  replaced_at BIGINT
);
CREATE UNIQUE INDEX link_token ON link (token_hash);
CREATE INDEX link_subject ON link (subject, purpose);

-- A new e-mail address or telephone number: nothing but the code that proves it is sent there before proved_at.
CREATE TABLE contact_change (
  id TEXT PRIMARY KEY,
  portal TEXT NOT NULL,
  subject TEXT NOT NULL,
  field TEXT NOT NULL,
  value TEXT NOT NULL,
  former TEXT,
  challenge_id TEXT,
  created_at BIGINT NOT NULL,
  proved_at BIGINT,
  replaced_at BIGINT
);
CREATE INDEX contact_change_subject ON contact_change (subject, created_at);

-- An authenticator app. Secrets are sealed with a key outside the database.
CREATE TABLE totp (
  subject TEXT PRIMARY KEY,
  secret TEXT,
  confirmed_at BIGINT,
  last_step BIGINT NOT NULL,
  proposed TEXT,
  proposed_at BIGINT,
  recovery_seed TEXT
);

-- Recovery codes are derived from the seed and a key outside; a row says that one was used.
CREATE TABLE recovery_code_use (
  subject TEXT NOT NULL,
  seed TEXT NOT NULL,
  number BIGINT NOT NULL,
  used_at BIGINT NOT NULL,
  PRIMARY KEY (subject, seed, number)
);

-- A session of the portal's own pages; dies with its grant.
CREATE TABLE web_session (
  id_hash TEXT PRIMARY KEY,
  portal TEXT NOT NULL,
  grant_id TEXT NOT NULL,
  page TEXT NOT NULL,
  csrf TEXT NOT NULL,
  created_at BIGINT NOT NULL,
  ended_at BIGINT
);
CREATE INDEX web_session_grant ON web_session (grant_id);
