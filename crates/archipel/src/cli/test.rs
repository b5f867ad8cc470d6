//! What the command line takes and what it refuses.
#![expect(clippy::unwrap_used, reason = "tests")]

use archipel_model::{Dialect, JoinPolicy, PostPolicy};
use clap::{CommandFactory, error::ErrorKind};

use super::*;

/// Parses words separated by spaces.
fn parse(line: &str) -> Result<Cli, clap::Error> {
    let words = line.split(' ').filter(|word| !word.is_empty());
    Cli::try_parse_from(std::iter::once("archipel").chain(words))
}

fn command(line: &str) -> Command {
    parse(line).unwrap().command.unwrap()
}

#[test]
fn the_definitions_agree_with_each_other() {
    Cli::command().debug_assert();
}

#[test]
fn no_command_means_serve() {
    assert_eq!(parse("").unwrap().command_or_serve(), &Command::Serve);
    assert_eq!(parse("serve").unwrap().command_or_serve(), &Command::Serve);
}

#[test]
fn config_and_json_stand_anywhere() {
    for line in [
        "--config a.toml --json account list",
        "account list --json --config a.toml",
    ] {
        let cli = parse(line).unwrap();
        assert_eq!(cli.config.as_deref(), Some(std::path::Path::new("a.toml")));
        assert!(cli.json);
    }
}

/// The contract, line by line.
#[test]
fn every_command_of_the_contract_is_understood() {
    for line in [
        "serve",
        "emoji add fablab f.png --category Lieux",
        "emoji list --json",
        "emoji remove fablab",
        "media tidy --days 0",
        "report essai https://lab.example/p/1 --reason Publicité",
        "invite create",
        "invite create --community tilab --role moderator --uses 5 --expires 2d --as essai",
        "invite list --community tilab --limit 5",
        "invite revoke 12 --as essai",
        "mail test essai@lab.example",
        "account waiting",
        "account approve essai --as autre",
        "account reject essai --reason Non",
        "account drop-code essai --yes",
        "reports list tilab",
        "reports list --server --resolved --limit 5",
        "reports show 12",
        "reports resolve 12 --as essai --reason Fait",
        "moderate ban tilab essai@social.example --days 7 --remove-content",
        "moderate ban --server essai@social.example",
        "moderate unban --server essai@social.example --restore-content",
        "moderate warn tilab essai@social.example --rule 1 --post https://lab.example/p/1",
        "moderate mark https://lab.example/p/1",
        "moderate unmark https://lab.example/p/1 --as essai",
        "moderate move https://lab.example/p/1 --to utilo",
        "community accept tilab essai@social.example --as essai",
        "community set tilab --title T --as essai",
        "log tilab",
        "log --server",
        "demo",
        "demo --once",
        "migrate",
        "account create essai",
        "account create essai --name Essai",
        "account list",
        "account show essai",
        "community create atelier --title Atelier",
        "community create atelier --title Atelier --description D --language br --join approval --post members --reply everyone",
        "community list",
        "community show tilab",
        "community set tilab --title T",
        "community set tilab --join open --post moderators",
        "community requests tilab",
        "community accept tilab essai@social.example",
        "community reject tilab https://social.example/users/essai",
        "peer list",
        "peer show lab.example",
        "peer show localhost:8081",
        "peer allow lab.example",
        "peer block lab.example",
        "peer block lab.example --reason Spam --yes",
        "peer dialect lab.example auto",
        "peer retry lab.example",
        "peer forget lab.example -y",
        "inbox list",
        "inbox list --state quarantined --peer lab.example --limit 10",
        "inbox show 12",
        "inbox retry 12",
        "inbox retry --all",
        "delivery list",
        "delivery list --post 1234 --peer lab.example --state refused",
        "delivery list --post https://lab.example/p/1",
        "delivery retry --peer lab.example",
        "delivery retry --post 1234 --refused",
        "follow essai tilab",
        "follow essai !atelier@lab.example",
        "unfollow essai tilab",
        "post essai --to tilab",
        "post essai --to tilab --title T Bonjour",
        "like essai https://lab.example/p/1",
        "dislike essai https://lab.example/p/1",
        "unlike essai https://lab.example/p/1",
        "boost essai https://lab.example/p/1",
        "unboost essai https://lab.example/p/1",
        "vote essai https://lab.example/p/1 Mardi 2",
        "post essai --to tilab --poll-option A --poll-option B --multiple --poll-ends 12h T",
        "post essai --to tilab --title T --event-start 2026-12-01T14:00 --event-end 2026-12-01T16:00 --time-zone Europe/Paris --place Halle --online-url https://lab.example/x T",
        "community set tilab --reactions likes --bot-votes true",
        "delivery list --state skipped",
        "reply essai https://lab.example/p/1",
        "reply essai https://lab.example/p/1 Merci",
    ] {
        assert!(parse(line).is_ok(), "{line}: {:?}", parse(line).err());
    }
}

#[test]
fn what_is_wrong_is_refused() {
    for (line, words) in [
        ("account create inbox", "reserved"),
        ("account create a.b", "letters"),
        ("community create atelier", "--title"),
        (
            "community create atelier --title T --join closed",
            "open, approval, invitation",
        ),
        ("community set tilab", "--title"),
        ("peer show a/b", "host"),
        (
            "peer dialect lab.example klingon",
            "threadiverse, microblog, unknown, auto",
        ),
        ("inbox retry", "--all"),
        ("inbox retry 12 --all", "--all"),
        ("inbox list --limit 0", "1..=1000"),
        ("inbox list --state lost", "quarantined"),
        ("delivery retry", "--peer"),
        ("delivery retry --refused", "--peer"),
        ("post essai Bonjour", "--to"),
        ("reply essai 1234", "https://"),
        (
            "post essai --to tilab --poll-option A --poll-ends 3x T",
            "such as 3d",
        ),
        (
            "post essai --to tilab --event-start 2026-12-01T14:00 T",
            "--time-zone",
        ),
        ("vote essai https://lab.example/p/1", "CHOICE"),
        ("nonsense", "nonsense"),
    ] {
        let error = parse(line).err().map(|error| error.to_string());
        let error = error.unwrap_or_else(|| panic!("{line:?} was taken"));
        assert!(error.contains(words), "{line:?} lacks {words:?}: {error}");
    }
}

#[test]
fn values_arrive_in_the_models_words() {
    let Command::Community(CommunityCommand::Set(set)) =
        command("community set TiLab --join approval --reply moderators")
    else {
        panic!("community set")
    };
    assert_eq!(set.handle.as_str(), "tilab");
    assert_eq!(set.policy.join, Some(JoinPolicy::Approval));
    assert_eq!(set.policy.post, None);
    assert_eq!(set.policy.reply, Some(PostPolicy::Moderators));

    for (word, dialect) in [
        ("auto", None),
        ("threadiverse", Some(Dialect::Threadiverse)),
        ("microblog", Some(Dialect::Microblog)),
        ("unknown", Some(Dialect::Unknown)),
    ] {
        let Command::Peer(PeerCommand::Dialect {
            host,
            dialect: choice,
        }) = command(&format!("peer dialect LAB.example {word}"))
        else {
            panic!("peer dialect")
        };
        assert_eq!(host.as_str(), "lab.example");
        assert_eq!(choice.dialect(), dialect);
    }
}

#[test]
fn every_command_has_help_and_every_leaf_an_example() {
    fn visit(command: &clap::Command, path: &str) {
        assert!(command.get_about().is_some(), "{path} has no help");
        for argument in command.get_arguments() {
            assert!(
                argument.get_help().is_some(),
                "{path} {}",
                argument.get_id()
            );
        }
        if command.has_subcommands() {
            for sub in command
                .get_subcommands()
                .filter(|sub| sub.get_name() != "help")
            {
                visit(sub, &format!("{path} {}", sub.get_name()));
            }
        } else {
            let after = command.get_after_help().map(ToString::to_string);
            assert!(
                after.is_some_and(|text| text.contains("Example")),
                "{path} has no example"
            );
        }
    }
    visit(&Cli::command(), "archipel");
    let help = parse("--help").unwrap_err();
    assert_eq!(help.kind(), ErrorKind::DisplayHelp);
}
