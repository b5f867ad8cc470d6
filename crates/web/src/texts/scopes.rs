//! What an app will be able to do, in words for who lets it: after "It will be able to".

use archipel_model::Scope;

/// In French and in English.
const fn both(scope: Scope) -> (&'static str, &'static str) {
    match scope {
        Scope::Read => (
            "lire tout ce que vous pouvez lire, y compris les messages privés",
            "read all that you can read, private messages too",
        ),
        Scope::ReadAccounts => ("lire les profils et le vôtre", "read profiles, yours too"),
        Scope::ReadBlocks => ("voir qui vous bloquez", "see whom you block"),
        Scope::ReadBookmarks => ("voir vos signets", "see your bookmarks"),
        Scope::ReadCollections => ("voir vos collections", "see your collections"),
        Scope::ReadFavourites => ("voir vos votes", "see your votes"),
        Scope::ReadFilters => ("voir vos filtres", "see your filters"),
        Scope::ReadFollows => ("voir qui vous suivez", "see whom you follow"),
        Scope::ReadLists => ("voir vos listes", "see your lists"),
        Scope::ReadMutes => ("voir qui vous masquez", "see whom you mute"),
        Scope::ReadNotifications => ("lire vos notifications", "read your notifications"),
        Scope::ReadSearch => ("chercher à votre place", "search in your place"),
        Scope::ReadStatuses => (
            "lire les messages que vous pouvez lire, même privés",
            "read the posts that you can read, even private ones",
        ),
        Scope::Write => (
            "publier, répondre, voter, supprimer vos messages et modifier votre profil",
            "post, reply, vote, delete your posts and change your profile",
        ),
        Scope::WriteAccounts => ("modifier votre profil", "change your profile"),
        Scope::WriteBlocks => ("bloquer des comptes", "block accounts"),
        Scope::WriteBookmarks => ("gérer vos signets", "keep your bookmarks"),
        Scope::WriteCollections => ("gérer vos collections", "keep your collections"),
        Scope::WriteConversations => (
            "masquer et effacer des conversations",
            "mute and remove conversations",
        ),
        Scope::WriteFavourites => ("voter pour des messages", "vote for posts"),
        Scope::WriteFilters => ("gérer vos filtres", "keep your filters"),
        Scope::WriteFollows => (
            "suivre des comptes et rejoindre des communautés",
            "follow accounts and join communities",
        ),
        Scope::WriteLists => ("gérer vos listes", "keep your lists"),
        Scope::WriteMedia => ("envoyer des fichiers", "upload files"),
        Scope::WriteMutes => ("masquer des comptes", "mute accounts"),
        Scope::WriteNotifications => ("effacer vos notifications", "clear your notifications"),
        Scope::WriteReports => ("signaler des messages", "report posts"),
        Scope::WriteStatuses => (
            "publier, répondre et supprimer vos messages",
            "post, reply and delete your posts",
        ),
        Scope::Follow => (
            "suivre, masquer et bloquer des comptes",
            "follow, mute and block accounts",
        ),
        Scope::Push => ("vous envoyer des notifications", "send you notifications"),
        Scope::Profile => (
            "connaître votre nom, votre identifiant et votre portrait",
            "know your name, your username and your picture",
        ),
        Scope::AdminRead => (
            "lire tout ce que voit l’administration du serveur",
            "read all that administrators of this server see",
        ),
        Scope::AdminReadAccounts => (
            "lire les comptes, comme l’administration les voit",
            "read accounts as administrators see them",
        ),
        Scope::AdminReadReports => ("lire les signalements", "read reports"),
        Scope::AdminReadDomainAllows => (
            "voir les serveurs autorisés",
            "see which servers are allowed",
        ),
        Scope::AdminReadDomainBlocks => {
            ("voir les serveurs bloqués", "see which servers are blocked")
        }
        Scope::AdminReadIpBlocks
        | Scope::AdminReadEmailDomainBlocks
        | Scope::AdminReadCanonicalEmailBlocks => (
            "voir qui ne peut pas créer de compte",
            "see who cannot make an account",
        ),
        Scope::AdminWrite => (
            "administrer le serveur à votre place",
            "administer this server in your place",
        ),
        Scope::AdminWriteAccounts => (
            "suspendre et rétablir des comptes",
            "suspend and restore accounts",
        ),
        Scope::AdminWriteReports => ("traiter les signalements", "handle reports"),
        Scope::AdminWriteDomainAllows => ("autoriser des serveurs", "allow servers"),
        Scope::AdminWriteDomainBlocks => ("bloquer des serveurs", "block servers"),
        Scope::AdminWriteIpBlocks
        | Scope::AdminWriteEmailDomainBlocks
        | Scope::AdminWriteCanonicalEmailBlocks => (
            "décider qui ne peut pas créer de compte",
            "decide who cannot make an account",
        ),
    }
}

/// What a scope allows, in words.
pub(crate) const fn french(scope: Scope) -> &'static str {
    both(scope).0
}

/// See [`french`].
pub(crate) const fn english(scope: Scope) -> &'static str {
    both(scope).1
}
