//! Which destinations ever got something of an actor, so that its end can be told to
//! all of them. Deliveries know it for thirty days; after that it is noted here.

use archipel_model::ActorId;

use crate::conn::sql;
use crate::{Conn, Result};

impl Conn {
    /// Notes which destinations got something of an actor, or are about to, as far as
    /// deliveries know: of what it said itself, and of what communities passed on of
    /// its posts.
    pub async fn note_reached(&mut self, actor: ActorId) -> Result<u64> {
        sql!(
            self,
            execute,
            "INSERT INTO reached (actor_id, destination_id)
             SELECT $1, t.destination_id FROM (
                SELECT q.destination_id FROM activity y
                    JOIN delivery q ON q.activity_id = y.id
                 WHERE y.actor_id = $1 AND q.state IN ('delivered', 'queued')
                UNION
                SELECT q.destination_id FROM post p JOIN activity y ON y.post_id = p.id
                    JOIN delivery q ON q.activity_id = y.id
                 WHERE p.author_id = $1 AND q.state IN ('delivered', 'queued')) AS t
             WHERE true
             ON CONFLICT (actor_id, destination_id) DO NOTHING",
            actor.0
        )
    }

    /// Notes the same of deliveries that are about to be forgotten: those of these
    /// activities. Of authors only local ones matter, since others tell it themselves.
    pub(crate) async fn note_reached_by(&mut self, activities: &[i64]) -> Result<()> {
        sql!(
            self,
            execute,
            "INSERT INTO reached (actor_id, destination_id)
             SELECT t.actor_id, t.destination_id FROM (
                SELECT y.actor_id, q.destination_id FROM json_each($1) AS g
                    JOIN activity y ON y.id = CAST(g.value AS BIGINT)
                    JOIN delivery q ON q.activity_id = y.id
                 WHERE q.state = 'delivered'
                UNION
                SELECT p.author_id AS actor_id, q.destination_id FROM json_each($1) AS g
                    JOIN activity y ON y.id = CAST(g.value AS BIGINT)
                    JOIN post p ON p.id = y.post_id AND p.is_local
                    JOIN delivery q ON q.activity_id = y.id
                 WHERE q.state = 'delivered') AS t
             WHERE true
             ON CONFLICT (actor_id, destination_id) DO NOTHING",
            crate::json_list(activities)
        )
        .map(drop)
    }
}
