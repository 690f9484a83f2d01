//! The running service: what handlers share, and the way from start to shutdown.

use std::net::{IpAddr, SocketAddr};
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use coverage_model::LayerFile;
use geodata::DatasetKind;
use store::{FolderLock, NewAccount, Role, Run, Store};
use terrain::Ground;

use crate::cache::Cache;
use crate::http::{Limits, Metrics, SignInService, SignInsUnderWay};
use crate::work::demo::DemoMaker;
use crate::work::inputs::ProjectInputs;
use crate::work::link_budget::Explainer;
use crate::work::{blocking, ground, let_requests_go_first, results};
use crate::{Jobs, Problem};

/// How a service is started.
#[derive(Clone)]
pub struct ServiceOptions {
    /// The store's folder.
    pub data_folder: PathBuf,
    /// PostgreSQL instead of the SQLite in the folder.
    pub database_url: Option<String>,
    /// With PostgreSQL, where the machines share artefacts (see [`Store::open_shared`]); the data folder when absent.
    pub artefacts: Option<String>,
    /// Where to listen. Without sign-in only a loopback address is taken.
    pub listen: SocketAddr,
    /// How people sign in; `None`: a single user on this machine, who needs not.
    pub accounts: Option<Accounts>,
    /// Makes the demo's files.
    pub demo: Option<DemoMaker>,
}

/// A service whose users sign in.
#[derive(Debug, Clone, Default)]
pub struct Accounts {
    /// Where people reach the service (`https://phusong.example.vn`), when something stands before it.
    pub public_url: Option<String>,
    /// What stands before the service, by address: who asks through it is known by what it says in `X-Forwarded-For`.
    pub proxies: Vec<IpAddr>,
    /// Whether people who are not signed in see what is aggregated over operators.
    pub open_to_public: bool,
    /// The house's sign-in service (OpenID Connect), besides passwords; needs `public_url`.
    pub sign_in_service: Option<SignInService>,
}

impl Accounts {
    /// Whether browsers are to send the cookie over TLS only: always, unless the administrator named a plain address.
    pub(crate) fn is_secure(&self) -> bool {
        !self.public_url.as_deref().is_some_and(|url| url.starts_with("http://"))
    }

    /// The cookie's name. The prefix lets browsers refuse it from other hosts and from plain connections.
    pub(crate) fn cookie_name(&self) -> &'static str {
        if self.is_secure() { "__Host-phusong" } else { "phusong" }
    }

    /// The cookie of a session, or (`gone`) what takes it away.
    pub(crate) fn cookie(&self, secret: &str, gone: bool) -> String {
        let name = self.cookie_name();
        let secure = if self.is_secure() { "; Secure" } else { "" };
        let age = if gone { "; Max-Age=0" } else { "" };
        format!("{name}={secret}; Path=/; HttpOnly; SameSite=Strict{secure}{age}")
    }

    /// The one-time link with a secret; the secret stands after the # and so reaches no server's log.
    pub(crate) fn link(&self, origin: &str, secret: &str) -> String {
        let origin = self.public_url.as_deref().unwrap_or(origin).trim_end_matches('/');
        format!("{origin}/#/setup?token={secret}")
    }
}

/// What every handler shares. Cheap to clone.
#[derive(Clone)]
pub struct Service {
    /// The store.
    pub store: Store,
    /// Background work.
    pub jobs: Jobs,
    accounts: Option<Accounts>,
    metrics: Arc<Metrics>,
    limits: Arc<Limits>,
    sign_ins: Arc<SignInsUnderWay>,
    layers: Cache<LayerFile>,
    tiles: Cache<Vec<u8>>,
    grounds: Cache<Ground>,
    explainers: Cache<Explainer>,
}

/// Heads of layers in memory, bytes: those of some runs. Values are read from the file, a block at a time.
const HEAD_BYTES_IN_MEMORY: usize = 64 << 20;
/// Tiles in memory, bytes: what a few people look at.
const TILE_BYTES_IN_MEMORY: usize = 64 << 20;
const GROUNDS_IN_MEMORY: usize = 3;
const EXPLAINERS_IN_MEMORY: usize = 3;

impl Service {
    /// A service for a single user on an open store; background work begins with [`Jobs::recover`].
    pub fn new(store: Store, demo: Option<DemoMaker>) -> Self {
        let jobs = Jobs::new(store.clone(), demo);
        Self {
            store,
            jobs,
            accounts: None,
            metrics: Arc::default(),
            limits: Arc::default(),
            sign_ins: Arc::default(),
            layers: Cache::new(HEAD_BYTES_IN_MEMORY),
            tiles: Cache::new(TILE_BYTES_IN_MEMORY),
            grounds: Cache::new(GROUNDS_IN_MEMORY),
            explainers: Cache::new(EXPLAINERS_IN_MEMORY),
        }
    }

    /// The same service, whose users sign in.
    #[must_use]
    pub fn with_accounts(self, accounts: Accounts) -> Self {
        Self {
            accounts: Some(accounts),
            ..self
        }
    }

    /// How people sign in; `None`: a single user, who needs not.
    pub fn accounts(&self) -> Option<&Accounts> {
        self.accounts.as_ref()
    }

    /// What is counted.
    pub(crate) fn metrics(&self) -> &Metrics {
        &self.metrics
    }

    /// How much may be asked.
    pub(crate) fn limits(&self) -> &Limits {
        &self.limits
    }

    /// Sign-ins through the sign-in service that are under way.
    pub(crate) fn sign_ins(&self) -> &SignInsUnderWay {
        &self.sign_ins
    }

    /// A layer of a run, its head from memory when it was used lately.
    pub async fn layer(&self, run: &Run, key: &str) -> Result<Arc<LayerFile>, Problem> {
        let key = key.to_lowercase();
        let name = format!("{}/{}/{key}", run.project, run.id);
        if let Some(layer) = self.layers.get(&name) {
            // For whom the run was found decides, not who asked before.
            results::layer_file(run, &key)?;
            return Ok(layer);
        }
        let (artefacts, run) = (self.store.artefacts().clone(), run.clone());
        let layer = blocking(move || results::stored_layer(&artefacts, &run, &key)).await?;
        let bytes = 1024 + layer.head().cells.iter().map(|cell| cell.len() + 32).sum::<usize>();
        self.layers.put(name, &layer, bytes);
        Ok(layer)
    }

    /// A tile by name: from memory when it was shown lately, else made.
    pub async fn tile(
        &self,
        name: String,
        made: impl Future<Output = Result<Vec<u8>, Problem>>,
    ) -> Result<Arc<Vec<u8>>, Problem> {
        if let Some(known) = self.tiles.get(&name) {
            return Ok(known);
        }
        let bytes = Arc::new(made.await?);
        self.tiles.put(name, &bytes, bytes.len() + 128);
        Ok(bytes)
    }

    /// The ground of a project, open.
    pub async fn ground(&self, project: &str) -> Result<(Arc<Ground>, String), Problem> {
        let inputs = ProjectInputs::load(&self.store, project).await?;
        let kinds = [DatasetKind::Terrain, DatasetKind::LandCover, DatasetKind::Population];
        let hash = |kind| {
            inputs
                .dataset(kind)
                .map_or("-", |dataset| dataset.content_hash.as_str())
        };
        let name = kinds.map(hash).join("/");
        if let Some(ground) = self.grounds.get(&name) {
            return Ok((ground, name));
        }
        let artefacts = self.store.artefacts().clone();
        let ground = Arc::new(blocking(move || ground::open(&artefacts, &inputs)).await?);
        self.grounds.put(name.clone(), &ground, 1);
        Ok((ground, name))
    }

    /// What takes a run's numbers apart; `inputs` are the run's.
    pub(crate) async fn explainer(&self, run: &Run, inputs: ProjectInputs) -> Result<Arc<Explainer>, Problem> {
        let name = format!("{}/{}", run.project, run.id);
        if let Some(known) = self.explainers.get(&name) {
            return Ok(known);
        }
        let planned = match run.parameters["scenario"]["with_plan"].as_str() {
            Some(plan) => Some(self.store.run(&run.project, plan).await?),
            None => None,
        };
        let (artefacts, run) = (self.store.artefacts().clone(), run.clone());
        let losses = self.store.cache_folder()?.join("path-loss");
        let read = move || Explainer::read(&artefacts, &inputs, (&run, planned.as_ref()), losses);
        let explainer = Arc::new(blocking(read).await?);
        self.explainers.put(name, &explainer, 1);
        Ok(explainer)
    }
}

/// Time that open requests get to end at shutdown.
const GRACE: Duration = Duration::from_secs(10);

/// What a service says when it answers.
#[derive(Debug, Clone)]
pub struct Ready {
    /// Where it listens.
    pub address: SocketAddr,
    /// The one-time link of the first administrator, while nobody can sign in.
    pub first_link: Option<String>,
}

/// Runs the service until it is told to stop (Ctrl-C or SIGTERM). `ready` hears the address once it answers.
///
/// # Errors
/// `not_loopback` for an address that others could reach without signing in; `accounts_exist` when a folder with accounts is to be served without; `address_in_use`; what is wrong with the store.
pub async fn serve(options: ServiceOptions, ready: impl FnOnce(Ready)) -> Result<(), Problem> {
    if options.accounts.is_none() && !options.listen.ip().is_loopback() {
        return Err(not_loopback(options.listen));
    }
    let folder = &options.data_folder;
    let store = match (&options.database_url, &options.artefacts) {
        (Some(url), Some(artefacts)) => Store::open_shared(folder, url, artefacts).await?,
        (Some(url), None) => Store::open_postgres(folder, url).await?,
        (None, _) => Store::open(folder).await?,
    };
    // A shared store's folder has other processes at work in it.
    let _lock = if store.is_shared() { None } else { Some(lock(&store)?) };
    if !store.is_shared() {
        store.artefacts().sweep_incoming()?;
    }
    let listener = tokio::net::TcpListener::bind(options.listen)
        .await
        .map_err(|error| cannot_listen(options.listen, &error))?;
    let address = listener.local_addr()?;
    let mut service = Service::new(store.clone(), options.demo);
    let mut first_link = None;
    match options.accounts {
        Some(accounts) => {
            first_link = first_administrator(&store, &accounts, address).await?;
            service = service.with_accounts(accounts);
        }
        None if store.has_accounts().await? => return Err(accounts_exist()),
        None => {}
    }
    let_requests_go_first();
    service.jobs.recover().await?;
    let app = crate::router(service.clone());
    ready(Ready { address, first_link });
    let jobs = service.jobs.clone();
    let (told, hear) = tokio::sync::oneshot::channel();
    let stop = async move {
        stop_signal().await;
        jobs.close();
        // Nobody waits for it when the service has ended by itself.
        let _ = told.send(());
    };
    let app = app.into_make_service_with_connect_info::<SocketAddr>();
    let serving = IntoFuture::into_future(axum::serve(listener, app).with_graceful_shutdown(stop));
    let deadline = async {
        if hear.await.is_ok() {
            tokio::time::sleep(GRACE).await;
        } else {
            std::future::pending::<()>().await;
        }
    };
    tokio::select! {
        ended = serving => ended?,
        () = deadline => tracing::warn!("requests were still open at shutdown"),
    }
    store.close().await;
    Ok(())
}

/// The name of the account that the first start makes.
const FIRST_ADMINISTRATOR: &str = "admin";

/// While no administrator has a password: the first one's account and its one-time link.
async fn first_administrator(
    store: &Store,
    accounts: &Accounts,
    address: SocketAddr,
) -> Result<Option<String>, Problem> {
    let known = store.accounts().await?;
    let settled = |account: &store::Account| account.role == Role::Administrator && account.has_password;
    if known.iter().any(settled) {
        return Ok(None);
    }
    let first = match known.into_iter().find(|account| account.role == Role::Administrator) {
        Some(account) => account,
        None => {
            let new = NewAccount {
                name: FIRST_ADMINISTRATOR.to_owned(),
                display_name: FIRST_ADMINISTRATOR.to_owned(),
                role: Role::Administrator,
                operator: None,
            };
            store.create_account(new).await?
        }
    };
    let invitation = store.invite(&first.id).await?;
    Ok(Some(accounts.link(&format!("http://{address}"), &invitation.secret)))
}

fn accounts_exist() -> Problem {
    Problem::new(
        409,
        "accounts_exist",
        "thư mục dữ liệu này có tài khoản, không phục vụ khi không đăng nhập",
        "this data folder has accounts and is not served without sign-in",
    )
    .advise("Thêm --sign-in.", "Add --sign-in.")
}

/// Works for a shared store until it is told to stop (Ctrl-C or SIGTERM).
///
/// # Errors
/// What is wrong with the store.
pub async fn work_for(store: Store) -> Result<(), Problem> {
    let_requests_go_first();
    let jobs = Jobs::new(store.clone(), None);
    let stop = {
        let jobs = jobs.clone();
        async move {
            stop_signal().await;
            jobs.close();
            std::future::pending::<()>().await;
        }
    };
    tokio::select! {
        ended = jobs.work_for_others() => ended?,
        () = stop => {}
    }
    store.close().await;
    Ok(())
}

fn lock(store: &Store) -> Result<FolderLock, Problem> {
    store.lock_folder().map_err(|error| match error {
        store::StoreError::InUse(folder) => Problem::new(
            409,
            "folder_in_use",
            format!("một dịch vụ phusong khác đang dùng thư mục {}", folder.display()),
            format!("another phusong service is running on {}", folder.display()),
        )
        .advise(
            "Dừng dịch vụ kia, hoặc chọn thư mục khác bằng --data.",
            "Stop the other one, or choose another folder with --data.",
        ),
        other => other.into(),
    })
}

async fn stop_signal() {
    let interrupt = async {
        if tokio::signal::ctrl_c().await.is_err() {
            std::future::pending::<()>().await;
        }
    };
    #[cfg(unix)]
    let terminate = async {
        match tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate()) {
            Ok(mut signal) => {
                signal.recv().await;
            }
            Err(_) => std::future::pending::<()>().await,
        }
    };
    #[cfg(not(unix))]
    let terminate = std::future::pending::<()>();
    tokio::select! { () = interrupt => {}, () = terminate => {} }
}

fn not_loopback(address: SocketAddr) -> Problem {
    Problem::new(
        403,
        "not_loopback",
        format!("không thể nghe ở {address}: chế độ một người dùng chỉ nghe ở máy này (127.0.0.1)"),
        format!("cannot listen on {address}: without sign-in the service listens on this machine only (127.0.0.1)"),
    )
    .advise(
        "Dùng --listen 127.0.0.1:8080, hoặc thêm --sign-in.",
        "Use --listen 127.0.0.1:8080, or add --sign-in.",
    )
}

fn cannot_listen(address: SocketAddr, error: &std::io::Error) -> Problem {
    Problem::new(
        409,
        "cannot_listen",
        format!("không nghe được ở {address}: {error}"),
        format!("cannot listen on {address}: {error}"),
    )
    .advise("Chọn cổng khác bằng --listen.", "Choose another port with --listen.")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_used_last_stays_and_the_weight_is_bounded() {
        let cache = Cache::new(10);
        for name in ["a", "b", "c"] {
            cache.put(name.to_owned(), &Arc::new(name), 4);
            cache.get("a");
        }
        let known = ["a", "b", "c"].map(|name| cache.get(name).is_some());
        assert_eq!(known, [true, false, true]);
        cache.put("large".to_owned(), &Arc::new("large"), 100);
        assert!(
            cache.get("large").is_some() && cache.get("a").is_none(),
            "what is asked for is kept all the same"
        );
    }
}
