//! How far somebody has read; their preferences.

use crate::registry::Routes;

/// Declares the routes of this file.
pub(crate) fn declare(_routes: &mut Routes) {}
