//! Datasets: versions of what planners bring. A version is immutable; one per kind is in use.

use serde::{Deserialize, Serialize};
use sqlx::Row;
use sqlx::any::AnyRow;

use crate::engine::WriteTransaction;
use crate::feature::insert_features;
use crate::statement::Statement;
use crate::{Artefact, NewFeature, Store, StoreError, now};

/// One committed version of a dataset.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Dataset {
    /// Unique.
    pub id: String,
    /// The project's id.
    pub project: String,
    /// "sites", "areas", "terrain", …
    pub kind: String,
    /// 1, 2, 3, … within project and kind.
    pub version: i64,
    /// The name of the file or files that it came from.
    pub name: String,
    /// Number of rows (files, for rasters).
    pub rows: i64,
    /// Hash of the content: what runs name their inputs by.
    pub content_hash: String,
    /// The content itself: one records file, or the rasters.
    pub files: Vec<Artefact>,
    /// West, south, east, north in degrees.
    pub bounds: Option<[f64; 4]>,
    /// RFC 3339, UTC.
    pub created_at: String,
}

/// A version about to be committed.
#[derive(Debug, Clone)]
pub struct NewDataset {
    /// "sites", "areas", "terrain", …
    pub kind: String,
    /// The name of the file or files that it came from.
    pub name: String,
    /// Number of rows.
    pub rows: i64,
    /// Hash of the content.
    pub content_hash: String,
    /// The content, already among the artefacts.
    pub files: Vec<Artefact>,
    /// West, south, east, north in degrees.
    pub bounds: Option<[f64; 4]>,
}

const COLUMNS: &str =
    "id, project, kind, version, name, row_count, content_hash, files, west, south, east, north, created_at";

impl Store {
    /// Commits a version with its served rows, in one transaction; with `import`, that import becomes committed in the same one.
    ///
    /// # Errors
    /// `Conflict` when the import was committed or discarded already.
    pub async fn commit_dataset(
        &self,
        project: &str,
        new: NewDataset,
        features: impl Iterator<Item = NewFeature> + Send,
        import: Option<&str>,
    ) -> Result<Dataset, StoreError> {
        self.commit_version(project, new, features, import, None).await
    }

    /// The same, of content that was made from the version in use: that must still be `base` (`None`: there is none).
    ///
    /// # Errors
    /// `Conflict` also when another version came into use meanwhile.
    pub async fn commit_dataset_made_from(
        &self,
        base: Option<i64>,
        project: &str,
        new: NewDataset,
        features: impl Iterator<Item = NewFeature> + Send,
        import: Option<&str>,
    ) -> Result<Dataset, StoreError> {
        self.commit_version(project, new, features, import, Some(base)).await
    }

    async fn commit_version(
        &self,
        project: &str,
        new: NewDataset,
        features: impl Iterator<Item = NewFeature> + Send,
        import: Option<&str>,
        base: Option<Option<i64>>,
    ) -> Result<Dataset, StoreError> {
        let mut write = self.write().await?;
        if let Some(base) = base {
            let in_use: Option<i64> = sqlx::query(
                "SELECT MAX(version) AS in_use FROM datasets WHERE project = $1 AND kind = $2 AND in_use = 1",
            )
            .bind(project)
            .bind(new.kind.as_str())
            .fetch_one(&mut *write.transaction)
            .await?
            .try_get("in_use")?;
            if in_use != base {
                return Err(StoreError::Conflict(
                    "another version came into use meanwhile".to_owned(),
                ));
            }
        }
        if let Some(import) = import {
            mark_import_committed(&mut write, project, import).await?;
        }
        let newest: Option<i64> =
            sqlx::query("SELECT MAX(version) AS newest FROM datasets WHERE project = $1 AND kind = $2")
                .bind(project)
                .bind(new.kind.as_str())
                .fetch_one(&mut *write.transaction)
                .await?
                .try_get("newest")?;
        let dataset = Dataset {
            id: uuid::Uuid::now_v7().simple().to_string(),
            project: project.to_owned(),
            kind: new.kind,
            version: newest.unwrap_or(0) + 1,
            name: new.name,
            rows: new.rows,
            content_hash: new.content_hash,
            files: new.files,
            bounds: new.bounds,
            created_at: now(),
        };
        set_in_use(&mut write, project, &dataset.kind, None).await?;
        insert_dataset(&mut write, &dataset).await?;
        insert_features(&mut write, &dataset.id, features).await?;
        write.commit().await?;
        Ok(dataset)
    }

    /// The versions in use in a project, by kind.
    pub async fn datasets(&self, project: &str) -> Result<Vec<Dataset>, StoreError> {
        let mut query = Statement::new("SELECT ");
        query
            .push(COLUMNS)
            .push(" FROM datasets WHERE in_use = 1 AND project = ")
            .push_bind(project)
            .push(" ORDER BY kind");
        query
            .build()
            .fetch_all(&self.pool)
            .await?
            .iter()
            .map(dataset_of)
            .collect()
    }

    /// Every version of a kind, the newest first, and whether it is in use.
    pub async fn dataset_versions(&self, project: &str, kind: &str) -> Result<Vec<(Dataset, bool)>, StoreError> {
        let mut query = Statement::new("SELECT in_use, ");
        query
            .push(COLUMNS)
            .push(" FROM datasets WHERE project = ")
            .push_bind(project)
            .push(" AND kind = ")
            .push_bind(kind)
            .push(" ORDER BY version DESC");
        let rows = query.build().fetch_all(&self.pool).await?;
        let versions = rows.iter().map(|row| {
            let in_use: i64 = row.try_get("in_use")?;
            Ok((dataset_of(row)?, in_use == 1))
        });
        versions.collect()
    }

    /// Puts a version in use.
    ///
    /// # Errors
    /// `NotFound` when there is no such version.
    pub async fn use_dataset(&self, project: &str, kind: &str, version: i64) -> Result<Dataset, StoreError> {
        let mut write = self.write().await?;
        let known = sqlx::query("SELECT version FROM datasets WHERE project = $1 AND kind = $2 AND version = $3")
            .bind(project)
            .bind(kind)
            .bind(version)
            .fetch_optional(&mut *write.transaction)
            .await?;
        let unknown = || StoreError::not_found("version", &version.to_string());
        known.ok_or_else(unknown)?;
        set_in_use(&mut write, project, kind, Some(version)).await?;
        write.commit().await?;
        self.dataset(project, kind).await?.ok_or_else(unknown)
    }

    /// The version in use of one kind.
    pub async fn dataset(&self, project: &str, kind: &str) -> Result<Option<Dataset>, StoreError> {
        Ok(self
            .datasets(project)
            .await?
            .into_iter()
            .find(|dataset| dataset.kind == kind))
    }

    /// The newest version, in use or not, with this content.
    pub async fn dataset_of_content(
        &self,
        project: &str,
        kind: &str,
        content_hash: &str,
    ) -> Result<Option<Dataset>, StoreError> {
        let mut query = Statement::new("SELECT ");
        query
            .push(COLUMNS)
            .push(" FROM datasets WHERE project = ")
            .push_bind(project)
            .push(" AND kind = ")
            .push_bind(kind)
            .push(" AND content_hash = ")
            .push_bind(content_hash)
            .push(" ORDER BY version DESC LIMIT 1");
        let row = query.build().fetch_optional(&self.pool).await?;
        row.as_ref().map(dataset_of).transpose()
    }

    /// Goes back to the version before the one in use; `None` when there was none before (the kind is then empty).
    pub async fn undo_dataset(&self, project: &str, kind: &str) -> Result<Option<Dataset>, StoreError> {
        let mut write = self.write().await?;
        let current = sqlx::query("SELECT version FROM datasets WHERE project = $1 AND kind = $2 AND in_use = 1")
            .bind(project)
            .bind(kind)
            .fetch_optional(&mut *write.transaction)
            .await?
            .ok_or_else(|| StoreError::not_found("dataset", kind))?;
        let current: i64 = current.try_get("version")?;
        let previous: Option<i64> = sqlx::query(
            "SELECT MAX(version) AS previous FROM datasets WHERE project = $1 AND kind = $2 AND version < $3",
        )
        .bind(project)
        .bind(kind)
        .bind(current)
        .fetch_one(&mut *write.transaction)
        .await?
        .try_get("previous")?;
        set_in_use(&mut write, project, kind, previous).await?;
        write.commit().await?;
        self.dataset(project, kind).await
    }
}

async fn set_in_use(
    write: &mut WriteTransaction<'_>,
    project: &str,
    kind: &str,
    version: Option<i64>,
) -> Result<(), StoreError> {
    sqlx::query(
        "UPDATE datasets SET in_use = CASE WHEN version = $3 THEN 1 ELSE 0 END WHERE project = $1 AND kind = $2",
    )
    .bind(project)
    .bind(kind)
    // Versions begin at 1: 0 takes every version out of use.
    .bind(version.unwrap_or(0))
    .execute(&mut *write.transaction)
    .await?;
    Ok(())
}

pub(crate) async fn mark_import_committed(
    write: &mut WriteTransaction<'_>,
    project: &str,
    import: &str,
) -> Result<(), StoreError> {
    let marked = sqlx::query(
        "UPDATE imports SET status = 'committed' WHERE id = $1 AND project = $2 AND status = 'awaiting_commit'",
    )
    .bind(import)
    .bind(project)
    .execute(&mut *write.transaction)
    .await?;
    if marked.rows_affected() == 0 {
        return Err(StoreError::Conflict(format!("import {import} does not await a commit")));
    }
    Ok(())
}

async fn insert_dataset(write: &mut WriteTransaction<'_>, dataset: &Dataset) -> Result<(), StoreError> {
    let side = |index: usize| dataset.bounds.and_then(|bounds| bounds.get(index).copied());
    sqlx::query(
        "INSERT INTO datasets (id, project, kind, version, in_use, name, row_count, content_hash, files, \
         west, south, east, north, created_at) VALUES ($1, $2, $3, $4, 1, $5, $6, $7, $8, $9, $10, $11, $12, $13)",
    )
    .bind(dataset.id.as_str())
    .bind(dataset.project.as_str())
    .bind(dataset.kind.as_str())
    .bind(dataset.version)
    .bind(dataset.name.as_str())
    .bind(dataset.rows)
    .bind(dataset.content_hash.as_str())
    .bind(serde_json::to_string(&dataset.files)?)
    .bind(side(0))
    .bind(side(1))
    .bind(side(2))
    .bind(side(3))
    .bind(dataset.created_at.as_str())
    .execute(&mut *write.transaction)
    .await?;
    Ok(())
}

fn dataset_of(row: &AnyRow) -> Result<Dataset, StoreError> {
    let side = |name: &str| row.try_get::<Option<f64>, _>(name);
    let bounds = match (side("west")?, side("south")?, side("east")?, side("north")?) {
        (Some(west), Some(south), Some(east), Some(north)) => Some([west, south, east, north]),
        _ => None,
    };
    Ok(Dataset {
        id: row.try_get("id")?,
        project: row.try_get("project")?,
        kind: row.try_get("kind")?,
        version: row.try_get("version")?,
        name: row.try_get("name")?,
        rows: row.try_get("row_count")?,
        content_hash: row.try_get("content_hash")?,
        files: serde_json::from_str(&row.try_get::<String, _>("files")?)?,
        bounds,
        created_at: row.try_get("created_at")?,
    })
}
