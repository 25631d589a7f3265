//! Installs a client from its registry, once per version, into the target folder.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use crate::program::{run, text};

/// Written last, so that a folder with it is complete.
const MARK: &str = "installed";

/// A client and the script that uses it.
pub(crate) struct Client {
    package: &'static str,
    language: Language,
    /// Name of the script in `tests/clients`.
    pub(crate) script: &'static str,
    /// The script's first arguments.
    pub(crate) arguments: &'static [&'static str],
}

#[derive(Clone, Copy)]
enum Language {
    Node,
    Python,
}

impl Client {
    pub(crate) fn node(package: &'static str, script: &'static str) -> Self {
        Self {
            package,
            language: Language::Node,
            script,
            arguments: &[],
        }
    }

    pub(crate) fn python(
        package: &'static str,
        script: &'static str,
        arguments: &'static [&'static str],
    ) -> Self {
        Self {
            package,
            language: Language::Python,
            script,
            arguments,
        }
    }

    /// Installs it unless that has been done before.
    pub(crate) async fn installed(self) -> Self {
        let folder = self.folder();
        if folder.join(MARK).exists() {
            return self;
        }
        // What an interrupted installation has left is in the way of the next.
        let _ = std::fs::remove_dir_all(&folder);
        std::fs::create_dir_all(&folder).unwrap();
        match self.language {
            Language::Node => {
                let flags = ["install", "--no-audit", "--no-fund", "--ignore-scripts"];
                self.step("npm", &[&flags[..], &[self.package]].concat())
                    .await;
            }
            Language::Python => {
                self.step("python3", &["-m", "venv", "."]).await;
                let flags = ["-m", "pip", "install", "--disable-pip-version-check"];
                let python = self.python_program();
                self.step(text(&python), &[&flags[..], &[self.package]].concat())
                    .await;
            }
        }
        std::fs::write(folder.join(MARK), "").unwrap();
        self
    }

    /// A command that runs a script with the client at hand.
    pub(crate) fn command(&self) -> Command {
        match self.language {
            Language::Node => self.in_folder("node"),
            Language::Python => self.in_folder(text(&self.python_program())),
        }
    }

    fn folder(&self) -> PathBuf {
        let name = self.package.replace(['@', '/', '='], "-");
        let name = name.trim_start_matches('-');
        Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("client-{name}"))
    }

    fn python_program(&self) -> PathBuf {
        self.folder().join("bin/python")
    }

    fn in_folder(&self, program: &str) -> Command {
        let mut command = Command::new(program);
        command
            .current_dir(self.folder())
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        command
    }

    async fn step(&self, program: &str, arguments: &[&str]) {
        let mut command = self.in_folder(program);
        command.args(arguments);
        if let Err(error) = Command::new(program)
            .arg("--version")
            .stdout(Stdio::null())
            .status()
        {
            panic!("{program} does not start (scripts/test installs it): {error}");
        }
        let ended = run(command).await;
        assert_eq!(
            ended.code,
            Some(0),
            "{} cannot be installed: {}\n{}",
            self.package,
            ended.out,
            ended.err
        );
    }
}
