//! placeholder
/// x
#[derive(Clone)]
pub struct Pages {
    /// x
    pub store: archipel_storage::Store,
    /// x
    pub site: archipel_model::Site,
    /// x
    pub title: String,
}
/// x
pub fn router(_pages: Pages) -> axum::Router {
    axum::Router::new()
}
