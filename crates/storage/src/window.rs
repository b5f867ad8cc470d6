//! Parts of lists: which one is wanted, and the one way of reading it.

/// Which part of a list is wanted, by the key that orders it.
#[derive(Clone, Copy, Debug)]
pub struct Window {
    /// Below this key.
    pub max: i64,
    /// Above this one.
    pub min: i64,
    /// How many.
    pub limit: i64,
    /// Those next to `min` rather than those next to `max`.
    pub rises: bool,
}

/// One of a list: the key that orders it, and the id of what is listed.
pub type KeyedId = (i64, i64);

/// A page of rows, the highest key first whichever end it was read from. `select` ends in
/// its conditions, whose arguments begin at `$4`.
macro_rules! page {
    ($conn:expr, $window:expr, as $row:ty, $select:literal, $key:literal $(, $arg:expr)* $(,)?) => {{
        let window: $crate::Window = $window;
        let mut rows: Vec<$row> = if window.rises {
            sql!(
                $conn,
                fetch_all as $row,
                concat!($select, " AND ", $key, " < $1 AND ", $key, " > $2 ORDER BY ", $key,
                    " LIMIT $3"),
                window.max, window.min, window.limit $(, $arg)*
            )?
        } else {
            sql!(
                $conn,
                fetch_all as $row,
                concat!($select, " AND ", $key, " < $1 AND ", $key, " > $2 ORDER BY ", $key,
                    " DESC LIMIT $3"),
                window.max, window.min, window.limit $(, $arg)*
            )?
        };
        if window.rises {
            rows.reverse();
        }
        Ok(rows)
    }};
}
pub(crate) use page;
