//! What holds for every route of the client API.

use archipel_tests::{Db, Lab, both};

both!(a_token_reads_and_an_invalid_one_does_not);

async fn a_token_reads_and_an_invalid_one_does_not(db: Db) {
    let lab = Lab::start(db).await;
    lab.account("essai");
    let url = lab.post("essai", "tilab", "Titre", "Bonjour à toutes et tous");
    let id = url.rsplit('/').next().expect("an id");
    let essai = lab.member("essai");
    let status = essai.get(&format!("/api/v1/statuses/{id}/")).await;
    assert_eq!(status["account"]["acct"], "essai");
    assert_eq!(status["archipel"]["title"], "Titre");
    let mut wrong = lab.stranger();
    assert_eq!(wrong.status(&format!("/api/v1/statuses/{id}")).await, 200);
    "wrong".clone_into(&mut wrong.token);
    assert_eq!(wrong.status(&format!("/api/v1/statuses/{id}")).await, 401);
    assert_eq!(essai.status("/api/v1/statuses/1").await, 404);
    assert_eq!(essai.status("/api/v1/nothing").await, 404);
}
