-- Alerts that were raised: one a scenario, whichever process sees it first.
CREATE TABLE alert (
  portal TEXT NOT NULL,
  kind TEXT NOT NULL,
  object TEXT NOT NULL,
  raised_at BIGINT NOT NULL,
  PRIMARY KEY (portal, kind, object)
);
CREATE INDEX event_kind ON event (portal, kind, at);
