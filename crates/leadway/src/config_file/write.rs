//! The stored configuration as a file that `apply` takes back.

use anyhow::Context;
use leadway_engine::model::config::Config;

const HEADER: &str = "\
# Leadway configuration, written by `leadway export`; `leadway apply FILE` takes it back.
#
# Client secrets and refresh tokens are not in it. They stay stored, encrypted, in the gateway: applying this file to
# the same gateway keeps them. For another gateway add both to each connection:
#   client_secret = { env = \"ZOHO_CLIENT_SECRET\" }
#   refresh_token = { env = \"ZOHO_REFRESH_TOKEN\" }

";

/// The text of the file.
pub(crate) fn write(config: &Config) -> anyhow::Result<String> {
    let mut config = config.clone();
    for connection in &mut config.connections {
        connection.client_secret = None;
        connection.refresh_token = None;
    }
    let body =
        toml::to_string_pretty(&config).context("the stored configuration has no form in TOML")?;
    Ok(format!("{HEADER}{body}"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config_file::parse;

    const RICH: &str = r#"
[[connections]]
name = "main"
data_center = "us"
client_id = "1000.X"
accounts_url = "http://127.0.0.1:4010"

[[sources]]
name = "web"
write_key = "key"
allowed_origins = ["https://www.example.com"]
missing_message_id = "generate"

[[forms]]
name = "contact"
source = "web"
redirect_url = "/thanks"
honeypot = "website_url"

[[mappings]]
name = "mine"

[[mappings.fields]]
field = "Last_Name"
from = ["traits.last_name", "traits.name | last_name"]
default = "-"
transform = ["trim"]
required = true

[[mappings.fields]]
field = "Owner"
value = { id = "42", nested = [1, 2.5, true, { a = "b" }] }

[[routes]]
name = "leads"
sources = ["web"]
events = ["identify", "track:Lead Generated"]
mapping = "mine"
connection = "main"
module = "Leads"
operation = "insert"
duplicate_check_fields = ["Email"]
trigger = []
consent = ["marketing"]
"#;

    #[test]
    fn what_is_written_reads_back_as_the_same() {
        let config = parse(RICH, "rich.toml", &|_| None).unwrap();
        let text = write(&config).unwrap();
        assert_eq!(
            parse(&text, "written.toml", &|_| None).unwrap(),
            config,
            "{text}"
        );
    }

    #[test]
    fn secrets_are_left_out() {
        let text = RICH.replacen(
            "client_id",
            "client_secret = \"hush\"\nrefresh_token = \"hush\"\nclient_id",
            1,
        );
        let config = parse(&text, "rich.toml", &|_| None).unwrap();
        assert!(!write(&config).unwrap().contains("hush"));
    }

    #[test]
    fn an_empty_configuration_is_a_header_only() {
        let text = write(&Config::default()).unwrap();
        assert_eq!(
            parse(&text, "written.toml", &|_| None).unwrap(),
            Config::default()
        );
    }
}
