-- Who may give a use back: a message that could not be sent is none, in every bucket that it was counted in.
ALTER TABLE quota_use ADD COLUMN used_by TEXT NOT NULL DEFAULT '';
CREATE INDEX quota_use_used_by ON quota_use (used_by, at);

-- Closed for good since then; the row goes when the history of it does.
ALTER TABLE account ADD COLUMN removed_at BIGINT;
UPDATE account SET removed_at = COALESCE((SELECT MAX(at) FROM event WHERE event.subject = account.subject), 0)
  WHERE state = 'removed';
DELETE FROM totp WHERE subject IN (SELECT subject FROM account WHERE state = 'removed');
DELETE FROM recovery_code_use WHERE subject IN (SELECT subject FROM account WHERE state = 'removed');
