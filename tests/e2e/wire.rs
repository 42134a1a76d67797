//! One request by hand, as a client of another make would send it.

use std::io::{Read as _, Write as _};
use std::net::TcpStream;

use parvis_protocol::entropy::OsEntropy;
use parvis_protocol::jws::PrivateKey;
use parvis_protocol::proof;

use crate::desk::Desk;

impl Desk {
    /// Asks for a link to a new password; the answer is the same for every name.
    pub(crate) fn asks_for_a_link(&self, identifier: &str) {
        let (key, address) =
            (PrivateKey::generate(&OsEntropy), format!("{}/account/recovery", self.issuer()));
        let request = proof::Request { method: "POST", url: &address, access_token: None };
        let body = serde_json::json!({ "identifier": identifier, "ui_locales": "fr" }).to_string();
        let mut nonce = None;
        for status in ["401", "202"] {
            let proof = proof::sign(&key, request, nonce.as_deref(), 0, &OsEntropy);
            let answer = self.posts("account/recovery", &proof, &body);
            assert!(answer.starts_with(&format!("HTTP/1.1 {status}")), "{answer}");
            let lines = answer.lines().filter_map(|line| line.split_once(": "));
            let found = lines.into_iter().find(|(name, _)| name.eq_ignore_ascii_case("dpop-nonce"));
            nonce = found.map(|(_, value)| value.to_owned());
        }
    }

    fn posts(&self, path: &str, proof: &str, body: &str) -> String {
        let address = self.issuer();
        let (host, base) = address.trim_start_matches("http://").split_once('/').unwrap();
        let mut stream = TcpStream::connect(host).unwrap();
        write!(
            stream,
            "POST /{base}/{path} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\nContent-Type: application/json\r\n\
             DPoP: {proof}\r\nContent-Length: {}\r\n\r\n{body}",
            body.len()
        )
        .unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        answer
    }
}
