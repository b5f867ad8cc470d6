//! The exact bytes of what was said, in each form that some peer gets.

use archipel_model::ActivityId;

use crate::activities::Form;
use crate::conn::sql;
use crate::{Conn, Result};

/// The bytes of one form of an activity.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct Rendering {
    /// Of which activity.
    #[sqlx(try_from = "i64")]
    pub activity_id: ActivityId,
    /// In which form.
    #[sqlx(try_from = "String")]
    pub form: Form,
    /// The JSON.
    pub body: String,
}

#[derive(serde::Serialize)]
struct KeptRendering<'a> {
    activity_id: i64,
    form: &'a str,
    body: &'a str,
}

impl Conn {
    /// Keeps the bytes of activities in their forms; the first ones stay.
    pub async fn put_renderings(&mut self, renderings: &[Rendering]) -> Result<()> {
        let rows: Vec<KeptRendering<'_>> = renderings
            .iter()
            .map(|rendering| KeptRendering {
                activity_id: rendering.activity_id.0,
                form: rendering.form.as_str(),
                body: &rendering.body,
            })
            .collect();
        sql!(
            self,
            execute,
            "INSERT INTO rendering (activity_id, form, body)
             SELECT CAST(value ->> 'activity_id' AS BIGINT), value ->> 'form', value ->> 'body'
             FROM json_each($1) WHERE true ON CONFLICT (activity_id, form) DO NOTHING",
            crate::json_list(&rows)
        )
        .map(drop)
    }

    /// The kept bytes of these activities, every form.
    pub async fn renderings(&mut self, ids: &[ActivityId]) -> Result<Vec<Rendering>> {
        let ids: Vec<i64> = ids.iter().map(|id| id.0).collect();
        sql!(
            self,
            fetch_all as Rendering,
            "SELECT activity_id, form, body FROM rendering
             WHERE activity_id IN (SELECT CAST(value AS BIGINT) FROM json_each($1))",
            crate::json_list(&ids)
        )
    }
}
