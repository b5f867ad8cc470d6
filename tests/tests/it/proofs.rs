//! Answers reach microblogs as their authors' own words, with the proof inside, and
//! never as a boost (FEP-8b32).

use std::collections::BTreeMap;

use archipel_tests::peer::keys::PublicKey;
use archipel_tests::peer::mastodon::Toot;
use archipel_tests::{Db, Family, Lab, Peer, both};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};

use crate::posting::follower;

both!(
    an_answer_from_here_proves_itself,
    an_answer_with_a_signature_inside_is_sent_on_as_it_came
);

/// JSON in the canonical form of RFC 8785, as far as it matters here: names of
/// members are plain ASCII, numbers are whole.
fn canonical(value: &Value) -> String {
    match value {
        Value::Object(members) => {
            let sorted: BTreeMap<_, _> = members.iter().collect();
            let members: Vec<String> = sorted
                .into_iter()
                .map(|(name, value)| format!("{}:{}", json!(name), canonical(value)))
                .collect();
            format!("{{{}}}", members.join(","))
        }
        Value::Array(items) => {
            let items: Vec<String> = items.iter().map(canonical).collect();
            format!("[{}]", items.join(","))
        }
        other => other.to_string(),
    }
}

/// Whether a proof holds, computed apart from the server.
fn proven(activity: &Value, key: &PublicKey) -> bool {
    let mut document = activity.as_object().expect("an object").clone();
    let mut proof = document.remove("proof").expect("a proof");
    let members = proof.as_object_mut().expect("an object");
    let value = members.remove("proofValue").expect("a value");
    let word = value.as_str().and_then(|word| word.strip_prefix('z'));
    let signature = bs58::decode(word.expect("base58")).into_vec();
    let hash = |value: &Value| {
        let text = canonical(value);
        aws_lc_rs::digest::digest(&aws_lc_rs::digest::SHA256, text.as_bytes())
    };
    let (options, document) = (hash(&proof), hash(&Value::Object(document)));
    let message = [options.as_ref(), document.as_ref()].concat();
    key.verifies(&message, &STANDARD.encode(signature.expect("bytes")))
}

/// An answer written here arrives at a server that follows nobody but the community.
async fn an_answer_from_here_proves_itself(db: Db) {
    let lab = Lab::start(db).await;
    lab.community("tilab");
    let (microblog, _) = follower(&lab, Family::Mastodon, "alice").await;
    lab.account("ada");
    let root = lab.post("ada", "tilab", "Un sujet", "Vos avis ?");
    microblog.hears_announce_of(&root).await;
    let answer = lab.reply("ada", &root, "Le mien : « oui » 🙂");
    let create = microblog
        .hears("Create", |it| it["object"]["id"] == answer.as_str())
        .await;
    let author = create["actor"].as_str().expect("an actor");
    let contexts = create["@context"].as_array().expect("contexts");
    let terms = "https://w3id.org/security/data-integrity/v1";
    assert!(contexts.contains(&json!(terms)), "{contexts:?}");
    let method = &create["proof"]["verificationMethod"];
    let document = lab.document_at(author).await;
    let key = document["assertionMethod"]
        .as_array()
        .and_then(|keys| keys.iter().find(|key| key["id"] == *method))
        .expect("the key that the proof names, in its author's document");
    assert_eq!(key["controller"], author);
    let multibase = key["publicKeyMultibase"].as_str().expect("a key");
    let key = PublicKey::from_multibase(multibase).expect("a key");
    assert!(proven(&create, &key), "{create}");
    let mut changed = create.clone();
    changed["object"]["content"] = json!("<p>non</p>");
    assert!(!proven(&changed, &key));
    assert!(microblog.announces_of(&answer).is_empty(), "no boost");
}

/// An answer of one microblog reaches another that follows the community alone.
async fn an_answer_with_a_signature_inside_is_sent_on_as_it_came(db: Db) {
    let lab = Lab::start(db).await;
    let group = lab.community("tilab");
    let (microblog, _) = follower(&lab, Family::Mastodon, "alice").await;
    lab.account("ada");
    let root = lab.post("ada", "tilab", "Un sujet", "Vos avis ?");
    microblog.hears_announce_of(&root).await;
    let home = Peer::start(Family::Mastodon).await;
    let bob = home.person("bob");
    let toot = Toot::by(&bob, "Une réponse")
        .to_group(&group)
        .reply_to(&root)
        .post();
    let mut create = toot.create.clone();
    create["signature"] = json!({
        "type": "RsaSignature2017",
        "creator": bob.key_id(),
        "created": "2026-11-24T10:00:00Z",
        "signatureValue": "aXQgaXMgbm90IHJlYWQgaGVyZQ==",
    });
    bob.says(&lab, &create).await;
    let heard = microblog
        .hears("Create", |it| it["object"]["id"] == toot.id.as_str())
        .await;
    assert_eq!(heard, create, "not a member was changed");
    let received = microblog.received();
    let sent = received.iter().find(|it| it.json == heard);
    let signer = sent.and_then(|it| it.signed_by.as_deref());
    assert_eq!(signer, Some(format!("{group}#main-key").as_str()));
    assert!(microblog.announces_of(&toot.id).is_empty(), "no boost");
}
