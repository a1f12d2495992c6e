-- Sealed: each private key is encrypted with the wrapping key, which is not in here. See zonestore/vault/README.md.

ALTER TABLE vault ADD COLUMN wrapping_key_id TEXT CHECK (length(wrapping_key_id) = 32);  -- NULL: not sealed yet
ALTER TABLE vault ADD COLUMN sealed_ms INTEGER;        -- when it was sealed with that key
-- 0: bytes from before the sealing may still lie in unused parts of the file, and a VACUUM is due.
ALTER TABLE vault ADD COLUMN swept INTEGER NOT NULL DEFAULT 0 CHECK (swept IN (0, 1));

-- Nonce (12 bytes), ciphertext of the PKCS #8 PrivateKeyInfo (DER), tag (16 bytes).
ALTER TABLE private_key RENAME COLUMN pkcs8 TO sealed;
