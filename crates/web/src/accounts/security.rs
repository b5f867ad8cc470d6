//! Password, e-mail address and second factor of who is logged in. Whatever could shut
//! the owner out asks for the present password.

use archipel_actions::{
    Error, Limit, ask_for_new_address, authenticator_uri, begin_second_factor,
    change_password as put_password, check_password, count_try, end_second_factor, grouped,
    hash_aside, offer_second_factor, prove_password, renew_recovery_codes,
};
use archipel_model::Email;
use archipel_storage::LoginName;
use askama::Template;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use qrcode::QrCode;
use qrcode::render::svg;

use super::shared::{failed, secret};
use crate::absence::Absence;
use crate::form::Sent;
use crate::reader::{Frame, Reader};
use crate::session::{Seal, Session};

#[derive(Template)]
#[template(path = "security.html")]
struct SecurityPage {
    frame: Frame,
    csrf: String,
    handle: String,
    email: Option<String>,
    mail: bool,
    /// How many recovery codes are left, where a code is asked for.
    codes_left: Option<String>,
    /// What went well.
    notice: Option<&'static str>,
    /// What did not.
    problem: Option<&'static str>,
}

#[derive(Template)]
#[template(path = "enrol.html")]
struct EnrolPage {
    frame: Frame,
    csrf: String,
    /// An SVG picture.
    picture: String,
    key: String,
    problem: Option<&'static str>,
}

#[derive(Template)]
#[template(path = "codes.html")]
struct CodesPage {
    frame: Frame,
    codes: Vec<String>,
}

/// Said above the page.
#[derive(Clone, Copy)]
enum Word {
    Nothing,
    Well(&'static str),
    Wrong(&'static str),
}

/// The page.
pub(crate) async fn page(reader: Reader, seal: Seal, session: Session) -> Response {
    show(&reader, &seal, &session, Word::Nothing).await
}

async fn show(reader: &Reader, seal: &Seal, session: &Session, word: Word) -> Response {
    let status = match word {
        Word::Wrong(_) => StatusCode::UNPROCESSABLE_ENTITY,
        Word::Nothing | Word::Well(_) => StatusCode::OK,
    };
    match find(reader, seal, session, word).await {
        Ok(page) => secret(reader.page(status, &page)),
        Err(absence) => absence.answer(reader),
    }
}

async fn find(
    reader: &Reader,
    seal: &Seal,
    session: &Session,
    word: Word,
) -> Result<SecurityPage, Absence> {
    let mut conn = reader.conn().await?;
    let login = conn.login(LoginName::Id(session.account)).await?;
    let login = login.ok_or(Absence::NotFound)?;
    let codes_left = match login.totp_since {
        Some(_) => {
            let left = conn.recovery_codes_left(session.account).await?;
            Some(
                reader
                    .t
                    .fill(reader.t.accounts.codes_left, &left.to_string()),
            )
        }
        None => None,
    };
    let (notice, problem) = match word {
        Word::Nothing => (None, None),
        Word::Well(words) => (Some(words), None),
        Word::Wrong(words) => (None, Some(words)),
    };
    Ok(SecurityPage {
        frame: reader.frame(reader.t.accounts.security).unlisted(),
        csrf: seal.token(),
        handle: session.person.handle.clone(),
        email: login.email,
        mail: reader.pages.accounts.mail,
        codes_left,
        notice,
        problem,
    })
}

/// Whether the present password stands in the form; else the answer.
async fn proved(
    reader: &Reader,
    seal: &Seal,
    session: &Session,
    sent: &Sent,
) -> Result<(), Response> {
    let pages = &reader.pages;
    let present = sent.get("present");
    match prove_password(&pages.actions, &pages.store, session.account, present).await {
        Ok(true) => Ok(()),
        Ok(false) => {
            let wrong = Word::Wrong(reader.t.accounts.wrong_password);
            Err(show(reader, seal, session, wrong).await)
        }
        Err(error) => Err(failed(reader, error)),
    }
}

/// Another password.
pub(crate) async fn change_password(
    reader: Reader,
    seal: Seal,
    session: Session,
    sent: Sent,
) -> Response {
    let a = reader.t.accounts;
    if let Err(answer) = proved(&reader, &seal, &session, &sent).await {
        return answer;
    }
    let password = sent.get("password");
    let about = [session.person.handle.as_str(), session.person.name.as_str()];
    if let Err(weak) = check_password(password, &about) {
        return show(&reader, &seal, &session, Word::Wrong(a.weak(weak))).await;
    }
    match keep(&reader, &session, password, sent.has("apps")).await {
        Ok(()) => show(&reader, &seal, &session, Word::Well(a.password_changed)).await,
        Err(error) => failed(&reader, error),
    }
}

async fn keep(
    reader: &Reader,
    session: &Session,
    password: &str,
    end_apps: bool,
) -> archipel_actions::Result<()> {
    let pages = &reader.pages;
    let kept = hash_aside(password.to_owned()).await.ok_or(Error::Busy)?;
    let mut tx = pages.store.write().await?;
    put_password(
        &pages.actions,
        &mut tx,
        &pages.accounts,
        session.account,
        session.id,
        &kept,
        end_apps,
    )
    .await?;
    Ok(tx.commit().await?)
}

/// Another address, to be confirmed.
pub(crate) async fn change_email(
    reader: Reader,
    seal: Seal,
    session: Session,
    sent: Sent,
) -> Response {
    let a = reader.t.accounts;
    if !reader.pages.accounts.mail {
        return show(&reader, &seal, &session, Word::Wrong(a.no_mail_no_change)).await;
    }
    let Ok(email) = sent.get("email").parse::<Email>() else {
        return show(&reader, &seal, &session, Word::Wrong(a.bad_email)).await;
    };
    if let Err(answer) = proved(&reader, &seal, &session, &sent).await {
        return answer;
    }
    match send(&reader, &session, &email).await {
        Ok(()) => show(&reader, &seal, &session, Word::Well(a.email_sent)).await,
        Err(error) => failed(&reader, error),
    }
}

async fn send(reader: &Reader, session: &Session, email: &Email) -> archipel_actions::Result<()> {
    let pages = &reader.pages;
    let (ctx, store) = (&pages.actions, &pages.store);
    count_try(ctx, store, Limit::SecretMail, session.account).await?;
    let mut tx = store.write().await?;
    ask_for_new_address(ctx, &mut tx, &pages.accounts, session.account, email).await?;
    Ok(tx.commit().await?)
}

/// The second factor, to be tried.
pub(crate) async fn begin_code(
    reader: Reader,
    seal: Seal,
    session: Session,
    sent: Sent,
) -> Response {
    match proved(&reader, &seal, &session, &sent).await {
        Ok(()) => enrol(&reader, &seal, &session, None).await,
        Err(answer) => answer,
    }
}

async fn enrol(
    reader: &Reader,
    seal: &Seal,
    session: &Session,
    problem: Option<&'static str>,
) -> Response {
    let offered = async {
        let mut tx = reader.pages.store.write().await?;
        let offered = offer_second_factor(&mut tx, session.account).await?;
        tx.commit().await?;
        archipel_actions::Result::Ok(offered)
    };
    let key = match offered.await {
        Ok(Some(key)) => key,
        // It is on already.
        Ok(None) => return Redirect::to("/settings/security").into_response(),
        Err(error) => return failed(reader, error),
    };
    let uri = authenticator_uri(&reader.pages.accounts, &session.person.acct(), &key);
    let status = match problem {
        Some(_) => StatusCode::UNPROCESSABLE_ENTITY,
        None => StatusCode::OK,
    };
    let page = EnrolPage {
        frame: reader.frame(reader.t.accounts.second).unlisted(),
        csrf: seal.token(),
        picture: picture(&uri),
        key: grouped(&key),
        problem,
    };
    secret(reader.page(status, &page))
}

/// The square that authenticators scan; nothing where it cannot be drawn, since the key
/// stands beside it.
fn picture(uri: &str) -> String {
    let Ok(code) = QrCode::new(uri.as_bytes()) else {
        return String::new();
    };
    let drawn = code
        .render::<svg::Color<'_>>()
        .min_dimensions(220, 220)
        .build();
    // Within a page it begins with its element.
    drawn
        .find("<svg")
        .and_then(|start| drawn.get(start..))
        .unwrap_or_default()
        .to_owned()
}

/// The second factor, asked for from now on.
pub(crate) async fn turn_code_on(
    reader: Reader,
    seal: Seal,
    session: Session,
    sent: Sent,
) -> Response {
    let turned = async {
        let pages = &reader.pages;
        let (ctx, code) = (&pages.actions, sent.get("code"));
        count_try(ctx, &pages.store, Limit::Proof, session.account).await?;
        let mut tx = pages.store.write().await?;
        let rules = &pages.accounts;
        let codes = begin_second_factor(ctx, &mut tx, rules, session.account, code).await?;
        tx.commit().await?;
        archipel_actions::Result::Ok(codes)
    };
    match turned.await {
        Ok(Some(codes)) => show_codes(&reader, codes),
        Ok(None) => {
            let problem = Some(reader.t.accounts.wrong_code);
            enrol(&reader, &seal, &session, problem).await
        }
        Err(error) => failed(&reader, error),
    }
}

/// Recovery codes, this once.
fn show_codes(reader: &Reader, codes: Vec<String>) -> Response {
    let page = CodesPage {
        frame: reader.frame(reader.t.accounts.codes).unlisted(),
        codes,
    };
    secret(reader.page(StatusCode::OK, &page))
}

/// The second factor, asked for no more.
pub(crate) async fn turn_code_off(
    reader: Reader,
    seal: Seal,
    session: Session,
    sent: Sent,
) -> Response {
    let a = reader.t.accounts;
    if let Err(answer) = proved(&reader, &seal, &session, &sent).await {
        return answer;
    }
    let ended = async {
        let pages = &reader.pages;
        let (rules, code) = (&pages.accounts, sent.get("code"));
        let mut tx = pages.store.write().await?;
        let account = session.account;
        let ended = end_second_factor(&pages.actions, &mut tx, rules, account, code).await?;
        tx.commit().await?;
        archipel_actions::Result::Ok(ended)
    };
    match ended.await {
        Ok(true) => show(&reader, &seal, &session, Word::Well(a.second_is_off)).await,
        Ok(false) => show(&reader, &seal, &session, Word::Wrong(a.wrong_code)).await,
        Err(error) => failed(&reader, error),
    }
}

/// New recovery codes.
pub(crate) async fn renew_codes(
    reader: Reader,
    seal: Seal,
    session: Session,
    sent: Sent,
) -> Response {
    if let Err(answer) = proved(&reader, &seal, &session, &sent).await {
        return answer;
    }
    let renewed = async {
        let pages = &reader.pages;
        let (ctx, code) = (&pages.actions, sent.get("code"));
        let mut tx = pages.store.write().await?;
        let codes = renew_recovery_codes(ctx, &mut tx, session.account, code).await?;
        tx.commit().await?;
        archipel_actions::Result::Ok(codes)
    };
    match renewed.await {
        Ok(Some(codes)) => show_codes(&reader, codes),
        Ok(None) => {
            let wrong = Word::Wrong(reader.t.accounts.wrong_code);
            show(&reader, &seal, &session, wrong).await
        }
        Err(error) => failed(&reader, error),
    }
}
