//! A push service and the device behind it: it decrypts with a private key of its own
//! (RFC 8291, by the text of the standard) and checks who pushes (RFC 8292).

use std::sync::{Arc, Mutex};

use aws_lc_rs::aead::{AES_128_GCM, Aad, LessSafeKey, Nonce, UnboundKey};
use aws_lc_rs::agreement::{ECDH_P256, PrivateKey, UnparsedPublicKey, agree};
use aws_lc_rs::hkdf::{HKDF_SHA256, KeyType, Salt};
use aws_lc_rs::signature::{self, ECDSA_P256_SHA256_FIXED};
use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::routing::post;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD as BASE64;
use http::{HeaderMap, StatusCode};
use serde_json::Value;
use tokio::net::TcpListener;

/// A push service with one device.
#[derive(Clone, Debug)]
pub struct PushService(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    origin: String,
    key: PrivateKey,
    auth: [u8; 16],
    /// What is answered next; 201 when nothing is said.
    answers: Mutex<Vec<u16>>,
    asked: Mutex<usize>,
    received: Mutex<Vec<Pushed>>,
}

/// Something that reached the device.
#[derive(Clone, Debug)]
pub struct Pushed {
    /// What was in it.
    pub message: Value,
    /// The key of who pushed, as `server_key` says it.
    pub server_key: String,
    /// What who pushed says of themselves.
    pub claims: Value,
    /// How long it counts, in seconds.
    pub ttl: u64,
}

impl PushService {
    /// Begins to serve on the loopback address.
    pub async fn start() -> Self {
        let socket = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let port = socket.local_addr().expect("an address").port();
        let service = Self(Arc::new(Inner {
            origin: format!("http://127.0.0.1:{port}"),
            key: PrivateKey::generate(&ECDH_P256).expect("a key"),
            auth: *b"0123456789abcdef",
            answers: Mutex::default(),
            asked: Mutex::default(),
            received: Mutex::default(),
        }));
        let router = Router::new()
            .route("/device", post(receive))
            .with_state(service.clone());
        tokio::spawn(async move { axum::serve(socket, router).await });
        service
    }

    /// The address of the device.
    pub fn endpoint(&self) -> String {
        format!("{}/device", self.0.origin)
    }

    /// The public key of the device.
    pub fn p256dh(&self) -> String {
        let public = self.0.key.compute_public_key().expect("a public key");
        BASE64.encode(public.as_ref())
    }

    /// What the device shares with the server.
    pub fn auth(&self) -> String {
        BASE64.encode(self.0.auth)
    }

    /// Lets it answer with these, one after the other, and then with 201.
    pub fn answer(&self, statuses: &[u16]) {
        let mut answers = self.0.answers.lock().expect("the answers");
        *answers = statuses.iter().rev().copied().collect();
    }

    /// What reached the device.
    pub fn received(&self) -> Vec<Pushed> {
        self.0.received.lock().expect("what came").clone()
    }

    /// How often something was pushed, whatever was answered.
    pub fn asked(&self) -> usize {
        *self.0.asked.lock().expect("a number")
    }

    fn open(&self, headers: &HeaderMap, body: &[u8]) -> Pushed {
        let header = |name: &str| headers[name].to_str().expect("a header").to_owned();
        assert_eq!(header("content-encoding"), "aes128gcm");
        let (server_key, claims) = self.vouched(&header("authorization"));
        Pushed {
            message: serde_json::from_slice(&self.decrypt(body)).expect("JSON"),
            server_key,
            claims,
            ttl: header("ttl").parse().expect("seconds"),
        }
    }

    /// RFC 8292 §2 and §3: who pushes signed for this origin.
    fn vouched(&self, authorization: &str) -> (String, Value) {
        let rest = authorization.strip_prefix("vapid ").expect("vapid");
        let part = |name: &str| {
            rest.split(',')
                .find_map(|part| part.trim().strip_prefix(name))
                .expect("t= and k=")
                .to_owned()
        };
        let (token, key) = (part("t="), part("k="));
        let (said, seal) = token.rsplit_once('.').expect("a JWT");
        let point = BASE64.decode(&key).expect("base64url");
        signature::UnparsedPublicKey::new(&ECDSA_P256_SHA256_FIXED, point)
            .verify(said.as_bytes(), &BASE64.decode(seal).expect("base64url"))
            .expect("a signature that counts");
        let claims = said.split('.').nth(1).expect("claims");
        let claims = BASE64.decode(claims).expect("base64url");
        let claims: Value = serde_json::from_slice(&claims).expect("JSON");
        assert_eq!(claims["aud"], self.0.origin);
        (key, claims)
    }

    /// RFC 8188 §2 and RFC 8291 §3.4.
    fn decrypt(&self, body: &[u8]) -> Vec<u8> {
        let (salt, rest) = body.split_at(16);
        let (_record, rest) = rest.split_at(4);
        let (length, rest) = rest.split_at(1);
        let (their_key, sealed) = rest.split_at(usize::from(length[0]));
        let own = self.0.key.compute_public_key().expect("a public key");
        let peer = UnparsedPublicKey::new(&ECDH_P256, their_key);
        let secret = agree(&self.0.key, peer, (), |secret| Ok(secret.to_vec()));
        let secret = secret.expect("an agreement");
        let info = [b"WebPush: info\0", own.as_ref(), their_key].concat();
        let ikm = derive(&self.0.auth, &secret, &info, 32);
        let key = derive(salt, &ikm, b"Content-Encoding: aes128gcm\0", 16);
        let nonce = derive(salt, &ikm, b"Content-Encoding: nonce\0", 12);
        let key = LessSafeKey::new(UnboundKey::new(&AES_128_GCM, &key).expect("a key"));
        let nonce = Nonce::try_assume_unique_for_key(&nonce).expect("a nonce");
        let mut bytes = sealed.to_vec();
        let opened = key.open_in_place(nonce, Aad::empty(), &mut bytes);
        let opened = opened.expect("something for this device");
        let end = opened.iter().rposition(|byte| *byte != 0).expect("an end");
        assert_eq!(opened[end], 2, "the delimiter of the last record");
        opened[..end].to_vec()
    }
}

struct Length(usize);

impl KeyType for Length {
    fn len(&self) -> usize {
        self.0
    }
}

fn derive(salt: &[u8], secret: &[u8], info: &[u8], length: usize) -> Vec<u8> {
    let mut bytes = vec![0; length];
    Salt::new(HKDF_SHA256, salt)
        .extract(secret)
        .expand(&[info], Length(length))
        .expect("bytes")
        .fill(&mut bytes)
        .expect("bytes");
    bytes
}

async fn receive(
    State(service): State<PushService>,
    headers: HeaderMap,
    body: Bytes,
) -> StatusCode {
    *service.0.asked.lock().expect("a number") += 1;
    let answer = service.0.answers.lock().expect("the answers").pop();
    let answer = answer.unwrap_or(201);
    if answer == 201 {
        let pushed = service.open(&headers, &body);
        service.0.received.lock().expect("what came").push(pushed);
    }
    StatusCode::from_u16(answer).expect("a status")
}
