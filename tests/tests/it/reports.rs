//! Reports: in five dialects in, merged, passed on in confidence, closed by whoever
//! moderates from wherever; and reported by people here.

use archipel_tests::peer::mastodon::{Scope, Toot};
use archipel_tests::peer::{Person, flags, threadiverse};
use archipel_tests::wait::PATIENCE;
use archipel_tests::{Db, Family, Lab, PUBLIC, Peer, both, eventually};
use serde_json::{Value, json};

use crate::attacks::fate;
use crate::posting::follower;

both!(
    five_dialects_are_one_report,
    c57_a_report_is_passed_on_in_confidence_and_resolved,
    g18_reports_are_bounded_and_concern_what_is_ours,
    people_here_report_and_hear,
    a_removal_closes_what_it_deals_with,
    somebody_is_warned
);

fn open(lab: &Lab) -> Vec<Value> {
    lab.list(&["reports", "list", "tilab"])
}

/// Microblogs are told of what is said to nobody else: to whom, and the text.
fn letters(peer: &Peer, to: &Person) -> Vec<String> {
    peer.of_type("Create")
        .into_iter()
        .filter(|said| said["to"] == json!([to.id]))
        .map(|said| said["object"]["content"].as_str().expect("text").to_owned())
        .collect()
}

async fn letter(peer: &Peer, to: &Person, part: &str) -> String {
    eventually(&format!("a letter with {part:?}"), PATIENCE, || async {
        let mut all = letters(peer, to).into_iter();
        all.find(|text| text.contains(part))
    })
    .await
}

/// Whatever the shape, it is one report with one complaint of each.
async fn five_dialects_are_one_report(db: Db) {
    let lab = Lab::start(db).await;
    let group = lab.community("tilab");
    let (microblog, alice) = follower(&lab, Family::Mastodon, "alice").await;
    let toot = Toot::by(&alice, "Achetez !").to_group(&group).post();
    alice.says_and_is_heard(&lab, &toot.create).await;
    microblog.hears_announce_of(&toot.id).await;

    let lemmy = Peer::start(Family::Lemmy).await;
    let piefed = Peer::start(Family::PieFed).await;
    let other = Peer::start(Family::Unknown).await;
    let elsewhere = Peer::start(Family::Mastodon).await;
    let (lena, paul) = (lemmy.person("lena"), piefed.person("paul"));
    let (milo, nora) = (other.person("milo"), other.person("nora"));
    let server = elsewhere.instance();
    let said = [
        (
            &lena,
            flags::lemmy(
                &lena,
                &group,
                &toot.id,
                "<b>Publicité</b><script>x</script>",
            ),
        ),
        (&paul, flags::piefed(&paul, &group, &toot.id, "Publicité")),
        (
            &milo,
            flags::mbin(&milo, &group, &toot.id, &alice.id, "Publicité"),
        ),
        (
            &server,
            flags::mastodon(&server, &alice.id, &[&toot.id], "Publicité"),
        ),
        (&nora, flags::nodebb(&nora, &toot.id, "Publicité")),
    ];
    for (by, flag) in &said {
        by.says(&lab, flag).await;
        assert_eq!(fate(&lab, flag).await, "done", "{flag}");
    }
    let reports = open(&lab);
    assert_eq!(reports.len(), 1, "{reports:?}");
    assert_eq!(reports[0]["object"], toot.id);
    assert_eq!(reports[0]["about"], alice.id);
    let complaints = reports[0]["complaints"].as_array().expect("a list");
    assert_eq!(complaints.len(), 5);
    for (by, _) in &said {
        let theirs: Vec<&Value> = complaints.iter().filter(|one| one["by"] == by.id).collect();
        assert_eq!(theirs.len(), 1);
        let reason = theirs[0]["reason"].as_str().expect("a reason");
        assert!(
            reason.starts_with("Publicité") && !reason.contains('<'),
            "{reason}"
        );
    }
    // Once more by the same says nothing new.
    let again = flags::lemmy(&lena, &group, &toot.id, "Encore");
    lena.says(&lab, &again).await;
    assert_eq!(fate(&lab, &again).await, "done");
    assert_eq!(
        open(&lab)[0]["complaints"].as_array().map(Vec::len),
        Some(5)
    );

    // Her own server hears of it from ours, which says not who complained.
    let flag = microblog.hears("Flag", |_| true).await;
    assert_eq!(flag["actor"], lab.url("/"));
    assert_eq!(flag["object"], json!([toot.id, alice.id]));
    assert_eq!(flag["content"], flag["summary"]);
    assert_eq!((&flag["to"], &flag["cc"]), (&json!([alice.id]), &json!([])));
    let heard = format!("{:?}", microblog.received());
    for (by, _) in &said {
        assert!(!heard.contains(&by.id), "{} is named to the author", by.id);
    }
    assert_eq!(microblog.of_type("Flag").len(), 1);
}

/// C57: a moderator elsewhere gets the report as it came, the followers do not, and she
/// closes it; nobody else can.
async fn c57_a_report_is_passed_on_in_confidence_and_resolved(db: Db) {
    let lab = Lab::start(db).await;
    let group = lab.community("tilab");
    let (_home, alice) = follower(&lab, Family::Mastodon, "alice").await;
    let (mods, mona) = follower(&lab, Family::Lemmy, "mona").await;
    let (crowd, paul) = follower(&lab, Family::PieFed, "paul").await;
    lab.run(&["moderator", "add", "tilab", &mona.id]);
    let toot = Toot::by(&alice, "Bof").to_group(&group).post();
    alice.says_and_is_heard(&lab, &toot.create).await;
    let (reporters, rosa) = follower(&lab, Family::Mastodon, "rosa").await;
    let flag = flags::nodebb(&rosa, &toot.id, "Insultes");
    rosa.says(&lab, &flag).await;
    assert_eq!(fate(&lab, &flag).await, "done");
    let passed = mods
        .hears("Announce", |said| said["object"]["type"] == "Flag")
        .await;
    assert_eq!(passed["object"], flag, "as it came");
    assert_eq!(passed["actor"], group);
    assert!(
        !passed
            .to_string()
            .replace(&flag.to_string(), "")
            .contains(PUBLIC)
    );
    letter(&reporters, &rosa, "bien arrivé").await;

    let by_nobody = flags::resolve(&paul, &group, &flag);
    paul.says(&lab, &by_nobody).await;
    assert_eq!(fate(&lab, &by_nobody).await, "refused");
    assert_eq!(open(&lab).len(), 1);
    // The inner id is made up anew: what it is about counts.
    let mut embedded = flag.clone();
    embedded["id"] = json!(mona.activity_id("flag"));
    let resolve = flags::resolve(&mona, &group, &embedded);
    mona.says(&lab, &resolve).await;
    assert_eq!(fate(&lab, &resolve).await, "done");
    assert!(open(&lab).is_empty());
    let closed = lab.list(&["reports", "list", "tilab", "--resolved"]);
    assert_eq!(closed[0]["resolved_by"], mona.id);
    letter(&reporters, &rosa, "a traité votre signalement").await;
    let twice = flags::resolve(&mona, &group, &flag);
    mona.says(&lab, &twice).await;
    assert_eq!(fate(&lab, &twice).await, "refused");

    // Reported again after that, it is a new report; closed here, she hears.
    let flag = flags::nodebb(&rosa, &toot.id, "Toujours");
    rosa.says(&lab, &flag).await;
    assert_eq!(fate(&lab, &flag).await, "done");
    let id = open(&lab)[0]["id"].to_string();
    let log = lab.list(&["log", "tilab"]);
    assert_eq!(log[0]["measure"], "resolved");
    lab.run(&["account", "create", "yann"]);
    let denied = lab.cli(&["reports", "resolve", &id, "--as", "yann"]);
    assert!(!denied.status.success());
    lab.run(&["moderator", "add", "tilab", "yann"]);
    lab.run(&[
        "reports",
        "resolve",
        &id,
        "--as",
        "yann",
        "--reason",
        "Rien à redire",
    ]);
    let said = mods
        .hears("Announce", |said| {
            said["object"]["actor"] == lab.url("/u/yann")
        })
        .await;
    assert_eq!(said["object"]["type"], "Resolve");
    assert_eq!(said["object"]["object"], flag);
    assert_eq!(said["object"]["to"], json!([group]));
    let heard = crowd.received();
    let leaked = heard.iter().any(|one| {
        let text = one.json.to_string();
        text.contains(r#""type":"Flag""#) || text.contains(r#""type":"Resolve""#)
    });
    assert!(!leaked, "followers hear nothing of reports");
    assert!(
        !lab.outbox("tilab")
            .await
            .iter()
            .any(|item| item.to_string().contains(r#""type":"Flag""#))
    );
}

/// G18: forged reporters, thousands of objects, what is private or not ours.
async fn g18_reports_are_bounded_and_concern_what_is_ours(db: Db) {
    let lab = Lab::start(db).await;
    let group = lab.community("tilab");
    let (_home, alice) = follower(&lab, Family::Mastodon, "alice").await;
    let (_lemmy, lena) = follower(&lab, Family::Lemmy, "lena").await;
    let toot = Toot::by(&alice, "Bonjour").to_group(&group).post();
    alice.says_and_is_heard(&lab, &toot.create).await;
    let private = Toot::by(&alice, "Entre nous")
        .to_group(&group)
        .scope(Scope::Direct)
        .post();
    alice.says(&lab, &private.create).await;
    assert_eq!(fate(&lab, &private.create).await, "refused");

    let stranger = Peer::start(Family::Lemmy).await.person("stranger");
    for object in [
        json!(private.id),
        json!("https://social.example/1"),
        json!(stranger.id),
        json!(lab.url("/p/1")),
        json!({"id": "https://social.example/2", "type": "Note", "content": "x"}),
    ] {
        let mut flag = flags::lemmy(&lena, &group, &toot.id, "x");
        flag["object"] = object;
        lena.says(&lab, &flag).await;
        assert_eq!(fate(&lab, &flag).await, "refused", "{flag}");
    }
    // Kept and passed on once for each object, it would weigh twenty times as much.
    let mut heavy = flags::lemmy(&lena, &group, &toot.id, "x");
    heavy["unknown"] = json!("x".repeat(100_000));
    lena.says(&lab, &heavy).await;
    assert_eq!(fate(&lab, &heavy).await, "refused");
    assert!(open(&lab).is_empty());
    let mut forged = flags::lemmy(&lena, &group, &toot.id, "x");
    forged["actor"] = json!(alice.id);
    let answer = lena.say(&lab, &forged).await;
    assert!(answer.status.is_client_error(), "{}", answer.status);
    let mut many = flags::lemmy(&lena, &group, &toot.id, "<script>alert(1)</script>");
    let others = (0..1_000).map(|n| json!(format!("https://social.example/{n}")));
    many["object"] = Value::Array([json!(toot.id)].into_iter().chain(others).collect());
    lena.says(&lab, &many).await;
    assert_eq!(fate(&lab, &many).await, "done");
    let reports = open(&lab);
    assert_eq!(reports.len(), 1);
    assert_eq!(reports[0]["reason"], "");
    assert!(lab.list(&["reports", "list", "--server"]).is_empty());

    // A member may be reported by itself; somebody of this server to who runs it.
    lab.run(&["account", "create", "yann"]);
    let person = lab.url("/u/yann");
    let mut flag = flags::mastodon(&lena, &person, &[], "Spam");
    lena.says(&lab, &flag).await;
    assert_eq!(fate(&lab, &flag).await, "done");
    assert_eq!(
        lab.list(&["reports", "list", "--server"])[0]["object"],
        person
    );
    flag = flags::lemmy(&lena, &group, &alice.id, "Spam");
    lena.says(&lab, &flag).await;
    assert_eq!(fate(&lab, &flag).await, "done");
    assert_eq!(open(&lab)[0]["object"], alice.id);
}

/// Reports of people here: to a community here, and to one elsewhere in the one form
/// that Lemmy reads, while the author's server hears from ours alone.
async fn people_here_report_and_hear(db: Db) {
    let lab = Lab::start(db).await;
    let (lemmy, mona) = follower(&lab, Family::Lemmy, "mona").await;
    lab.run(&["account", "create", "yann"]);
    lab.run(&["account", "create", "rosa"]);
    lab.run(&["moderator", "add", "tilab", &mona.id]);
    let url = lab.post("yann", "tilab", "Titre", "Texte");
    lab.run(&["report", "rosa", &url, "--reason", "Hors sujet"]);
    lab.run(&["report", "rosa", &url, "--reason", "Encore"]);
    let passed = lemmy
        .hears("Announce", |said| said["object"]["type"] == "Flag")
        .await;
    let flag = &passed["object"];
    assert_eq!(flag["actor"], lab.url("/u/rosa"));
    assert_eq!(flag["object"], url);
    assert_eq!(flag["to"], json!([lab.community("tilab")]));
    assert_eq!(flag["summary"], "Hors sujet");
    assert_eq!(
        open(&lab)[0]["complaints"].as_array().map(Vec::len),
        Some(1)
    );

    // Elsewhere: a community of Lemmy with a post by somebody of Mastodon.
    let club = lemmy.group("club");
    lab.run(&["follow", "rosa", &club.id]);
    let follow = lemmy.hears("Follow", |_| true).await;
    let accept = json!({
        "id": club.activity_id("accept"), "type": "Accept", "actor": club.id, "object": follow,
    });
    club.says_and_is_heard(&lab, &accept).await;
    let microblog = Peer::start(Family::Mastodon).await;
    let alice = microblog.person("alice");
    let toot = Toot::by(&alice, "Coucou").to_group(&club.id).post();
    club.says_and_is_heard(&lab, &threadiverse::announce(&club, &toot.create))
        .await;
    lab.run(&["report", "rosa", &toot.id, "--reason", "Harcèlement"]);
    let flag = lemmy.hears("Flag", |_| true).await;
    assert_eq!(flag["actor"], lab.url("/u/rosa"));
    assert_eq!(flag["to"], json!([club.id]), "exactly one");
    assert_eq!(flag["object"], toot.id, "a scalar");
    let abroad = microblog.hears("Flag", |_| true).await;
    assert_eq!(abroad["actor"], lab.url("/"));
    assert_eq!(abroad["object"], json!([toot.id, alice.id]));
    assert_eq!(abroad["content"], "Harcèlement");
    assert!(!format!("{:?}", microblog.received()).contains("/u/rosa"));
}

/// What is removed need not be closed by hand.
async fn a_removal_closes_what_it_deals_with(db: Db) {
    let lab = Lab::start(db).await;
    let group = lab.community("tilab");
    lab.run(&["community", "set", "tilab", "--rules", "Respect"]);
    let (microblog, alice) = follower(&lab, Family::Mastodon, "alice").await;
    let (_lemmy, lena) = follower(&lab, Family::Lemmy, "lena").await;
    let toot = Toot::by(&alice, "Idiot !").to_group(&group).post();
    alice.says_and_is_heard(&lab, &toot.create).await;
    let flag = flags::lemmy(&lena, &group, &toot.id, "Insultes");
    lena.says(&lab, &flag).await;
    assert_eq!(fate(&lab, &flag).await, "done");
    let remove = ["--reason", "Insultes", "--rule", "1"];
    lab.run(&[&["moderate", "remove", &toot.id][..], &remove].concat());
    assert!(open(&lab).is_empty());
    let kinds: Vec<Value> = lab
        .list(&["log", "tilab"])
        .iter()
        .map(|row| row["measure"].clone())
        .collect();
    assert_eq!(kinds[..2], [json!("resolved"), json!("removed")]);
    let text = letter(&microblog, &alice, "a retiré votre message").await;
    for part in [
        "Motif : Insultes",
        "Règle 1 : Respect",
        "revoir sa décision",
    ] {
        assert!(text.contains(part), "{text}");
    }
}

/// A warning is for one alone; servers of Lemmy get it in their own words.
async fn somebody_is_warned(db: Db) {
    let lab = Lab::start(db).await;
    let group = lab.community("tilab");
    lab.run(&["community", "set", "tilab", "--rules", "Respect\nClarté"]);
    let (microblog, alice) = follower(&lab, Family::Mastodon, "alice").await;
    let (lemmy, lena) = follower(&lab, Family::Lemmy, "lena").await;
    lab.run(&["account", "create", "yann"]);
    lab.run(&["moderator", "add", "tilab", "yann"]);
    let toot = Toot::by(&alice, "Pff").to_group(&group).post();
    alice.says_and_is_heard(&lab, &toot.create).await;
    let why = ["--reason", "Ton blessant", "--rule", "1", "--as", "yann"];
    let warn = |who: &str, more: &[&str]| {
        lab.run(&[&["moderate", "warn", "tilab", who][..], &why, more].concat())
    };
    warn(&alice.id, &["--post", &toot.id]);
    let text = letter(&microblog, &alice, "avertissement").await;
    assert!(
        text.contains("Ton blessant") && text.contains("Règle 1 : Respect"),
        "{text}"
    );
    let said = microblog.of_type("Create");
    assert_eq!(said[0]["object"]["inReplyTo"], toot.id);
    warn(&lena.id, &[]);
    let heard = lemmy.hears("Warn", |_| true).await;
    assert_eq!(heard["to"], json!([lena.id]));
    assert_eq!(
        (&heard["object"], &heard["cc"]),
        (&json!(lena.id), &json!([]))
    );
    assert_eq!(
        (&heard["audience"], &heard["summary"]),
        (&json!(group), &json!("Ton blessant"))
    );
    assert!(microblog.of_type("Warn").is_empty());

    // From elsewhere it is the same measure, for moderators alone.
    let foreign = |by: &Person| {
        json!({
            "id": by.activity_id("warn"), "type": "Warn", "actor": by.id, "to": [alice.id],
            "audience": group, "object": alice.id, "summary": "Dernière fois",
        })
    };
    let by_nobody = foreign(&lena);
    lena.says(&lab, &by_nobody).await;
    assert_eq!(fate(&lab, &by_nobody).await, "refused");
    lab.run(&["moderator", "add", "tilab", &lena.id]);
    let by_her = foreign(&lena);
    lena.says(&lab, &by_her).await;
    assert_eq!(fate(&lab, &by_her).await, "done");
    letter(&microblog, &alice, "Dernière fois").await;
    let log = lab.list(&["log", "tilab"]);
    assert_eq!(log[0]["measure"], "warned");
    assert_eq!(log[0]["through"], "federation");
}
