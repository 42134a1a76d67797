-- Wrong passwords of the last 24 hours, each with its time: a limit that holds in any 24 hours, not from a first try on.
CREATE TABLE password_failure (
  bucket TEXT NOT NULL,
  at BIGINT NOT NULL,
  tries BIGINT NOT NULL
);
CREATE INDEX password_failure_bucket ON password_failure (bucket, at);
CREATE INDEX password_failure_at ON password_failure (at);

ALTER TABLE password_throttle DROP COLUMN day_start;
ALTER TABLE password_throttle DROP COLUMN day_failures;
