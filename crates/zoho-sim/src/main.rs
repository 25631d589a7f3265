//! The `zoho-sim` program: Zoho on localhost, for programs in any language.

use std::net::{IpAddr, SocketAddr, ToSocketAddrs as _};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::str::FromStr;

use clap::{Parser, Subcommand};
use mimalloc::MiMalloc;
use zoho_sim::{ClockStart, Config, Edition, Environment, Limits, Seed, Simulator, Site, SiteName};

/// The system's allocator slows down with the number of records: it searches its free lists at each change.
#[global_allocator]
static ALLOCATOR: MiMalloc = MiMalloc;

/// Zoho on localhost: accounts and CRM, for trying out and testing integrations without touching an organisation.
#[derive(Debug, Parser)]
#[command(version, args_conflicts_with_subcommands = true)]
struct Arguments {
    #[command(subcommand)]
    command: Option<Command>,
    #[command(flatten)]
    serve: Serve,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Starts the simulator and stays until Ctrl-C; the same as giving no command.
    Serve(Serve),
}

#[derive(Debug, clap::Args)]
struct Serve {
    /// Address to listen on.
    #[arg(long, value_name = "HOST:PORT", default_value = "127.0.0.1:4010", value_parser = address)]
    listen: SocketAddr,
    /// What the world holds: demo (which it is without this), empty, or a JSON file. eu=FILE and us-sandbox=FILE are for a
    /// further data center or environment.
    #[arg(long, visible_alias = "seed-file", value_name = "[NAME=]SEED")]
    seed: Vec<String>,
    /// free, standard, professional, enterprise or ultimate: decides credits and concurrency.
    #[arg(long, default_value = "enterprise")]
    edition: Edition,
    /// us, eu, in, au, jp, cn, ca, sa, uk or ae, or a sandbox or developer organisation beside it, such as us-sandbox. Several are
    /// played at once by giving it several times, each at an address or host name of its own, such as `us=127.0.0.1:8080` and
    /// `eu=eu.localhost:8080`; without one the next port is taken.
    #[arg(long, value_name = "NAME[=HOST:PORT]")]
    data_center: Vec<WantedSite>,
    /// A further name by which the control API and the page may be called, such as that of a container. They answer to addresses,
    /// localhost and the host names of --data-center only, so that no web page gets at them by a name of its own.
    #[arg(long, value_name = "NAME")]
    allow_host: Vec<String>,
    /// Serves HTTPS with a certificate made at the start.
    #[arg(long)]
    tls: bool,
    /// Writes the certificate that clients have to trust into this file, in PEM; implies --tls.
    #[arg(long, value_name = "FILE")]
    tls_cert_out: Option<PathBuf>,
    /// Switches credits, concurrency and token limits off.
    #[arg(long)]
    no_limits: bool,
    /// Where the clock begins: a time such as 2026-01-10T09:00:00+01:00, or seconds since 1970. Without it the clock begins
    /// now.
    #[arg(long, value_name = "TIME", value_parser = ClockStart::parse)]
    starts_at: Option<ClockStart>,
    /// Simulated seconds for each real one: 1 follows real time, 0 freezes the clock until it is moved.
    #[arg(long, value_name = "FACTOR", default_value_t = 1.0, value_parser = speed, allow_negative_numbers = true)]
    clock_speed: f64,
    /// Begins with a snapshot, as `GET /__sim/v1/snapshot` gives it, in the place of a seed.
    #[arg(long, value_name = "FILE")]
    restore: Option<PathBuf>,
    /// Seed of all chance: the same one gives the same tokens and the same faults by probability.
    #[arg(long, value_name = "NUMBER", default_value_t = 1)]
    chance_seed: u64,
}

/// An address, or a name such as localhost with a port; of the addresses of a name, one of IPv4 where it has any.
fn address(text: &str) -> Result<SocketAddr, String> {
    let found: Vec<SocketAddr> = text
        .to_socket_addrs()
        .map_err(|error| format!("{error}; use ADDRESS:PORT, such as 127.0.0.1:4010"))?
        .collect();
    let fourth = found.iter().find(|address| address.is_ipv4());
    let first = fourth.or(found.first()).copied();
    first.ok_or_else(|| "the name has no address; use ADDRESS:PORT".to_owned())
}

fn speed(text: &str) -> Result<f64, String> {
    let speed = text.parse().ok();
    speed
        .filter(|speed| (0.0..=ClockStart::SPEED_MAX).contains(speed))
        .ok_or_else(|| format!("use a number from 0 to {}", ClockStart::SPEED_MAX))
}

/// A data center or environment on the command line.
#[derive(Debug, Clone)]
struct WantedSite {
    name: SiteName,
    at: Option<(String, u16)>,
}

impl FromStr for WantedSite {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let (name, address) = match text.split_once('=') {
            Some((name, address)) => (name, Some(address)),
            None => (text, None),
        };
        let site = name
            .parse()
            .map_err(|error: zoho_sim::UnknownName| error.to_string())?;
        let at = address.map(|address| {
            let (host, port) = address.rsplit_once(':')?;
            Some((host.to_owned(), port.parse().ok()?)).filter(|(host, _)| !host.is_empty())
        });
        match at {
            Some(None) => Err(format!(
                "`{text}`: use an address such as {name}=127.0.0.1:8080 or a host name such as {name}={name}.localhost:8080"
            )),
            Some(at) => Ok(Self { name: site, at }),
            None => Ok(Self {
                name: site,
                at: None,
            }),
        }
    }
}

impl WantedSite {
    /// Where to listen, and by which name. A host name is listened for on the address of `--listen`.
    fn place(&self, listen: SocketAddr) -> (SocketAddr, Option<String>) {
        match &self.at {
            None => (listen, None),
            Some((host, port)) => match host.trim_matches(['[', ']']).parse::<IpAddr>() {
                Ok(ip) => (SocketAddr::new(ip, *port), None),
                Err(_) => (SocketAddr::new(listen.ip(), *port), Some(host.clone())),
            },
        }
    }
}

#[tokio::main]
async fn main() -> ExitCode {
    tracing_subscriber::fmt()
        .with_writer(std::io::stderr)
        .with_max_level(tracing::Level::WARN)
        .init();
    let arguments = Arguments::parse();
    let serve = match arguments.command {
        Some(Command::Serve(serve)) => serve,
        None => arguments.serve,
    };
    match run(serve).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("zoho-sim: {error}");
            ExitCode::FAILURE
        }
    }
}

async fn run(serve: Serve) -> Result<(), Box<dyn std::error::Error>> {
    let config = config_of(&serve)?;
    let is_demo = seed_named(&serve, None)? == "demo";
    let simulator = Simulator::start(config).await?;
    if let Some(file) = &serve.restore {
        let snapshot = std::fs::read(file)
            .map_err(|error| format!("cannot read the snapshot `{}`: {error}", file.display()))?;
        simulator.restore(&snapshot)?;
    }
    if let (Some(file), Some(certificate)) = (&serve.tls_cert_out, simulator.certificate()) {
        std::fs::write(file, certificate)
            .map_err(|error| format!("cannot write `{}`: {error}", file.display()))?;
    }
    introduce(&simulator, is_demo && serve.restore.is_none());
    tokio::signal::ctrl_c().await?;
    println!("Stopping.");
    simulator.stop().await;
    Ok(())
}

fn config_of(serve: &Serve) -> Result<Config, String> {
    let mut wanted = serve.data_center.iter();
    let first = wanted.next();
    if let Some(site) = first.filter(|site| site.name != site.name.production()) {
        return Err(format!(
            "--data-center {}: name {} before it, whose accounts server gives its tokens",
            site.name,
            site.name.production()
        ));
    }
    let (listen, host) = first.map_or((serve.listen, None), |site| site.place(serve.listen));
    let mut further: Vec<Site> = Vec::new();
    for (number, site) in wanted.enumerate() {
        let step = u16::try_from(number + 1).unwrap_or(u16::MAX);
        let next_port = match listen.port() {
            0 => 0,
            port => port.saturating_add(step),
        };
        let (listen, host) = site.place(SocketAddr::new(listen.ip(), next_port));
        further.push(Site {
            listen,
            host,
            ..further_site(serve, site.name)?
        });
    }
    Ok(Config {
        listen,
        host,
        hosts: serve.allow_host.clone(),
        further,
        tls: serve.tls || serve.tls_cert_out.is_some(),
        edition: serve.edition,
        data_center: first
            .map(|site| site.name.data_center())
            .unwrap_or_default(),
        seed: read_seed(seed_named(serve, None)?)?,
        clock: serve.starts_at.unwrap_or_default(),
        clock_speed: serve.clock_speed,
        chance_seed: serve.chance_seed,
        limits: serve.no_limits.then(Limits::off),
        ..Config::default()
    })
}

/// A further site with its own seed, or the one that it has without any.
fn further_site(serve: &Serve, name: SiteName) -> Result<Site, String> {
    let own = match seed_named(serve, Some(name))? {
        "" => None,
        seed => Some(read_seed(seed)?),
    };
    if name.environment() == Environment::Production {
        let site = Site::new(name.data_center());
        return Ok(Site {
            seed: own.unwrap_or_else(|| site.seed.clone()),
            ..site
        });
    }
    let first = serve.data_center.first();
    let is_first = first.is_some_and(|first| first.name == name.production());
    let production = match is_first {
        true => read_seed(seed_named(serve, None)?)?,
        false => further_site(serve, name.production())?.seed,
    };
    let site = Site::beside(&production, name);
    Ok(Site {
        seed: own.unwrap_or_else(|| site.seed.clone()),
        ..site
    })
}

/// The seed of a further site, or of the first one.
fn seed_named(serve: &Serve, site: Option<SiteName>) -> Result<&str, String> {
    let mut found = if site.is_some() { "" } else { "demo" };
    for text in &serve.seed {
        let (place, name) = match text.split_once('=') {
            Some((place, name)) if let Ok(site) = place.parse::<SiteName>() => (Some(site), name),
            _ => (None, text.as_str()),
        };
        let is_played = |place: &SiteName| {
            let mut sites = serve.data_center.iter();
            sites.any(|site| site.name == *place)
        };
        if let Some(place) = place.filter(|place| !is_played(place)) {
            return Err(format!(
                "--seed {text}: the data center {place} is not played"
            ));
        }
        let first = serve.data_center.first().map(|site| site.name);
        let is_first = place.is_none() || place == first;
        let is_wanted = match site {
            None => is_first,
            Some(_) => place == site,
        };
        if is_wanted {
            found = name;
        }
    }
    Ok(found)
}

fn read_seed(name: &str) -> Result<Seed, String> {
    match name {
        "demo" => Ok(Seed::demo()),
        "empty" => Ok(Seed::empty()),
        file => {
            let text = std::fs::read_to_string(Path::new(file)).map_err(|error| {
                format!(
                    "cannot read the seed file `{file}`: {error}; use demo, empty or a JSON file"
                )
            })?;
            Seed::from_json(&text)
                .map_err(|error| format!("the seed file `{file}` is not a seed: {error}"))
        }
    }
}

fn introduce(simulator: &Simulator, is_demo: bool) {
    let url = simulator.url();
    println!("Zoho is simulated at {url}");
    println!("  page for people   {url}/__sim/");
    println!("  accounts server   {url}/oauth/v2/token");
    println!("  CRM API           {url}/crm/v8");
    println!("  Books API         {url}/books/v3");
    println!("  control API       {url}/__sim/v1");
    for site in simulator.sites().skip(1) {
        if let Some(url) = simulator.url_of(site) {
            let what = match site.environment() {
                Environment::Production => format!("data center {site}"),
                _ => site.to_string(),
            };
            println!("  {what:<17} {url}");
        }
    }
    if is_demo {
        println!("  client id         1000.LEADWAYDEMO");
        println!("  client secret     leadway-demo-secret");
        println!("  refresh token     1000.leadway-demo-refresh");
    }
    println!("Ctrl-C stops it.");
}
