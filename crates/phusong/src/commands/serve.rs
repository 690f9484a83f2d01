//! `phusong serve`: start the service, API and web app in one.

use std::net::{IpAddr, SocketAddr};
use std::process::ExitCode;
use std::sync::Arc;

use geodata::DatasetKind;
use serde_json::json;
use server::work::demo::{DemoFiles, DemoMaker};
use server::{Accounts, ServiceOptions, SignInService, serve};

use crate::demo;
use crate::output::Output;

/// What may be written after `serve`.
#[derive(Debug, clap::Args)]
pub struct Arguments {
    /// Address and port to listen on; without sign-in only this machine's own.
    #[arg(long, default_value = "127.0.0.1:8080", value_name = "ADDRESS:PORT")]
    listen: SocketAddr,
    /// PostgreSQL instead of the SQLite in the data folder.
    #[arg(long, value_name = "URL", env = "PHUSONG_DATABASE_URL", hide_env_values = true)]
    database_url: Option<String>,
    /// With PostgreSQL, where the machines share artefacts: a folder (a path or file://) or an S3-compatible bucket (s3://bucket/prefix; keys,
    /// region and endpoint by AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY, AWS_REGION, AWS_ENDPOINT); the data folder when absent.
    #[arg(long, value_name = "URL", env = "PHUSONG_ARTEFACTS", requires = "database_url")]
    artefacts: Option<String>,
    /// People sign in; needed to listen on other than loopback addresses. The first start prints the administrator's one-time link.
    #[arg(long)]
    sign_in: bool,
    /// Where people reach the service, when something stands before it; an https:// address, or for trials in a closed network http://.
    #[arg(long, value_name = "URL", requires = "sign_in")]
    public_url: Option<String>,
    /// Address of what stands before the service (may be given several times): those who ask through it are told apart, and limited one by
    /// one, by its X-Forwarded-For. Nobody else is believed.
    #[arg(long, value_name = "ADDRESS", requires = "sign_in")]
    proxy: Vec<IpAddr>,
    /// People who are not signed in see what is aggregated over operators.
    #[arg(long, requires = "sign_in")]
    open_to_public: bool,
    /// People may also sign in through the house's sign-in service (OpenID Connect): its address, under which it describes itself. Whoever it
    /// vouches for needs an account that an administrator named by the person's e-mail address.
    #[arg(long, value_name = "URL", env = "PHUSONG_OIDC_ISSUER", requires_all = ["sign_in", "public_url", "oidc_client_id"])]
    oidc_issuer: Option<String>,
    /// Under which name this service is registered there, with the redirect address <public-url>/api/session/oidc/callback.
    #[arg(long, value_name = "NAME", env = "PHUSONG_OIDC_CLIENT_ID")]
    oidc_client_id: Option<String>,
    /// The secret of that registration; none for a public client.
    #[arg(
        long,
        value_name = "SECRET",
        env = "PHUSONG_OIDC_CLIENT_SECRET",
        hide_env_values = true
    )]
    oidc_client_secret: Option<String>,
}

/// Runs the command.
pub fn run(arguments: Arguments, output: &Output) -> anyhow::Result<ExitCode> {
    let registration = arguments.oidc_issuer.zip(arguments.oidc_client_id);
    let sign_in_service = registration.map(|(issuer, client_id)| SignInService {
        issuer,
        client_id,
        client_secret: arguments.oidc_client_secret,
    });
    let options = ServiceOptions {
        data_folder: output.data_folder().to_owned(),
        database_url: arguments.database_url,
        artefacts: arguments.artefacts,
        listen: arguments.listen,
        accounts: arguments.sign_in.then_some(Accounts {
            public_url: arguments.public_url,
            proxies: arguments.proxy,
            open_to_public: arguments.open_to_public,
            sign_in_service,
        }),
        demo: Some(demo_maker()),
    };
    let runtime = tokio::runtime::Runtime::new()?;
    runtime.block_on(serve(options, |ready| {
        let address = format!("http://{}", ready.address);
        let mut answer = json!({ "address": address });
        let mut text = format!("Phủ Sóng: {address}");
        if let Some(link) = ready.first_link {
            answer["first_administrator"] = json!(link);
            text.push_str(&format!("\nQuản trị viên đầu tiên / first administrator: {link}"));
        }
        // Whoever started the service waits for this line: nothing more can be done when it cannot be written.
        drop(output.answer(&answer, || text));
    }))?;
    Ok(ExitCode::SUCCESS)
}

/// The demo's files, from the usual seed.
pub fn demo_maker() -> DemoMaker {
    Arc::new(|folder| {
        let summary = demo::write(demo::DEFAULT_SEED, folder).map_err(|error| format!("{error:#}"))?;
        Ok(demo_files(&summary))
    })
}

/// The files that the demo project is imported from.
pub fn demo_files(summary: &demo::Summary) -> DemoFiles {
    let known = |file: &demo::DemoFile| Some((DatasetKind::from_key(file.kind?)?, file.path.clone()));
    DemoFiles {
        project: summary.project.to_owned(),
        files: summary.files.iter().filter_map(known).collect(),
    }
}
