//! The configuration as a TOML file: [`read`] for `apply` and `serve --config`, [`write()`] for `export`.
//!
//! A string may be written as `{ env = "NAME" }`; it then comes from the environment of the program that reads the
//! file, which keeps secrets out of it. Mappings are left alone, since `{ env = … }` may be a value there.

mod environment;
mod place;
mod write;

use std::path::Path;

use anyhow::Context;
use leadway_engine::model::config::Config;
use serde::Deserialize;
use toml::de::DeTable;

use environment::Variables;
use place::Mistake;
pub(crate) use write::write;

/// What cannot be used in a configuration file: one line each, with its place.
#[derive(Debug, thiserror::Error)]
#[error("{}", lines(file, mistakes))]
pub(crate) struct ConfigFileError {
    file: String,
    mistakes: Vec<Mistake>,
}

fn lines(file: &str, mistakes: &[Mistake]) -> String {
    mistakes
        .iter()
        .map(|mistake| format!("{file}:{mistake}"))
        .collect::<Vec<_>>()
        .join("\n")
}

/// Reads a configuration file, with variables from this process's environment.
pub(crate) fn read(path: &Path) -> anyhow::Result<Config> {
    let text = std::fs::read_to_string(path)
        .with_context(|| format!("the configuration file {} cannot be read", path.display()))?;
    Ok(parse(
        &text,
        &path.display().to_string(),
        &environment::of_process(),
    )?)
}

/// Reads the text of a configuration file.
pub(crate) fn parse(
    text: &str,
    file: &str,
    variables: &Variables<'_>,
) -> Result<Config, ConfigFileError> {
    let failed = |mistakes| ConfigFileError {
        file: file.to_owned(),
        mistakes,
    };
    let mut table =
        DeTable::parse(text).map_err(|error| failed(vec![Mistake::of_toml(text, &error)]))?;
    let mistakes = environment::resolve(&mut table, text, variables);
    if !mistakes.is_empty() {
        return Err(failed(mistakes));
    }
    Config::deserialize(toml::de::Deserializer::from(table))
        .map_err(|error| failed(vec![Mistake::of_toml(text, &error)]))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse_with(text: &str, variables: &[(&str, &str)]) -> Result<Config, String> {
        let look_up = |name: &str| {
            variables
                .iter()
                .find(|(key, _)| *key == name)
                .map(|(_, value)| (*value).to_owned())
        };
        parse(text, "leadway.toml", &look_up).map_err(|error| error.to_string())
    }

    const CONNECTION: &str = r#"
[[connections]]
name = "main"
data_center = "eu"
client_id = { env = "ZOHO_CLIENT_ID" }
client_secret = { env = "ZOHO_CLIENT_SECRET" }
refresh_token = "1000.abc"
"#;

    #[test]
    fn strings_come_from_the_environment() {
        let config = parse_with(
            CONNECTION,
            &[
                ("ZOHO_CLIENT_ID", "1000.X"),
                ("ZOHO_CLIENT_SECRET", "s3cret"),
            ],
        )
        .unwrap();
        assert_eq!(config.connections[0].client_id, "1000.X");
        assert_eq!(
            config.connections[0]
                .client_secret
                .as_ref()
                .unwrap()
                .expose(),
            "s3cret"
        );
    }

    #[test]
    fn every_missing_variable_is_named_with_its_place() {
        insta::assert_snapshot!(parse_with(CONNECTION, &[]).unwrap_err(), @r#"
        leadway.toml:5:13: the variable ZOHO_CLIENT_ID is not set; set it, or write the text itself
        leadway.toml:6:17: the variable ZOHO_CLIENT_SECRET is not set; set it, or write the text itself
        "#);
    }

    #[test]
    fn mistakes_come_with_line_and_column() {
        insta::assert_snapshot!(
            parse_with("[[sources]]\nname = \"web\"\nwritekey = \"k\"\n", &[]).unwrap_err()
        );
        insta::assert_snapshot!(parse_with("[[sources]]\nname = \"web\n", &[]).unwrap_err());
        insta::assert_snapshot!(parse_with("[[sources]]\nname = \"web\"\n", &[]).unwrap_err());
        insta::assert_snapshot!(
            parse_with(
                "[[routes]]\nname = \"a\"\nevents = [\"trak\"]\nmapping = \"m\"\nconnection = \"c\"\nmodule = \"Leads\"\n",
                &[]
            )
            .unwrap_err()
        );
    }

    #[test]
    fn a_secret_of_a_wrong_type_is_not_shown() {
        let error = parse_with(
            "[[connections]]\nname = \"a\"\nclient_secret = 123456789\n",
            &[],
        )
        .unwrap_err();
        assert!(
            error.contains("leadway.toml:3:17") && !error.contains("123456789"),
            "{error}"
        );
        let error = parse_with(
            "[[connections]]\nname = \"a\"\nclient_secret = { environment = \"hush\" }\n",
            &[],
        );
        assert!(!error.unwrap_err().contains("hush"));
    }

    #[test]
    fn an_env_table_inside_a_mapping_stays_a_value() {
        let text = "[[mappings]]\nname = \"m\"\n[[mappings.fields]]\nfield = \"Owner\"\nvalue = { env = \"X\" }\n";
        let config = parse_with(text, &[]).unwrap();
        assert_eq!(
            config.mappings[0].fields[0].value,
            Some(serde_json::json!({"env": "X"}))
        );
    }
}
