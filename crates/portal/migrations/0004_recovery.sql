-- A sign-in is worth something only while the credentials that it began with are the account's (TRU-07, REC-06).
ALTER TABLE auth_session ADD COLUMN credential_epoch BIGINT NOT NULL DEFAULT 0;

-- What a message is about, beside a question: a mailed link, or a change of contact.
ALTER TABLE message ADD COLUMN link_id TEXT;
ALTER TABLE message ADD COLUMN contact_id TEXT;
CREATE INDEX message_link ON message (subject, kind, created_at);
