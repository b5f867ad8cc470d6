//! How much somebody may say of themselves.

/// Characters of a name.
pub const NAME: usize = 100;
/// Characters of what somebody says of themselves.
pub const NOTE: usize = 2_000;
/// Rows of a profile.
pub const ROWS: usize = 8;
/// Characters of the name of a row, and of what it says.
pub const ROW: usize = 255;
