//! `phusong export`: write a layer to a file.

use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::Context;
use serde_json::json;
use server::work::export::{self, ExportRequest};
use store::{NewAuditEntry, Viewer};

use super::work_frame::{Database, with_store_at};
use crate::output::Output;

/// What may be written after `export`.
#[derive(Debug, clap::Args)]
pub struct Arguments {
    /// The project, by name or id.
    #[arg(long, value_name = "P")]
    project: String,
    /// sites, stations, cells, communes, zones, places, villages, candidates, areas, footprint, poles, roads, power_lines,
    /// fibre_lines, measurements, signal, probability, sinr or throughput.
    #[arg(long)]
    layer: String,
    /// geojson, csv, xlsx, kml, gpkg, fgb, shp or pmtiles; cog for rasters.
    #[arg(long, default_value = "geojson")]
    format: String,
    /// wgs84, vn2000 (the zone of the province) or an EPSG code, where the format allows.
    #[arg(long)]
    crs: Option<String>,
    /// Of a raster, its classes instead of its values.
    #[arg(long)]
    classed: bool,
    /// The file to write.
    #[arg(long, value_name = "FILE")]
    out: PathBuf,
    /// The run that results are of; the newest when absent.
    #[arg(long)]
    run: Option<String>,
    /// Technology of results; 4g when absent.
    #[arg(long)]
    technology: Option<String>,
    /// Operator of results; any when absent.
    #[arg(long)]
    operator: Option<String>,
    #[command(flatten)]
    database: Database,
}

/// Runs the command.
pub fn run(arguments: Arguments, output: &Output) -> anyhow::Result<ExitCode> {
    let request = ExportRequest {
        layer: arguments.layer,
        format: arguments.format.to_lowercase(),
        crs: arguments.crs,
        classed: arguments.classed,
        run: arguments.run,
        technology: arguments.technology,
        operator: arguments.operator,
    };
    let file = with_store_at(output, &arguments.database, async |store| {
        let project = store.project(&arguments.project).await?;
        let file = export::export(store, &project.id, &request, Viewer::Department).await?;
        let details = json!({ "format": request.format, "rows": file.rows });
        let entry = NewAuditEntry {
            who: "command line",
            action: "export",
            project: Some(&project.id),
            subject: &request.layer,
            details,
        };
        store.append_audit(entry).await?;
        Ok(file)
    })?;
    std::fs::write(&arguments.out, &file.bytes).with_context(|| arguments.out.display().to_string())?;
    let answer = json!({ "layer": request.layer, "format": request.format, "rows": file.rows, "bytes": file.bytes.len(), "out": arguments.out });
    output.answer(&answer, || format!("{} rows → {}", file.rows, arguments.out.display()))?;
    Ok(ExitCode::SUCCESS)
}
