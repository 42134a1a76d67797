//! `keys.toml`.

use super::{Keys, OtpKey, Secret, SigningKey};
use parvis_protocol::clock::UnixMillis;
use parvis_protocol::encoding::{base64url, from_base64url};
use parvis_protocol::jws::PrivateKey;
use serde::{Deserialize, Serialize};
use zeroize::{Zeroize, ZeroizeOnDrop, Zeroizing};

/// The file as it is written: the current keys first. Every key is the base64url form of 32 bytes.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct KeyFile {
    id: String,
    nonce_key: Encoded,
    link_key: Encoded,
    seal_key: Encoded,
    otp: Vec<KeyEntry>,
    signing: Vec<KeyEntry>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct KeyEntry {
    kid: String,
    key: Encoded,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    retired_at: Option<UnixMillis>,
}

impl KeyEntry {
    fn otp(&self) -> Result<OtpKey, &'static str> {
        Ok(OtpKey { kid: self.kid.clone(), secret: self.key.secret()?, retired_at: self.retired_at })
    }

    fn signing(&self) -> Result<SigningKey, &'static str> {
        let key = PrivateKey::from_secret(&self.key.secret()?.0).ok_or(NOT_A_KEY)?;
        Ok(SigningKey { kid: self.kid.clone(), key, retired_at: self.retired_at })
    }
}

#[derive(Serialize, Deserialize, Zeroize, ZeroizeOnDrop)]
#[serde(transparent)]
struct Encoded(String);

impl Encoded {
    fn of(secret: &[u8; 32]) -> Self {
        Self(base64url(secret))
    }

    fn secret(&self) -> Result<Secret, &'static str> {
        let decoded = Zeroizing::new(from_base64url(&self.0).ok_or(NOT_A_KEY)?);
        decoded.as_slice().try_into().map(Secret).map_err(|_| NOT_A_KEY)
    }
}

const NOT_A_KEY: &str = "one of its keys is not 32 bytes in base64url";

impl KeyFile {
    pub(super) fn of(keys: &Keys) -> Self {
        Self {
            id: keys.id.clone(),
            nonce_key: Encoded::of(keys.nonce_key()),
            link_key: Encoded::of(keys.link_key()),
            seal_key: Encoded::of(keys.seal_key()),
            otp: keys
                .otp
                .iter()
                .map(|key| KeyEntry {
                    kid: key.kid.clone(),
                    key: Encoded::of(&key.secret.0),
                    retired_at: key.retired_at,
                })
                .collect(),
            signing: keys
                .signing
                .iter()
                .map(|key| KeyEntry {
                    kid: key.kid.clone(),
                    key: Encoded::of(&key.key.secret()),
                    retired_at: key.retired_at,
                })
                .collect(),
        }
    }

    /// The keys, or what is wrong, without any of them.
    pub(super) fn keys(self) -> Result<Keys, &'static str> {
        let current = |entries: &[KeyEntry]| entries.first().is_some_and(|first| first.retired_at.is_none());
        if self.id.is_empty() || !current(&self.otp) || !current(&self.signing) {
            return Err("has no id, or no current key");
        }
        Ok(Keys {
            otp: self.otp.iter().map(KeyEntry::otp).collect::<Result<_, _>>()?,
            signing: self.signing.iter().map(KeyEntry::signing).collect::<Result<_, _>>()?,
            nonce: self.nonce_key.secret()?,
            link: self.link_key.secret()?,
            seal: self.seal_key.secret()?,
            id: self.id,
        })
    }
}
