//! The profile of a community: its description, how one joins, and its rules as rows.
//!
//! Apps that edit a profile send all of it. What is as it was asks for no permission:
//! who may change the description need not be who may change how one joins.

use archipel_actions::{self as actions, CommunityChange};
use archipel_model::profile::{NAME, ROWS};
use archipel_model::{JoinPolicy, MediaId};
use archipel_storage::{Community, Tx};

use super::Acting;
use crate::api::Api;
use crate::error::{ApiError, Result};
use crate::viewer::Viewer;

/// Longest description, in characters.
const DESCRIPTION: usize = 10_000;
/// Longest rule, in characters.
const RULE: usize = 500;

/// What an app says of the profile; what is `None` stays.
#[derive(Clone, Debug, Default)]
pub(crate) struct Said<'a> {
    /// The title.
    pub(crate) display_name: Option<&'a str>,
    /// The description, as typed.
    pub(crate) note: Option<&'a str>,
    /// Whether moderators decide who joins.
    pub(crate) locked: Option<bool>,
    /// The rows: name and what it says.
    pub(crate) fields: Option<Vec<(String, String)>>,
    /// The picture; `Some(None)` takes it away.
    #[expect(clippy::option_option, reason = "not said, taken away, or another")]
    pub(crate) avatar: Option<Option<MediaId>>,
    /// The banner; `Some(None)` takes it away.
    #[expect(clippy::option_option, reason = "not said, taken away, or another")]
    pub(crate) header: Option<Option<MediaId>>,
}

/// Changes the community as its profile was edited.
pub(crate) async fn update(api: &Api, tx: &mut Tx, viewer: &Viewer, said: &Said<'_>) -> Result<()> {
    let acting = Acting::of(tx, viewer).await?;
    let before = tx
        .community(viewer.subject)
        .await?
        .ok_or(ApiError::NotFound)?;
    let change = change(said, &before, &acting.community.name)?;
    actions::change_community(api.ctx(), tx, &acting.order(), &change).await?;
    Ok(())
}

fn change(said: &Said<'_>, before: &Community, title: &str) -> Result<CommunityChange> {
    for (text, most, what) in [
        (said.display_name, NAME, "The title"),
        (said.note, DESCRIPTION, "The description"),
    ] {
        if text.is_some_and(|text| text.chars().count() > most) {
            return Err(ApiError::refused(format!(
                "{what} is too long: at most {most} characters"
            )));
        }
    }
    let new = |said: Option<&str>, before: &str| {
        said.map(str::trim)
            .filter(|said| *said != before.trim())
            .map(str::to_owned)
    };
    Ok(CommunityChange {
        // Without a title nobody would know it.
        title: new(said.display_name, title).filter(|title| !title.is_empty()),
        description: new(said.note, &before.description),
        join: said
            .locked
            .and_then(|locked| join(locked, before.join_policy)),
        rules: match &said.fields {
            Some(fields) => rules(fields, before)?,
            None => None,
        },
        avatar: said.avatar,
        header: said.header,
        ..CommunityChange::default()
    })
}

/// How one joins, if that changes: a community that invites is locked as well.
fn join(locked: bool, before: JoinPolicy) -> Option<JoinPolicy> {
    match (locked, before) {
        (true, JoinPolicy::Open) => Some(JoinPolicy::Approval),
        (false, JoinPolicy::Approval | JoinPolicy::Invitation) => Some(JoinPolicy::Open),
        _ => None,
    }
}

/// The rules that these rows say, if they change.
fn rules(fields: &[(String, String)], before: &Community) -> Result<Option<String>> {
    let mut rules: Vec<String> = fields
        .iter()
        .map(|(name, value)| rule(name, value))
        .filter(|rule| !rule.is_empty())
        .collect();
    if rules.iter().any(|rule| rule.chars().count() > RULE) {
        return Err(ApiError::refused(format!(
            "A rule is too long: at most {RULE} characters"
        )));
    }
    let known = before.rule_list();
    // Apps are shown so many rules to edit; those beyond stay as they are.
    rules.extend(known.iter().skip(ROWS).map(|rule| (*rule).to_owned()));
    Ok((rules != known).then(|| rules.join("\n")))
}

/// One row as a rule. "Règle 3" only counts; any other name belongs to the rule.
fn rule(name: &str, value: &str) -> String {
    // The last row that apps are shown leads to the page of the rules.
    if matches!(name.trim(), "Règles" | "Rules") {
        return String::new();
    }
    let one_line = |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ");
    let (name, value) = (one_line(name), one_line(value));
    let counts = name
        .trim_end_matches(|c: char| c.is_ascii_digit())
        .trim_end()
        .to_lowercase();
    let only_counts = matches!(
        counts.as_str(),
        "" | "règle" | "regle" | "rule" | "n°" | "#"
    );
    match (only_counts, value.is_empty()) {
        (true, _) => value,
        (false, true) => name,
        (false, false) => format!("{name} : {value}"),
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests")]
    use archipel_model::{ActorId, CommunityPolicy};

    use super::*;
    use crate::render;

    fn community(rules: &str) -> Community {
        Community {
            description: "Avant".to_owned(),
            language: "fr".to_owned(),
            rules: rules.to_owned(),
            ..Community::of_policy(ActorId(1), CommunityPolicy::OPEN)
        }
    }

    #[expect(clippy::unnecessary_wraps, reason = "as it comes from a request")]
    fn fields(rows: &[(&str, &str)]) -> Option<Vec<(String, String)>> {
        let own = |(name, value): &(&str, &str)| ((*name).to_owned(), (*value).to_owned());
        Some(rows.iter().map(own).collect())
    }

    #[test]
    fn a_profile_that_is_sent_unchanged_changes_nothing() {
        let before = community("Courtoisie\nSources");
        let rows = render::rules(&before);
        assert_eq!(rows.first().unwrap().name, "Règle 1");
        let said = Said {
            display_name: Some("Titre"),
            note: Some("Avant"),
            locked: Some(false),
            fields: Some(rows.into_iter().map(|row| (row.name, row.value)).collect()),
            ..Said::default()
        };
        let change = change(&said, &before, "Titre").unwrap();
        assert!(change.title.is_none() && change.description.is_none());
        assert!(change.join.is_none() && change.rules.is_none());
    }

    #[test]
    fn rows_become_rules_and_those_beyond_what_apps_show_stay() {
        let many = (1..=10).map(|n| format!("r{n}")).collect::<Vec<_>>();
        let before = community(&many.join("\n"));
        let rows = fields(&[
            ("Règle 1", "Rester\ncourtois"),
            ("Rule 2", ""),
            ("Sources", "les citer"),
            ("Respect", ""),
        ]);
        let said = Said {
            locked: Some(true),
            fields: rows,
            ..Said::default()
        };
        let change = change(&said, &before, "Titre").unwrap();
        assert_eq!(
            change.rules.as_deref(),
            Some("Rester courtois\nSources : les citer\nRespect\nr9\nr10")
        );
        assert_eq!(change.join, Some(JoinPolicy::Approval));
        assert_eq!(join(true, JoinPolicy::Invitation), None);
        assert_eq!(join(false, JoinPolicy::Invitation), Some(JoinPolicy::Open));
    }
}
