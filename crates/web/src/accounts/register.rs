//! Asking for an account, or making one by an invitation link; who has one joins.

use archipel_actions::{
    Flawed, NoSignUp, OpenLink, SignUpForm, SignUpFrom, Stage, join_by_link, open_link, register,
};
use archipel_model::{Registration, Role};
use askama::Template;
use axum::http::StatusCode;
use axum::response::Response;

use super::shared::{Address, Onward, failed, press, said, secret, to_login, too_often};
use crate::absence::Absence;
use crate::form::Sent;
use crate::reader::{Frame, Reader, Segment};
use crate::session::{Seal, Session, login_for};
use crate::texts::Said;

#[derive(Template)]
#[template(path = "register.html")]
struct RegisterPage {
    frame: Frame,
    csrf: String,
    /// Sentences above the form.
    intro: Vec<String>,
    /// Where who has an account logs in.
    login: String,
    asks: bool,
    mail: bool,
    host: String,
    /// What was typed.
    typed: SignUpForm,
    /// The fields that are wrong, and what is wrong with them.
    problems: Vec<(&'static str, &'static str)>,
    /// Said above everything.
    problem: Option<&'static str>,
}

impl RegisterPage {
    /// What is wrong with a field.
    fn problem_of(&self, field: &str) -> Option<&'static str> {
        let mut problems = self.problems.iter();
        problems
            .find(|(name, _)| *name == field)
            .map(|(_, words)| *words)
    }
}

/// The form for who was not invited.
pub(crate) async fn page(reader: Reader, seal: Seal) -> Response {
    if reader.pages.accounts.registration != Registration::Approval {
        return closed(&reader);
    }
    show(
        &reader,
        &seal,
        None,
        SignUpForm::default(),
        Vec::new(),
        None,
    )
}

fn closed(reader: &Reader) -> Response {
    let words = &reader.t.accounts.closed;
    said(reader, StatusCode::FORBIDDEN, words, "", to_login(reader))
}

fn dead(reader: &Reader) -> Response {
    let words = &reader.t.accounts.dead_link;
    said(reader, StatusCode::NOT_FOUND, words, "", None)
}

/// An invitation, and where it leads.
struct Invitation<'a> {
    secret: &'a str,
    link: &'a OpenLink,
}

impl Invitation<'_> {
    fn intro(&self, reader: &Reader) -> Vec<String> {
        let (t, a) = (reader.t, reader.t.accounts);
        let Some(community) = self.link.community() else {
            return vec![t.fill(a.invited, &reader.pages.title)];
        };
        let mut intro = vec![t.fill(a.invited_to, &community.name)];
        if let Some(role) = self.link.link.role {
            let role = match role {
                Role::Facilitator => a.facilitator,
                Role::Moderator => a.moderator,
                Role::Owner => a.owner,
            };
            intro.push(t.fill(a.invited_role, role));
        }
        intro
    }
}

fn show(
    reader: &Reader,
    seal: &Seal,
    invitation: Option<&Invitation<'_>>,
    typed: SignUpForm,
    problems: Vec<(&'static str, &'static str)>,
    problem: Option<&'static str>,
) -> Response {
    let a = reader.t.accounts;
    let status = if problems.is_empty() && problem.is_none() {
        StatusCode::OK
    } else {
        StatusCode::UNPROCESSABLE_ENTITY
    };
    let page = RegisterPage {
        frame: reader.frame(a.register).unlisted(),
        csrf: seal.token(),
        intro: match invitation {
            Some(invitation) => invitation.intro(reader),
            None => vec![a.register_ask.to_owned()],
        },
        login: match invitation {
            Some(invitation) => login_for(&format!("/invite/{}", invitation.secret)),
            None => "/login".to_owned(),
        },
        asks: invitation.is_none(),
        mail: reader.pages.accounts.mail,
        host: reader.pages.site.host().to_string(),
        typed,
        problems,
        problem,
    };
    secret(seal.on(reader.page(status, &page), &reader.pages.site))
}

/// The form, sent by who was not invited.
pub(crate) async fn send(reader: Reader, seal: Seal, address: Address, sent: Sent) -> Response {
    make(&reader, &seal, address, &sent, None).await
}

/// An invitation, opened.
pub(crate) async fn invited(
    reader: Reader,
    seal: Seal,
    session: Option<Session>,
    Segment(key): Segment,
) -> Response {
    let link = match opened(&reader, &key).await {
        Ok(Some(link)) => link,
        Ok(None) => return dead(&reader),
        Err(error) => return failed(&reader, error),
    };
    let invitation = Invitation {
        secret: &key,
        link: &link,
    };
    if session.is_some() {
        return offer(&reader, &seal, &invitation);
    }
    if reader.pages.accounts.registration == Registration::Closed {
        let words = &reader.t.accounts.closed;
        let onward = Some(Onward {
            href: login_for(&format!("/invite/{key}")),
            words: reader.t.accounts.has_account,
        });
        return said(&reader, StatusCode::FORBIDDEN, words, "", onward);
    }
    let nothing = SignUpForm::default();
    show(&reader, &seal, Some(&invitation), nothing, Vec::new(), None)
}

/// Who has an account may join.
fn offer(reader: &Reader, seal: &Seal, invitation: &Invitation<'_>) -> Response {
    let a = reader.t.accounts;
    if invitation.link.community().is_none() {
        return said(reader, StatusCode::OK, &a.member_already, "", None);
    }
    let mut intro = invitation.intro(reader).into_iter();
    let text = intro.next().unwrap_or_default();
    let words = Said {
        heading: a.join,
        text: a.invited_to,
    };
    press(reader, seal, &words, text, intro.next(), a.join)
}

async fn opened(reader: &Reader, key: &str) -> archipel_actions::Result<Option<OpenLink>> {
    let mut tx = reader.pages.store.write().await?;
    open_link(&reader.pages.actions, &mut tx, key).await
}

/// The form of an invitation, sent, or the button for who has an account.
pub(crate) async fn send_invited(
    reader: Reader,
    seal: Seal,
    session: Option<Session>,
    address: Address,
    Segment(key): Segment,
    sent: Sent,
) -> Response {
    match session {
        Some(session) => match join(&reader, &session, &key).await {
            Ok(Some(link)) => joined(&reader, &link),
            Ok(None) => dead(&reader),
            Err(error) => failed(&reader, error),
        },
        None => make(&reader, &seal, address, &sent, Some(&key)).await,
    }
}

async fn join(
    reader: &Reader,
    session: &Session,
    key: &str,
) -> archipel_actions::Result<Option<OpenLink>> {
    let ctx = &reader.pages.actions;
    let mut tx = reader.pages.store.write().await?;
    let Some(link) = open_link(ctx, &mut tx, key).await? else {
        return Ok(None);
    };
    // For an account alone, it is of no use to them and stays whole.
    if link.community().is_some() && !join_by_link(ctx, &mut tx, &link, &session.person).await? {
        return Ok(None);
    }
    tx.commit().await?;
    Ok(Some(link))
}

fn joined(reader: &Reader, link: &OpenLink) -> Response {
    let a = reader.t.accounts;
    let Some(community) = link.community() else {
        return said(reader, StatusCode::OK, &a.member_already, "", None);
    };
    let onward = Onward {
        href: format!("/c/{}", community.handle),
        words: a.to_community,
    };
    said(
        reader,
        StatusCode::OK,
        &a.joined,
        &community.name,
        Some(onward),
    )
}

/// Makes an account of what was filled in.
async fn make(
    reader: &Reader,
    seal: &Seal,
    address: Address,
    sent: &Sent,
    key: Option<&str>,
) -> Response {
    let form = SignUpForm {
        handle: sent.get("handle").to_owned(),
        email: sent.get("email").to_owned(),
        password: sent.get("password").to_owned(),
        name: sent.get("name").to_owned(),
        reason: sent.get("reason").to_owned(),
        agreement: sent.has("agreement"),
        locale: reader.t.lang.to_owned(),
        invite: key.map(str::to_owned),
    };
    let from = SignUpFrom {
        address: address.map(|axum::Extension(address)| address),
        app: None,
    };
    let pages = &reader.pages;
    let world = pages.world.as_ref();
    let made = register(
        &pages.actions,
        &pages.store,
        world,
        &pages.accounts,
        &form,
        from,
    )
    .await;
    match made {
        Ok(made) => welcome(reader, made.stage, &form.email),
        Err(error) => again(reader, seal, form, key, error).await,
    }
}

fn welcome(reader: &Reader, stage: Stage, email: &str) -> Response {
    let a = reader.t.accounts;
    match stage {
        Stage::Unconfirmed => said(reader, StatusCode::OK, &a.look_into_mail, email, None),
        Stage::Waiting => said(reader, StatusCode::OK, &a.waits, "", None),
        Stage::Active => said(reader, StatusCode::OK, &a.ready, "", to_login(reader)),
    }
}

/// The form once more, with what is wrong; the password is typed again.
async fn again(
    reader: &Reader,
    seal: &Seal,
    form: SignUpForm,
    key: Option<&str>,
    error: NoSignUp,
) -> Response {
    let a = reader.t.accounts;
    let (problems, problem, wait) = match error {
        NoSignUp::Closed => return closed(reader),
        NoSignUp::DeadLink => return dead(reader),
        NoSignUp::Flawed(Flawed(flaws)) => {
            let problems: Vec<_> = flaws.into_iter().map(|flaw| a.flaw(flaw)).collect();
            (problems, Some(a.problems), None)
        }
        NoSignUp::Failed(archipel_actions::Error::TooOften(seconds)) => {
            (Vec::new(), Some(a.too_often), Some(seconds))
        }
        NoSignUp::Failed(error) => return Absence::from(error).answer(reader),
    };
    let link = match key {
        Some(key) => match opened(reader, key).await {
            Ok(Some(link)) => Some((key, link)),
            Ok(None) => return dead(reader),
            Err(error) => return failed(reader, error),
        },
        None => None,
    };
    let invitation = link
        .as_ref()
        .map(|(secret, link)| Invitation { secret, link });
    let page = show(reader, seal, invitation.as_ref(), form, problems, problem);
    match wait {
        Some(seconds) => too_often(page, seconds),
        None => page,
    }
}
