//! The rows of vector datasets, as they are served: filtered here by box, kind and viewer.

use serde_json::Value;
use sqlx::Row;
use sqlx::any::AnyRow;

use crate::engine::WriteTransaction;
use crate::personal_data::mask_properties;
use crate::statement::Statement;
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
    /// The rows leave the department, whoever asks: security-restricted ones stay, personal data in notes is masked.
    /// It is always so for other viewers than the department.
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

    fn leaves_the_department(&self) -> bool {
        self.without_restricted || !self.viewer.is_department()
    }

    fn push_conditions(&self, query: &mut Statement) {
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
        if self.leaves_the_department() {
            query.push(" AND restricted = 0");
        }
        if let Some(code) = &self.code {
            query.push(" AND code = ").push_bind(code.clone());
        }
        if !self.kinds.is_empty() {
            query.push(" AND kind IN (");
            query.push_list(&self.kinds, |query, kind| {
                query.push_bind(kind.clone());
            });
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
        let mut count = Statement::new("SELECT COUNT(*) AS matched");
        wanted.push_conditions(&mut count);
        let matched: i64 = count.build().fetch_one(&self.pool).await?.try_get("matched")?;
        let mut query = Statement::new("SELECT position, code, kind, west, south, east, north, geometry, properties");
        wanted.push_conditions(&mut query);
        query
            .push(" ORDER BY position LIMIT ")
            .push_bind(wanted.limit)
            .push(" OFFSET ")
            .push_bind(wanted.offset);
        let rows = query.build().fetch_all(&self.pool).await?;
        let mut features: Vec<Feature> = rows.iter().map(feature_of).collect::<Result<_, _>>()?;
        if wanted.leaves_the_department() {
            for feature in &mut features {
                keep_back(feature, &wanted.viewer)?;
            }
        }
        Ok(FeaturePage { matched, features })
    }
}

/// Takes from a row what is not for whoever it goes to: personal data in notes; on a shared mast, what the other tenants have there.
fn keep_back(feature: &mut Feature, viewer: &Viewer) -> Result<(), StoreError> {
    let mut properties: Value = serde_json::from_str(&feature.properties)?;
    mask_properties(&mut properties);
    if let (Viewer::Operator(own), Value::Object(fields)) = (viewer, &mut properties) {
        if let Some(Value::Array(operators)) = fields.get_mut("operators") {
            operators.retain(|operator| operator == own);
        }
        if let Some(Value::Object(by_operator)) = fields.get_mut("technologies_by_operator") {
            by_operator.retain(|operator, _| operator == own);
            let technologies = by_operator
                .values()
                .next()
                .cloned()
                .unwrap_or_else(|| Value::Array(Vec::new()));
            fields.insert("technologies".to_owned(), technologies);
        }
    }
    feature.properties = properties.to_string();
    Ok(())
}

/// Rows per statement: fewer cost a round trip each; with more, SQLite's search of each parameter by its name takes longer than all else.
const ROWS_PER_STATEMENT: usize = 32;

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
    let mut query = Statement::new(
        "INSERT INTO features (dataset, layer, position, code, kind, visible_to, restricted, \
         west, south, east, north, geometry, properties) VALUES ",
    );
    query.push_list(chunk, |row, (position, feature)| {
        let side = |index: usize| feature.bounds.and_then(|bounds| bounds.get(index).copied());
        row.push("(").push_bind(dataset.to_owned());
        row.push(", ").push_bind(feature.layer);
        row.push(", ").push_bind(position);
        row.push(", ").push_bind(feature.code);
        row.push(", ").push_bind(feature.kind);
        row.push(", ").push_bind(feature.operators.as_deref().map(visible_to));
        row.push(", ").push_bind(i64::from(feature.restricted));
        for index in 0..4 {
            row.push(", ").push_bind(side(index));
        }
        row.push(", ").push_bind(feature.geometry);
        row.push(", ").push_bind(feature.properties).push(")");
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
