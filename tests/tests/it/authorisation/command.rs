//! Every measure on the command line, by everybody.

use std::collections::BTreeSet;

use archipel_tests::{Db, Lab};

use super::{RANKED, TEAM, TRYING, Table};

/// Tries one command as somebody; compares with the table.
fn tried(lab: &Lab, table: &Table, who: &str, (measure, upon): (&str, &str), args: &[&str]) {
    let mut args = args.to_vec();
    if who != "operator" {
        args.extend(["--as", who]);
    }
    let output = lab.cli(&args);
    let words = String::from_utf8_lossy(&output.stderr).into_owned();
    match table.denied(measure, who, upon, "here") {
        None => assert!(output.status.success(), "{args:?}: {words}"),
        Some(why) => {
            assert!(!output.status.success(), "{args:?} must be denied: {why}");
            let why = format!("not permitted: {why}");
            assert!(words.contains(&why), "{args:?}: {words}, not {why}");
        }
    }
}

pub(super) async fn the_command_line_does_what_the_table_says(db: Db) {
    let lab = Lab::start(db).await;
    let table = Table::of(&lab);
    for name in ["outsider", "member"] {
        lab.account(name);
    }
    let other = lab.account("other");
    lab.follow("member", &lab.community("tilab"));
    lab.follow("other", &lab.community("tilab"));
    for (name, role) in TEAM {
        lab.account(name);
        lab.run(&["moderator", "add", "tilab", name, "--role", role]);
    }
    let post = lab.post("other", "tilab", "Un titre", "Un texte");
    let mut done = BTreeSet::new();
    for who in TRYING {
        if who != "operator" {
            speaking(&lab, &table, who, &post);
            done.extend(["post", "reply", "react"].map(str::to_owned));
        }
        let mut attempt = |measure: &'static str, upon: &str, args: &[&str]| {
            done.insert(measure.to_owned());
            tried(&lab, &table, who, (measure, upon), args);
        };
        for (measure, word) in [
            ("pin", "pin"),
            ("pin", "unpin"),
            ("mark", "mark"),
            ("mark", "unmark"),
            ("lock", "lock"),
            ("lock", "unlock"),
            ("remove", "remove"),
            ("restore", "restore"),
        ] {
            attempt(measure, "outsider", &["moderate", word, &post]);
        }
        for (measure, word) in [
            ("invite", "invite"),
            ("vouch", "vouch"),
            ("vouch", "unvouch"),
            ("warn", "warn"),
            ("expel", "expel"),
            ("ban", "ban"),
            ("unban", "unban"),
        ] {
            attempt(measure, "outsider", &["moderate", word, "tilab", "other"]);
        }
        attempt(
            "appoint",
            "outsider",
            &["moderator", "add", "tilab", "other"],
        );
        let upon = match table.denied("appoint", who, "outsider", "here") {
            None => "younger",
            Some(_) => "outsider",
        };
        attempt("dismiss", upon, &["moderator", "remove", "tilab", "other"]);
        lab.follow("other", &lab.community("tilab"));
        attempt("hold", "community", &["moderate", "wave", "tilab", "on"]);
        attempt("hold", "community", &["moderate", "wave", "tilab", "off"]);
        let title = ["community", "set", "tilab", "--title", who];
        attempt("edit", "community", &title);
        for policy in ["approved", "everyone"] {
            let policy = ["community", "set", "tilab", "--reply", policy];
            attempt("configure", "community", &policy);
        }
        attempt(
            "move",
            "outsider",
            &["moderate", "move", &post, "--to", "utilo"],
        );
        lab.run(&["moderate", "move", &post, "--to", "tilab"]);
        for (measure, upon, what, place) in [
            ("resolve", "outsider", &post, "tilab"),
            ("resolve_everywhere", "community", &other, "--server"),
        ] {
            lab.cli(&["report", "member", what, "--reason", "Bof"]);
            let waiting = lab.list(&["reports", "list", place]);
            let id = waiting[0]["id"].to_string();
            attempt(measure, upon, &["reports", "resolve", &id]);
        }
        for word in ["ban", "unban"] {
            let args = ["moderate", word, "--server", "other"];
            attempt("ban_everywhere", "outsider", &args);
        }
        lab.follow("other", &lab.community("tilab"));
        ranks_hold(&lab, &table, who);
    }
    done.insert("admit".to_owned());
    done.insert("decide".to_owned());
    admitting_and_deciding(&lab, &table);
    done.insert("close".to_owned());
    closing(&lab, &table);
    table.is_covered(&done, &[]);
}

/// What one does as somebody of this server, and not in the name of a role.
fn speaking(lab: &Lab, table: &Table, who: &str, post: &str) {
    let community = ["post", who, "--to", "tilab", "Bonjour"];
    for (measure, args) in [
        ("post", &community[..]),
        ("reply", &["reply", who, post, "Oui"]),
        ("react", &["like", who, post]),
        ("react", &["boost", who, post]),
    ] {
        let expected = table.denied(measure, who, "community", "here").is_none();
        assert_eq!(lab.cli(args).status.success(), expected, "{args:?}");
    }
}

/// Nothing is done upon whom ranks as high or higher.
fn ranks_hold(lab: &Lab, table: &Table, who: &str) {
    let attempt = |measure, upon, args: &[&str]| tried(lab, table, who, (measure, upon), args);
    for measure in RANKED {
        for upon in ["facilitator", "elder", "owner"] {
            if who == upon || table.denied(measure, who, upon, "here").is_none() {
                continue;
            }
            match measure {
                "appoint" => attempt(measure, upon, &["moderator", "add", "tilab", upon]),
                "dismiss" => attempt(measure, upon, &["moderator", "remove", "tilab", upon]),
                word => attempt(word, upon, &["moderate", word, "tilab", upon]),
            }
        }
    }
}

/// Once it is closed, the next one tries it on the other community.
fn closing(lab: &Lab, table: &Table) {
    let mut community = "tilab";
    for who in TRYING {
        let args = ["community", "delete", community, "--yes"];
        tried(lab, table, who, ("close", "community"), &args);
        if table.denied("close", who, "community", "here").is_none() {
            community = "utilo";
        }
    }
}

/// What needs something that waits.
fn admitting_and_deciding(lab: &Lab, table: &Table) {
    let policy = ["--join", "approval", "--hold", "always"];
    lab.run(&[&["community", "set", "tilab"][..], &policy].concat());
    lab.account("asking");
    lab.follow("asking", &lab.community("tilab"));
    for who in TRYING {
        let on = |word| ["community", word, "tilab", "asking"];
        // In this order: turning away who is in already is to expel them.
        tried(lab, table, who, ("admit", "outsider"), &on("reject"));
        tried(lab, table, who, ("admit", "outsider"), &on("accept"));
        for word in ["approve", "refuse"] {
            let text = format!("{who} {word}");
            lab.cli(&["post", "outsider", "--to", "tilab", &text]);
            let waiting = lab.list(&["held", "list", "tilab"]);
            let post = waiting[0]["post"].as_str().expect("what waits");
            let args = ["held", word, "tilab", post];
            tried(lab, table, who, ("decide", "outsider"), &args);
        }
    }
}
