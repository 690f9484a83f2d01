//! The rows of vector datasets, as they are served: filtered here by box, kind and viewer.

use sqlx::any::AnyRow;
use sqlx::{Any, QueryBuilder, Row};

use crate::engine::WriteTransaction;
use crate::viewer::visible_to;
use crate::{Store, StoreError, Viewer};

/// A row about to be stored.
#[derive(Debug, Clone, PartialEq)]
pub struct NewFeature {
    /// "sites", "stations", "cells", "areas" or "places".
    pub layer: &'static str,
    /// The row's own code.
    pub code: String,
    /// Kind within the layer ("commune", "village", …).
    pub kind: Option<String>,
    /// The operators that may see it; `None`: everybody.
    pub operators: Option<Vec<String>>,
    /// Security-restricted: counts in coverage and leaves in no export.
    pub restricted: bool,
    /// West, south, east, north in degrees.
    pub bounds: Option<[f64; 4]>,
    /// GeoJSON geometry, as text.
    pub geometry: Option<String>,
    /// GeoJSON properties (an object), as text.
    pub properties: String,
}

/// A row as it is served.
#[derive(Debug, Clone, PartialEq)]
pub struct Feature {
    /// Place in the dataset's layer, from 0: stable within a version.
    pub position: i64,
    /// The row's own code.
    pub code: String,
    /// Kind within the layer.
    pub kind: Option<String>,
    /// West, south, east, north in degrees.
    pub bounds: Option<[f64; 4]>,
    /// GeoJSON geometry, as text.
    pub geometry: Option<String>,
    /// GeoJSON properties (an object), as text.
    pub properties: String,
}

/// What to find in one dataset.
#[derive(Debug, Clone)]
pub struct FeatureQuery {
    /// The dataset's id.
    pub dataset: String,
    /// The layer in it.
    pub layer: &'static str,
    /// For whom.
    pub viewer: Viewer,
    /// Only these kinds (all when empty).
    pub kinds: Vec<String>,
    /// Only the row with this code.
    pub code: Option<String>,
    /// Only rows whose box meets this one: west, south, east, north; west > east crosses the antimeridian.
    pub bounds: Option<[f64; 4]>,
    /// Leave security-restricted rows out, whoever asks.
    pub without_restricted: bool,
    /// How many rows at most.
    pub limit: i64,
    /// How many matching rows to pass over.
    pub offset: i64,
}

/// A page of rows and how many there are in all.
#[derive(Debug, Clone, PartialEq)]
pub struct FeaturePage {
    /// Rows that match the query, on all pages.
    pub matched: i64,
    /// The rows of this page, in the dataset's order.
    pub features: Vec<Feature>,
}

impl FeatureQuery {
    /// Everything in a layer that the viewer may see.
    pub fn all(dataset: &str, layer: &'static str, viewer: Viewer) -> Self {
        Self {
            dataset: dataset.to_owned(),
            layer,
            viewer,
            kinds: Vec::new(),
            code: None,
            bounds: None,
            without_restricted: false,
            limit: i64::MAX,
            offset: 0,
        }
    }

    fn push_conditions(&self, query: &mut QueryBuilder<Any>) {
        query
            .push(" FROM features WHERE dataset = ")
            .push_bind(self.dataset.clone());
        query.push(" AND layer = ").push_bind(self.layer);
        if let Some(pattern) = self.viewer.pattern() {
            query
                .push(" AND (visible_to IS NULL OR visible_to LIKE ")
                .push_bind(pattern)
                .push(" ESCAPE '\\')");
        }
        if self.without_restricted {
            query.push(" AND restricted = 0");
        }
        if let Some(code) = &self.code {
            query.push(" AND code = ").push_bind(code.clone());
        }
        if !self.kinds.is_empty() {
            query.push(" AND kind IN (");
            let mut list = query.separated(", ");
            for kind in &self.kinds {
                list.push_bind(kind.clone());
            }
            query.push(")");
        }
        if let Some([west, south, east, north]) = self.bounds {
            query
                .push(" AND south <= ")
                .push_bind(north)
                .push(" AND north >= ")
                .push_bind(south);
            if west <= east {
                query
                    .push(" AND west <= ")
                    .push_bind(east)
                    .push(" AND east >= ")
                    .push_bind(west);
            } else {
                query
                    .push(" AND (west <= ")
                    .push_bind(east)
                    .push(" OR east >= ")
                    .push_bind(west)
                    .push(")");
            }
        }
    }
}

impl Store {
    /// One page of rows, and the number of all that match.
    pub async fn features(&self, wanted: &FeatureQuery) -> Result<FeaturePage, StoreError> {
        let mut count = QueryBuilder::new("SELECT COUNT(*) AS matched");
        wanted.push_conditions(&mut count);
        let matched: i64 = count.build().fetch_one(&self.pool).await?.try_get("matched")?;
        let mut query =
            QueryBuilder::new("SELECT position, code, kind, west, south, east, north, geometry, properties");
        wanted.push_conditions(&mut query);
        query
            .push(" ORDER BY position LIMIT ")
            .push_bind(wanted.limit)
            .push(" OFFSET ")
            .push_bind(wanted.offset);
        let rows = query.build().fetch_all(&self.pool).await?;
        let features = rows.iter().map(feature_of).collect::<Result<_, _>>()?;
        Ok(FeaturePage { matched, features })
    }
}

/// Rows per statement: 12 parameters each stay below SQLite's 32,766 and PostgreSQL's 65,535.
const ROWS_PER_STATEMENT: usize = 500;

pub(crate) async fn insert_features(
    write: &mut WriteTransaction<'_>,
    dataset: &str,
    mut features: impl Iterator<Item = NewFeature> + Send,
) -> Result<(), StoreError> {
    let mut next_position: std::collections::HashMap<&'static str, i64> = std::collections::HashMap::new();
    loop {
        let chunk: Vec<(i64, NewFeature)> = features
            .by_ref()
            .take(ROWS_PER_STATEMENT)
            .map(|feature| {
                let next = next_position.entry(feature.layer).or_insert(0);
                *next += 1;
                (*next - 1, feature)
            })
            .collect();
        if chunk.is_empty() {
            return Ok(());
        }
        insert_chunk(write, dataset, chunk).await?;
    }
}

async fn insert_chunk(
    write: &mut WriteTransaction<'_>,
    dataset: &str,
    chunk: Vec<(i64, NewFeature)>,
) -> Result<(), StoreError> {
    let mut query = QueryBuilder::<Any>::new(
        "INSERT INTO features (dataset, layer, position, code, kind, visible_to, restricted, \
         west, south, east, north, geometry, properties) ",
    );
    query.push_values(chunk, |mut row, (position, feature)| {
        let side = |index: usize| feature.bounds.and_then(|bounds| bounds.get(index).copied());
        row.push_bind(dataset.to_owned())
            .push_bind(feature.layer)
            .push_bind(position)
            .push_bind(feature.code)
            .push_bind(feature.kind)
            .push_bind(feature.operators.as_deref().map(visible_to))
            .push_bind(i64::from(feature.restricted))
            .push_bind(side(0))
            .push_bind(side(1))
            .push_bind(side(2))
            .push_bind(side(3))
            .push_bind(feature.geometry)
            .push_bind(feature.properties);
    });
    query.build().execute(&mut *write.transaction).await?;
    Ok(())
}

fn feature_of(row: &AnyRow) -> Result<Feature, StoreError> {
    let side = |name: &str| row.try_get::<Option<f64>, _>(name);
    let bounds = match (side("west")?, side("south")?, side("east")?, side("north")?) {
        (Some(west), Some(south), Some(east), Some(north)) => Some([west, south, east, north]),
        _ => None,
    };
    Ok(Feature {
        position: row.try_get("position")?,
        code: row.try_get("code")?,
        kind: row.try_get("kind")?,
        bounds,
        geometry: row.try_get("geometry")?,
        properties: row.try_get("properties")?,
    })
}
