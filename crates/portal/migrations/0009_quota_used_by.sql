-- Who may give a use back: a message that could not be sent is none, in every bucket that it was counted in.
ALTER TABLE quota_use ADD COLUMN used_by TEXT NOT NULL DEFAULT '';
CREATE INDEX quota_use_used_by ON quota_use (used_by, at);
