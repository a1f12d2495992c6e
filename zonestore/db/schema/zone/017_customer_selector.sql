-- The word that the selectors in institutions' own zones begin with: stxsel1._domainkey.DOMAIN. It is chosen when the
-- store is made; in older stores it is the one that there was (zonestore/dkim/customer_selectors.h).
ALTER TABLE store ADD COLUMN customer_selector TEXT NOT NULL DEFAULT 'stxsel'
  CHECK (length(customer_selector) BETWEEN 1 AND 32 AND customer_selector NOT GLOB '*[^a-z0-9-]*');
