//! Announcements of the server: none yet, honestly empty.

use crate::registry::Routes;

/// Declares the routes of this file.
pub(crate) fn declare(_routes: &mut Routes) {}
