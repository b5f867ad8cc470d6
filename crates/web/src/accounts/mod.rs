//! Making an account, and what one is logged in by: registration, invitations, mail
//! links, forgotten passwords, settings.

mod confirm;
mod register;
mod reset;
mod security;
mod settings;
mod shared;

use axum::Router;
use axum::routing::{get, post};

use crate::Pages;

/// The pages of this folder.
pub(crate) fn routes() -> Router<Pages> {
    Router::new()
        .route("/register", get(register::page).post(register::send))
        .route(
            "/invite/{secret}",
            get(register::invited).post(register::send_invited),
        )
        .route("/confirm/{secret}", get(confirm::page).post(confirm::done))
        .route("/password/reset", get(reset::page).post(reset::ask))
        .route(
            "/password/reset/{secret}",
            get(reset::choose).post(reset::chosen),
        )
        .route("/settings", get(settings::page))
        .route("/settings/security", get(security::page))
        .route("/settings/password", post(security::change_password))
        .route("/settings/email", post(security::change_email))
        .route(
            "/settings/email/{secret}",
            get(confirm::new_address).post(confirm::new_address_done),
        )
        .route("/settings/code/begin", post(security::begin_code))
        .route("/settings/code", post(security::turn_code_on))
        .route("/settings/code/end", post(security::turn_code_off))
        .route("/settings/code/recovery", post(security::renew_codes))
}
