//! A gateway as a process of its own (`leadway serve`), facing a simulator inside the test.

use std::io::{BufRead, BufReader};
use std::net::SocketAddr;
use std::path::PathBuf;
use std::process::{Child, ChildStderr, Command, Stdio};
use std::time::Instant;

use serde_json::Value;
use tempfile::TempDir;
use zoho_sim::{Fault, Simulator};

use crate::program::{Ended, INTERVAL, PATIENCE, command, run, text, until};

pub(crate) const TOKEN: &str = "admin-token-of-a-test";
pub(crate) const WRITE_KEY: &str = "write-key-of-a-test";

/// A gateway, its simulator and its folder. Dropping it ends the gateway.
pub(crate) struct World {
    pub(crate) simulator: Simulator,
    pub(crate) folder: TempDir,
    address: SocketAddr,
    gateway: Child,
}

impl World {
    /// A gateway with a connection, a source and the lead-capture route.
    pub(crate) async fn start() -> Self {
        Self::with_api(None).await
    }

    /// The same, but its calls to the API go to this address.
    pub(crate) async fn with_api(api: Option<&str>) -> Self {
        let simulator = Simulator::start(zoho_sim::Config::default()).await.unwrap();
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(
            folder.path().join("leadway.toml"),
            configuration(&simulator.url(), api),
        )
        .unwrap();
        let any = "127.0.0.1:0".parse().unwrap();
        let (gateway, address) = serve(&folder, any, false).await;
        Self {
            simulator,
            folder,
            address,
            gateway,
        }
    }

    /// A file in the world's folder.
    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// Writes a file into the world's folder.
    pub(crate) fn write(&self, name: &str, content: impl AsRef<[u8]>) -> PathBuf {
        let path = self.path(name);
        std::fs::write(&path, content).unwrap();
        path
    }

    pub(crate) fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    pub(crate) fn gateway(&self) -> &Child {
        &self.gateway
    }

    /// A command against this gateway.
    pub(crate) fn command(&self, arguments: &[&str]) -> std::process::Command {
        let mut command = command(arguments);
        command
            .env("LEADWAY_URL", self.url())
            .env("LEADWAY_ADMIN_TOKEN", TOKEN)
            .env("LEADWAY_WRITE_KEY", WRITE_KEY);
        command
    }

    /// Runs a command against this gateway to its end.
    pub(crate) async fn run(&self, arguments: &[&str]) -> Ended {
        run(self.command(arguments)).await
    }

    /// Runs a line of a shell's in which `leadway` is this program, with the token in its variable.
    pub(crate) async fn shell(&self, line: &str) -> Ended {
        let program = command(&[]).get_program().to_owned();
        let mut shell = Command::new("sh");
        shell
            .args(["-c", &format!("leadway() {{ \"$0\" \"$@\"; }}; {line}")])
            .arg(program)
            .env("LEADWAY_ADMIN_TOKEN", TOKEN)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        run(shell).await
    }

    /// Runs a command that must end well, and reads its JSON.
    pub(crate) async fn json(&self, arguments: &[&str]) -> Value {
        self.run(&[arguments, &["--json"]].concat())
            .await
            .ok()
            .json()
    }

    /// Ends the gateway as a power cut would.
    pub(crate) fn kill(&mut self) {
        self.gateway.kill().unwrap();
        self.gateway.wait().unwrap();
    }

    /// Starts the gateway again, on the same folder and port.
    pub(crate) async fn restart(&mut self) {
        let (gateway, _) = serve(&self.folder, self.address, false).await;
        self.gateway = gateway;
    }

    /// Starts the gateway again, but none of its files can grow beyond a megabyte.
    #[cfg(unix)]
    pub(crate) async fn restart_on_a_small_disk(&mut self) {
        let (gateway, _) = serve(&self.folder, self.address, true).await;
        self.gateway = gateway;
    }

    /// Waits for the gateway to end by itself.
    pub(crate) async fn ended(mut self) -> Option<i32> {
        until("the gateway has ended", async || {
            self.gateway.try_wait().unwrap()
        })
        .await
        .code()
    }

    pub(crate) fn fault(&self, json: &str) {
        self.simulator
            .add_fault(serde_json::from_str::<Fault>(json).unwrap());
    }

    /// The values of a field over all leads in the simulated Zoho, sorted.
    pub(crate) fn leads(&self, field: &str) -> Vec<String> {
        let leads = self.simulator.records("Leads").unwrap();
        let mut values: Vec<String> = leads
            .iter()
            .map(|lead| lead[field].as_str().unwrap_or_default().to_owned())
            .collect();
        values.sort();
        values
    }

    /// Waits until the simulated Zoho has this many leads.
    pub(crate) async fn until_leads(&self, count: usize) {
        until("all leads are in Zoho", async || {
            (self.simulator.count("Leads").unwrap() >= count).then_some(())
        })
        .await;
    }

    /// Waits until nothing is on its way any more.
    pub(crate) async fn until_settled(&self) {
        let client = reqwest::Client::new();
        let mut last = Value::Null;
        let since = Instant::now();
        loop {
            let url = format!("{}/api/v1/overview", self.url());
            if let Ok(answer) = client.get(url).bearer_auth(TOKEN).send().await {
                last = answer.json().await.unwrap();
                let open = [
                    "unplanned_events",
                    "pending_deliveries",
                    "retrying_deliveries",
                ];
                if open.iter().all(|name| last[*name] == 0) {
                    return;
                }
            }
            if since.elapsed() > PATIENCE {
                let pending = self
                    .json(&["events", "--status", "pending", "--limit", "1"])
                    .await;
                let retrying = self
                    .json(&["events", "--status", "retrying", "--limit", "1"])
                    .await;
                for list in [pending, retrying] {
                    if let Some(id) = list["items"][0]["id"].as_str() {
                        eprintln!("{}", self.run(&["events", "show", id]).await.out);
                    }
                }
                panic!("gave up waiting until everything is settled: {last:#}");
            }
            tokio::time::sleep(INTERVAL).await;
        }
    }
}

impl Drop for World {
    fn drop(&mut self) {
        // It may have ended already.
        let _ = self.gateway.kill();
        let _ = self.gateway.wait();
    }
}

/// Starts a gateway and learns its address from its log.
async fn serve(folder: &TempDir, listen: SocketAddr, is_disk_small: bool) -> (Child, SocketAddr) {
    let (data, config) = (
        folder.path().join("data"),
        folder.path().join("leadway.toml"),
    );
    let listen = listen.to_string();
    let arguments = [
        "serve",
        "--listen",
        &listen,
        "--data-dir",
        text(&data),
        "--config",
        text(&config),
    ];
    let mut gateway = command(&[&arguments[..], &["--log-format", "json"]].concat());
    if is_disk_small {
        gateway = on_a_small_disk(&gateway);
    }
    let mut gateway = gateway.env("LEADWAY_ADMIN_TOKEN", TOKEN).spawn().unwrap();
    let log = gateway.stderr.take().unwrap();
    let address = tokio::task::spawn_blocking(|| address_in(log))
        .await
        .unwrap();
    (gateway, address)
}

/// The same command, but writing more than a megabyte (2,000 blocks) into one file fails.
fn on_a_small_disk(command: &Command) -> Command {
    let mut limited = Command::new("sh");
    limited
        .args(["-c", r#"trap "" XFSZ; ulimit -f 2000; exec "$0" "$@""#])
        .arg(command.get_program())
        .args(command.get_args())
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    for (name, _) in command.get_envs() {
        limited.env_remove(name);
    }
    limited
}

/// Reads the log until the gateway says where it listens; the rest is read and dropped, so that it never blocks.
fn address_in(log: ChildStderr) -> SocketAddr {
    let mut lines = BufReader::new(log).lines();
    let mut said = String::new();
    while let Some(Ok(line)) = lines.next() {
        let entry: Value = serde_json::from_str(&line).unwrap_or_default();
        if let Some(address) = entry["fields"]["address"].as_str() {
            let address = address.parse().unwrap();
            std::thread::spawn(move || lines.for_each(drop));
            return address;
        }
        said.push_str(&line);
        said.push('\n');
    }
    panic!("the gateway did not start:\n{said}");
}

fn configuration(simulator: &str, api: Option<&str>) -> String {
    let api = api.unwrap_or(simulator);
    format!(
        r#"
[[connections]]
name = "main"
data_center = "us"
client_id = "1000.LEADWAYDEMO"
client_secret = "leadway-demo-secret"
refresh_token = "1000.leadway-demo-refresh"
accounts_url = "{simulator}"
api_domain = "{api}"

[[sources]]
name = "website"
write_key = "{WRITE_KEY}"

[[routes]]
name = "lead-capture"
events = ["identify", "track:Lead Generated"]
mapping = "lead-capture"
connection = "main"
module = "Leads"
"#
    )
}
