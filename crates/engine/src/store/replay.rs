//! New deliveries on a person's word; what they repeat stays as history.

use crate::model::id::DeliveryId;

use super::plan::{NewDelivery, insert_deliveries};
use super::{Store, StoreError};

impl Store {
    /// Plans `new` as the repeat of `old`. Answers `None`, and changes nothing, when `old` was replayed meanwhile.
    pub(crate) async fn replay(
        &self,
        old: DeliveryId,
        new: NewDelivery,
        now: i64,
    ) -> Result<Option<DeliveryId>, StoreError> {
        let mut tx = self.write().await?;
        insert_deliveries(&mut tx, &[new], Some(old.0), now).await?;
        let seq: i64 = sqlx::query_scalar("SELECT last_insert_rowid()")
            .fetch_one(&mut *tx)
            .await?;
        let done = sqlx::query("UPDATE deliveries SET replayed_as = ? WHERE seq = ? AND replayed_as IS NULL AND settled_at IS NOT NULL")
            .bind(seq)
            .bind(old.0)
            .execute(&mut *tx)
            .await?;
        if done.rows_affected() == 0 {
            tx.rollback().await?;
            return Ok(None);
        }
        tx.commit().await?;
        Ok(Some(DeliveryId(seq)))
    }

    /// Plans further deliveries of an event that is stored already.
    pub(crate) async fn add_deliveries(
        &self,
        new: &[NewDelivery],
        now: i64,
    ) -> Result<Vec<DeliveryId>, StoreError> {
        let mut tx = self.write().await?;
        let mut ids = Vec::with_capacity(new.len());
        for delivery in new {
            insert_deliveries(&mut tx, std::slice::from_ref(delivery), None, now).await?;
            ids.push(DeliveryId(
                sqlx::query_scalar("SELECT last_insert_rowid()")
                    .fetch_one(&mut *tx)
                    .await?,
            ));
        }
        if let Some(first) = new.first() {
            sqlx::query(
                "UPDATE events SET status = 'routed' WHERE id = ? AND status = 'not_routed'",
            )
            .bind(first.event_id.as_bytes().to_vec())
            .execute(&mut *tx)
            .await?;
        }
        tx.commit().await?;
        Ok(ids)
    }
}
