//! What the author of a post lets others do with it (GoToSocial's interaction policies).
//! Only boosts are read: what a community passes on among those that know communities
//! is no boost.

use serde_json::Value;

use super::value::{addressees, is_public};

/// Whether a community may boost what this `Create`, or this post, brings, without asking
/// its author. Who says nothing of boosts lets everybody; `circles` are what else means
/// the community: its id, and the author's followers.
pub fn may_be_boosted(brought: &Value, circles: &[&str]) -> bool {
    let post = match brought.get("object") {
        Some(object @ Value::Object(_)) => object,
        _ => brought,
    };
    let Some(Value::Object(policy)) = post.pointer("/interactionPolicy/canAnnounce") else {
        return true;
    };
    // The other names are those of GoToSocial before 0.19.
    let says = [
        "automaticApproval",
        "always",
        "manualApproval",
        "approvalRequired",
    ];
    if !says.iter().any(|name| policy.contains_key(*name)) {
        return true;
    }
    ["automaticApproval", "always"]
        .iter()
        .flat_map(|name| addressees(policy, name))
        .any(|id| is_public(&id) || circles.contains(&id.as_str()))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn c43_who_may_boost_is_the_authors_to_say() {
        let (public, group) = (
            "https://www.w3.org/ns/activitystreams#Public",
            "https://lab.example/c/tilab",
        );
        for (policy, expected) in [
            (json!(null), true),
            (json!({}), true),
            (json!({ "automaticApproval": [public] }), true),
            (json!({ "automaticApproval": public }), true),
            (json!({ "automaticApproval": ["as:Public"] }), true),
            (json!({ "always": [public], "approvalRequired": [] }), true),
            (json!({ "automaticApproval": [group] }), true),
            (json!({ "automaticApproval": [] }), false),
            (json!({ "manualApproval": [public] }), false),
            (
                json!({ "automaticApproval": ["https://gts.example/u/a"], "manualApproval": [public] }),
                false,
            ),
            (json!({ "always": [], "approvalRequired": [public] }), false),
        ] {
            let post = json!({ "type": "Note", "interactionPolicy": { "canAnnounce": policy } });
            let create = json!({ "type": "Create", "object": post });
            for brought in [&post, &create] {
                assert_eq!(may_be_boosted(brought, &[group]), expected, "{brought}");
            }
        }
        assert!(may_be_boosted(
            &json!({ "object": "https://x.example/1" }),
            &[]
        ));
    }
}
