//! A stand-in for the strictest reader there is: the members that Lemmy's types
//! demand and the types it demands of them, so that one wrong member fails a
//! test here instead of an announce there.

use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::Value;
use url::Url;

/// RFC 3339, or the whole document is refused.
#[derive(Debug)]
pub(super) struct Date;

impl<'de> Deserialize<'de> for Date {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        archipel_model::Timestamp::parse_rfc3339(&text)
            .map(|_| Self)
            .map_err(serde::de::Error::custom)
    }
}

macro_rules! words {
    ($($name:ident: $($word:literal => $variant:ident),+;)+) => {$(
        #[derive(Debug, Deserialize)]
        pub(super) enum $name { $(#[serde(rename = $word)] $variant),+ }
    )+};
}

words! {
    GroupType: "Group" => Group;
    PersonType: "Person" => Person, "Service" => Service, "Organization" => Organization;
    SiteType: "Application" => Application;
    PageType: "Page" => Page, "Article" => Article, "Note" => Note, "Video" => Video, "Event" => Event;
    NoteType: "Note" => Note;
    Html: "text/html" => Html, "text/markdown" => Markdown;
    Markdown: "text/markdown" => Markdown;
    LinkType: "Link" => Link;
    ImageType: "Image" => Image;
    DocumentType: "Document" => Document;
    MentionType: "Mention" => Mention;
    CreateType: "Create" => Create, "Update" => Update;
    UpdateType: "Update" => Update;
    FollowType: "Follow" => Follow;
    AcceptType: "Accept" => Accept, "Reject" => Reject;
    UndoType: "Undo" => Undo;
    VoteType: "Like" => Like, "Dislike" => Dislike;
    DeleteType: "Delete" => Delete;
    FlagType: "Flag" => Flag;
    ResolveType: "Resolve" => Resolve;
    WarnType: "Warn" => Warn;
    BlockType: "Block" => Block;
    AnnounceType: "Announce" => Announce;
    OrderedType: "OrderedCollection" => Ordered;
    CollectionType: "Collection" => Plain;
}

/// A struct whose members need only be readable.
macro_rules! shapes {
    ($($name:ident { $($(#[$attribute:meta])* $member:ident: $type:ty),+ $(,)? })+) => {$(
        #[derive(Debug, Deserialize)]
        #[serde(rename_all = "camelCase")]
        #[expect(dead_code, reason = "only that they can be read matters")]
        pub(super) struct $name { $($(#[$attribute])* pub(super) $member: $type),+ }
    )+};
}

shapes! {
    Key { id: String, owner: Url, public_key_pem: String }
    Language { identifier: String, name: String }
    Source { content: String, media_type: Markdown }
    Picture { #[serde(rename = "type")] kind: ImageType, url: Url }
    Endpoints { shared_inbox: Url }
    Group {
        #[serde(rename = "type")] kind: GroupType, id: Url, preferred_username: String, inbox: Url,
        public_key: Key, outbox: Url, followers: Option<Url>, name: Option<String>,
        summary: Option<String>, source: Option<Source>, icon: Option<Picture>,
        image: Option<Picture>, attributed_to: Option<Url>, featured: Option<Url>,
        endpoints: Option<Endpoints>, posting_restricted_to_mods: Option<bool>,
        language: Vec<Language>, published: Option<Date>, updated: Option<Date>,
        discoverable: Option<bool>, manually_approves_followers: Option<bool>,
    }
    Person {
        #[serde(rename = "type")] kind: PersonType, id: Url, preferred_username: String,
        inbox: Url, outbox: Url, public_key: Key, name: Option<String>, summary: Option<String>,
        endpoints: Option<Endpoints>, published: Option<Date>, updated: Option<Date>,
    }
    Site {
        #[serde(rename = "type")] kind: SiteType, id: Url, name: String, inbox: Url, outbox: Url,
        public_key: Key, summary: Option<String>, published: Date,
    }
    LinkAttachment { #[serde(rename = "type")] kind: LinkType, href: Url }
    ImageAttachment { #[serde(rename = "type")] kind: ImageType, url: Url, name: Option<String> }
    DocumentAttachment { #[serde(rename = "type")] kind: DocumentType, url: Url }
    Page {
        #[serde(rename = "type")] kind: PageType, id: Url, attributed_to: Url, to: Vec<Url>,
        cc: Vec<Url>, audience: Option<Url>, name: Option<String>, content: Option<String>,
        media_type: Option<Html>, source: Option<Source>, attachment: Vec<Attachment>,
        image: Option<Picture>, sensitive: Option<bool>, language: Option<Language>,
        published: Option<Date>, updated: Option<Date>, tag: Vec<Value>, context: Option<Url>,
        in_reply_to: Option<Url>,
    }
    Note {
        #[serde(rename = "type")] kind: NoteType, id: Url, attributed_to: Url, to: Vec<Url>,
        cc: Vec<Url>, audience: Option<Url>, content: String, in_reply_to: Url,
        media_type: Option<Html>, source: Option<Source>, language: Option<Language>,
        published: Option<Date>, updated: Option<Date>, tag: Vec<MentionOrValue>,
        attachment: Vec<Attachment>,
    }
    Mention { #[serde(rename = "type")] kind: MentionType, href: Url, name: Option<String> }
    CreatePage {
        #[serde(rename = "type")] kind: CreateType, id: Url, actor: Url, to: Vec<Url>, cc: Vec<Url>,
        audience: Option<Url>, object: Page,
    }
    CreateNote {
        #[serde(rename = "type")] kind: CreateType, id: Url, actor: Url, to: Vec<Url>, cc: Vec<Url>,
        audience: Option<Url>, object: Note,
    }
    UpdateGroup {
        #[serde(rename = "type")] kind: UpdateType, id: Url, actor: Url, to: Vec<Url>, cc: Vec<Url>,
        object: Group,
    }
    Follow {
        #[serde(rename = "type")] kind: FollowType, id: Url, actor: Url, object: Url,
        to: Option<[Url; 1]>,
    }
    Accept {
        #[serde(rename = "type")] kind: AcceptType, id: Url, actor: Url, object: Follow,
        to: Option<[Url; 1]>,
    }
    UndoFollow {
        #[serde(rename = "type")] kind: UndoType, id: Url, actor: Url, object: Follow,
        to: Option<[Url; 1]>,
    }
    Delete {
        #[serde(rename = "type")] kind: DeleteType, id: Url, actor: Url, to: Vec<Url>,
        object: IdOrNested, summary: Option<String>, audience: Option<Url>,
    }
    UndoDelete {
        #[serde(rename = "type")] kind: UndoType, id: Url, actor: Url, to: Vec<Url>, cc: Vec<Url>,
        object: Delete, audience: Option<Url>,
    }
    Vote {
        #[serde(rename = "type")] kind: VoteType, id: Url, actor: Url, object: Url,
        audience: Option<Url>,
    }
    UndoVote {
        #[serde(rename = "type")] kind: UndoType, id: Url, actor: Url, object: Vote,
        audience: Option<Url>,
    }
    Flag {
        #[serde(rename = "type")] kind: FlagType, id: Url, actor: Url, to: [Url; 1], object: Url,
        summary: Option<String>, audience: Option<Url>,
    }
    Resolve {
        #[serde(rename = "type")] kind: ResolveType, id: Url, actor: Url, to: [Url; 1],
        object: Flag,
    }
    Warn {
        #[serde(rename = "type")] kind: WarnType, id: Url, actor: Url, to: [Url; 1], object: Url,
        summary: Option<String>, audience: Option<Url>,
    }
    Block {
        #[serde(rename = "type")] kind: BlockType, id: Url, actor: Url, to: Vec<Url>, cc: Vec<Url>,
        object: Url, target: Url, remove_data: Option<bool>, summary: Option<String>,
        expires: Option<Date>, end_time: Option<Date>, audience: Option<Url>,
    }
    Nested { id: Url }
    Inner { id: Url, actor: Url }
    Announce {
        #[serde(rename = "type")] kind: AnnounceType, id: Url, actor: Url, to: Vec<Url>,
        cc: Vec<Url>, object: Inner,
    }
    AnnouncedPage {
        #[serde(rename = "type")] kind: AnnounceType, id: Url, actor: Url, to: Vec<Url>,
        cc: Vec<Url>, object: CreatePage,
    }
    Outbox {
        #[serde(rename = "type")] kind: OrderedType, id: Url, total_items: i32,
        ordered_items: Vec<AnnouncedPage>,
    }
    Featured {
        #[serde(rename = "type")] kind: OrderedType, id: Url, total_items: i32,
        ordered_items: Vec<Page>,
    }
    Moderators {
        #[serde(rename = "type")] kind: OrderedType, id: Url, ordered_items: Vec<Url>,
    }
    Followers {
        #[serde(rename = "type")] kind: CollectionType, id: Url, total_items: i32, items: Vec<()>,
    }
}

/// Lemmy tries these in turn and fails when none fits.
#[derive(Debug, Deserialize)]
#[serde(untagged)]
#[expect(dead_code, reason = "only that they can be read matters")]
pub(super) enum Attachment {
    Link(LinkAttachment),
    Image(ImageAttachment),
    Document(DocumentAttachment),
}

#[derive(Debug, Deserialize)]
#[serde(untagged)]
#[expect(dead_code, reason = "only that they can be read matters")]
pub(super) enum MentionOrValue {
    Mention(Mention),
    Value(Value),
}

#[derive(Debug, Deserialize)]
#[serde(untagged)]
#[expect(dead_code, reason = "only that they can be read matters")]
pub(super) enum IdOrNested {
    Id(Url),
    Nested(Nested),
}

/// Reads a document as Lemmy would, or says why it would refuse.
pub(super) fn read<T: DeserializeOwned>(json: &super::Json) -> T {
    match serde_json::from_str(json.get()) {
        Ok(document) => document,
        Err(error) => panic!("{error}: {json}"),
    }
}
