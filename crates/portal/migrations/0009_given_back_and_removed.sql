-- Who may give a use back: a message that could not be sent is none, in every bucket that it was counted in.
ALTER TABLE quota_use ADD COLUMN used_by TEXT NOT NULL DEFAULT '';
CREATE INDEX quota_use_used_by ON quota_use (used_by, at);

-- Closed for good since then; the row goes when the history of it does.
ALTER TABLE account ADD COLUMN removed_at BIGINT;
UPDATE account SET removed_at = 0 WHERE state = 'removed';
