//! A browser as far as the pages need one: it keeps cookies, fills in forms and follows
//! no redirect by itself.

use std::collections::HashMap;
use std::sync::Mutex;

use http::header::{COOKIE, LOCATION, SET_COOKIE};
use reqwest::RequestBuilder;

use crate::Lab;
use crate::surface::Answer;

/// A browser with its cookies.
#[derive(Debug)]
pub struct Browser {
    http: reqwest::Client,
    base: String,
    cookies: Mutex<HashMap<String, String>>,
}

impl Lab {
    /// A browser that was never here.
    pub fn browser(&self) -> Browser {
        Browser {
            http: self.http().clone(),
            base: self.base().to_string().trim_end_matches('/').to_owned(),
            cookies: Mutex::default(),
        }
    }

    /// Gives an account a password.
    pub fn password(&self, account: &str, password: &str) {
        let output = self.cli_with(&["account", "password", account], password);
        assert!(
            output.status.success(),
            "{}",
            String::from_utf8_lossy(&output.stderr)
        );
    }

    /// A browser in which somebody is logged in.
    pub async fn logged_in(&self, account: &str, password: &str) -> Browser {
        let browser = self.browser();
        let answer = browser.log_in("/login", account, password).await;
        assert_eq!(answer.status, 303, "{}", answer.text);
        browser
    }
}

impl Browser {
    /// Asks for a page: an address of the lab, or a path.
    pub async fn get(&self, path: &str) -> Answer {
        self.send(self.http.get(self.url(path))).await
    }

    /// Sends fields as a form, as they are.
    pub async fn post(&self, path: &str, fields: &[(&str, &str)]) -> Answer {
        let body: String = url::form_urlencoded::Serializer::new(String::new())
            .extend_pairs(fields)
            .finish();
        let request = self
            .http
            .post(self.url(path))
            .header("content-type", "application/x-www-form-urlencoded")
            .header("sec-fetch-site", "same-origin")
            .body(body);
        self.send(request).await
    }

    /// Fills in the form of a page that leads to `action`, and sends it.
    ///
    /// # Panics
    /// When the page has no such form.
    pub async fn submit(&self, page: &Answer, action: &str, fields: &[(&str, &str)]) -> Answer {
        let actions = all_between(&page.text, "action=\"", "\"");
        let target = actions
            .iter()
            .find(|target| target.starts_with(action))
            .unwrap_or_else(|| panic!("no form to {action} in {}", page.text));
        let csrf = token(page);
        let mut all = vec![("csrf", csrf.as_str())];
        all.extend(fields);
        self.post(target, &all).await
    }

    /// Opens the login page at `path` and gives name and password.
    pub async fn log_in(&self, path: &str, account: &str, password: &str) -> Answer {
        let page = self.get(path).await;
        assert_eq!(page.status, 200, "{}", page.text);
        let fields = [("name", account), ("password", password)];
        self.submit(&page, "/login", &fields).await
    }

    /// Goes where an answer leads, within the lab.
    pub async fn follow(&self, answer: &Answer) -> Answer {
        self.get(&leads_to(answer)).await
    }

    /// A cookie of this browser.
    pub fn cookie(&self, name: &str) -> Option<String> {
        self.cookies.lock().expect("cookies").get(name).cloned()
    }

    /// Puts a cookie into this browser.
    pub fn set_cookie(&self, name: &str, value: &str) {
        let mut cookies = self.cookies.lock().expect("cookies");
        cookies.insert(name.to_owned(), value.to_owned());
    }

    fn url(&self, path: &str) -> String {
        if path.starts_with('/') {
            format!("{}{path}", self.base)
        } else {
            path.to_owned()
        }
    }

    /// Sends a request with the cookies, and keeps those of the answer.
    pub async fn send(&self, request: RequestBuilder) -> Answer {
        let sent: Vec<String> = self
            .cookies
            .lock()
            .expect("cookies")
            .iter()
            .map(|(name, value)| format!("{name}={value}"))
            .collect();
        let request = if sent.is_empty() {
            request
        } else {
            request.header(COOKIE, sent.join("; "))
        };
        let answer = Answer::of(request.send().await.expect("an answer")).await;
        let mut cookies = self.cookies.lock().expect("cookies");
        for cookie in answer.headers.get_all(SET_COOKIE) {
            let cookie = cookie.to_str().expect("a cookie");
            let (pair, rest) = cookie.split_once(';').unwrap_or((cookie, ""));
            let (name, value) = pair.split_once('=').expect("a name");
            if rest.contains("Max-Age=0") {
                cookies.remove(name);
            } else {
                cookies.insert(name.to_owned(), value.to_owned());
            }
        }
        drop(cookies);
        answer
    }

    /// A request to be filled in and sent with [`Browser::send`].
    pub fn request(&self, method: reqwest::Method, path: &str) -> RequestBuilder {
        self.http.request(method, self.url(path))
    }
}

/// Where an answer leads.
///
/// # Panics
/// When it leads nowhere.
pub fn leads_to(answer: &Answer) -> String {
    let location = answer.headers.get(LOCATION);
    location
        .and_then(|value| value.to_str().ok())
        .unwrap_or_else(|| panic!("{} leads nowhere: {}", answer.status, answer.text))
        .to_owned()
}

/// The token that the forms of a page carry.
pub fn token(page: &Answer) -> String {
    let tokens = all_between(&page.text, "name=\"csrf\" value=\"", "\"");
    tokens
        .into_iter()
        .next()
        .unwrap_or_else(|| panic!("no form in {}", page.text))
}

/// Everything that stands between two marks in a page, as it was before it was escaped.
pub fn all_between(page: &str, before: &str, after: &str) -> Vec<String> {
    page.split(before)
        .skip(1)
        .filter_map(|rest| rest.split(after).next())
        .map(|text| {
            text.replace("&#38;", "&")
                .replace("&#34;", "\"")
                .replace("&#39;", "'")
                .replace("&#60;", "<")
                .replace("&#62;", ">")
        })
        .collect()
}
