//! A message centre (SMPP 3.4): who binds has to know a password, and every message is kept.

use crate::{PATIENCE, alphabet};
use bytes::BytesMut;
use rusmpp::decode::DecodeWithLength;
use rusmpp::pdus::{BindReceiverResp, BindTransceiverResp, BindTransmitterResp, SubmitSm, SubmitSmResp};
use rusmpp::tokio_codec::CommandCodec;
use rusmpp::udhs::{Udh, UdhValue};
use rusmpp::values::{GsmFeatures, Ton};
use rusmpp::{Command, CommandStatus, Pdu};
use std::collections::BTreeMap;
use std::io::{Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::{Arc, Condvar, Mutex};
use tokio_util::codec::{Decoder, Encoder};

/// Password of every route; SMPP takes eight letters.
pub(crate) const PASSWORD: &str = "smpp-key";

/// The way that a message came by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Route {
    /// The carrier of SMS.
    Sms,
    /// The carrier of calls, which reads texts out.
    Voice,
}

impl Route {
    pub(crate) const ALL: [Self; 2] = [Self::Sms, Self::Voice];

    /// The name it binds with.
    pub(crate) const fn system_id(self) -> &'static str {
        match self {
            Self::Sms => "sms",
            Self::Voice => "voice",
        }
    }
}

/// A message as it arrived, its parts put together.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Message {
    /// The way it came by.
    pub route: Route,
    /// Who it says it is from.
    pub from: String,
    /// The number it is for, with `+` where it is an international one.
    pub to: String,
    /// What it says.
    pub text: String,
}

pub(crate) struct Centre {
    pub(crate) address: SocketAddr,
    shared: Arc<Shared>,
}

#[derive(Default)]
struct Shared {
    state: Mutex<State>,
    changed: Condvar,
}

#[derive(Default)]
struct State {
    arrived: Vec<Message>,
    /// Parts of messages that are not whole yet: by route, number and reference.
    parts: BTreeMap<(Route, String, u8), BTreeMap<u8, Vec<u8>>>,
    submitted: u32,
}

impl Centre {
    /// Listens on a free port, in threads of its own: tests wait for it with and without a runtime.
    pub(crate) fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let shared = Arc::<Shared>::default();
        let state = Arc::clone(&shared);
        std::thread::spawn(move || {
            while let Ok((stream, _)) = listener.accept() {
                let shared = Arc::clone(&state);
                std::thread::spawn(move || Session { shared: &shared, route: None }.run(stream));
            }
        });
        Self { address, shared }
    }

    /// Takes the oldest message of a route, and waits for it.
    pub(crate) fn next(&self, route: Route) -> Message {
        let mut message = None;
        let state = self.shared.state.lock().unwrap();
        drop(self.shared.changed.wait_timeout_while(state, PATIENCE, |state| {
            let at = state.arrived.iter().position(|message| message.route == route);
            message = at.map(|at| state.arrived.remove(at));
            message.is_none()
        }));
        message.unwrap_or_else(|| panic!("nothing arrived by the route {route:?}"))
    }
}

/// One connection.
struct Session<'s> {
    shared: &'s Shared,
    route: Option<Route>,
}

impl Session<'_> {
    /// Answers until the other end leaves.
    fn run(mut self, mut stream: TcpStream) -> Option<()> {
        let (mut codec, mut received) = (CommandCodec::new(), BytesMut::new());
        let mut octets = [0; 4096];
        loop {
            while let Some(command) = codec.decode(&mut received).unwrap() {
                if let Some((status, answer)) = self.answer(command.pdu()?) {
                    let mut sent = BytesMut::new();
                    codec.encode(Command::new(status, command.sequence_number(), answer), &mut sent).unwrap();
                    stream.write_all(&sent).ok()?;
                }
            }
            let length = stream.read(&mut octets).ok().filter(|length| *length > 0)?;
            received.extend_from_slice(&octets[..length]);
        }
    }

    fn answer(&mut self, asked: &Pdu) -> Option<(CommandStatus, Pdu)> {
        Some(match asked {
            Pdu::BindTransceiver(bind) => (
                self.bind(bind.system_id.as_str(), bind.password.as_str()),
                BindTransceiverResp::default().into(),
            ),
            Pdu::BindTransmitter(bind) => (
                self.bind(bind.system_id.as_str(), bind.password.as_str()),
                BindTransmitterResp::default().into(),
            ),
            Pdu::BindReceiver(bind) => (
                self.bind(bind.system_id.as_str(), bind.password.as_str()),
                BindReceiverResp::default().into(),
            ),
            Pdu::EnquireLink => (CommandStatus::EsmeRok, Pdu::EnquireLinkResp),
            Pdu::Unbind => (CommandStatus::EsmeRok, Pdu::UnbindResp),
            Pdu::SubmitSm(message) => self.submit(message),
            Pdu::EnquireLinkResp | Pdu::UnbindResp | Pdu::GenericNack => return None,
            _ => (CommandStatus::EsmeRinvcmdid, Pdu::GenericNack),
        })
    }

    fn bind(&mut self, system_id: &str, password: &str) -> CommandStatus {
        self.route = Route::ALL.into_iter().find(|route| route.system_id() == system_id);
        match self.route {
            None => CommandStatus::EsmeRinvsysid,
            Some(_) if password != PASSWORD => {
                self.route = None;
                CommandStatus::EsmeRinvpaswd
            }
            Some(_) => CommandStatus::EsmeRok,
        }
    }

    fn submit(&self, message: &SubmitSm) -> (CommandStatus, Pdu) {
        let Some(route) = self.route else {
            return (CommandStatus::EsmeRinvbndsts, SubmitSmResp::default().into());
        };
        let international = message.dest_addr_ton == Ton::International;
        let to = format!("{}{}", if international { "+" } else { "" }, message.destination_addr.as_str());
        let mut state = self.shared.state.lock().unwrap();
        state.submitted += 1;
        let id = state.submitted.to_string();
        if let Some(octets) = state.whole(route, &to, message) {
            state.arrived.push(Message {
                route,
                from: message.source_addr.as_str().to_owned(),
                to,
                text: alphabet::decode(message.data_coding, &octets),
            });
            self.shared.changed.notify_all();
        }
        (CommandStatus::EsmeRok, SubmitSmResp::builder().message_id(id.parse().unwrap()).build().into())
    }
}

impl State {
    /// The octets of a message that is whole: in one part, or with the last that was missing.
    fn whole(&mut self, route: Route, to: &str, message: &SubmitSm) -> Option<Vec<u8>> {
        let octets = message.short_message().as_ref();
        let header = matches!(
            message.esm_class.gsm_features,
            GsmFeatures::UdhiIndicator | GsmFeatures::SetUdhiAndReplyPath
        );
        if !header {
            return Some(octets.to_vec());
        }
        let (header, length) = Udh::decode(&mut BytesMut::from(octets), octets.len()).unwrap();
        let Some(UdhValue::ConcatenatedShortMessage8Bit(part)) = header.value() else {
            panic!("a header of another kind: {header:?}")
        };
        let key = (route, to.to_owned(), part.reference());
        let parts = self.parts.entry(key.clone()).or_default();
        parts.insert(part.part_number(), octets[length..].to_vec());
        if parts.len() < usize::from(part.total_parts()) {
            return None;
        }
        self.parts.remove(&key).map(|parts| parts.into_values().flatten().collect())
    }
}
