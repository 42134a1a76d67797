-- Members of a professional body: who may open an account of their own.
CREATE TABLE member (
  portal TEXT NOT NULL,
  permit_number TEXT NOT NULL,
  email TEXT NOT NULL,
  name TEXT NOT NULL,
  imported_at BIGINT NOT NULL,
  PRIMARY KEY (portal, permit_number)
);
CREATE UNIQUE INDEX member_email ON member (portal, email);

-- Practices' own records of their patients, with the contacts that the practice has.
CREATE TABLE contact_record (
  portal TEXT NOT NULL,
  reference TEXT NOT NULL,
  practice TEXT NOT NULL,
  given_name TEXT NOT NULL,
  family_name TEXT NOT NULL,
  email TEXT,
  phone TEXT,
  language TEXT NOT NULL,
  imported_at BIGINT NOT NULL,
  PRIMARY KEY (portal, reference)
);
