//! Names and titles of people who mean harm.

use archipel_model::CommunityPolicy;

use crate::support::{Draft, Lab};

/// What must not reach a page as markup, whatever field it came in.
const ATTACK: &str = "\"'><script>alert(1)</script><img src=x onerror=alert(1)>";

#[tokio::test]
async fn whatever_people_call_things_stays_text() {
    let lab = Lab::open().await;
    let tilab = lab
        .community("tilab", ATTACK, CommunityPolicy::default())
        .await;
    let ada = lab.person("ada", ATTACK).await;
    let grace = lab.stranger("one.example", ATTACK, ATTACK).await;
    let root = lab
        .post(Draft {
            title: Some(ATTACK),
            ..Draft::new(&ada, &tilab, ATTACK)
        })
        .await;
    lab.post(Draft {
        warning: Some(ATTACK),
        ..Draft::new(&grace, &tilab, ATTACK)
    })
    .await;
    lab.post(Draft {
        warning: Some(ATTACK),
        ..Draft::reply(&grace, root, ATTACK)
    })
    .await;
    for path in ["/", "/c/tilab", "/u/ada", &format!("/p/{root}")] {
        lab.get(path)
            .await
            .is(200)
            .has_not("<script")
            .has_not("<img")
            .has_not("javascript:")
            // Shown as it was written, not swallowed.
            .has("&#60;script&#62;alert(1)&#60;/script&#62;");
    }
    // Nor does an address come back as markup.
    lab.get("/c/%3Cscript%3E").await.is(404).has_not("script");
}
