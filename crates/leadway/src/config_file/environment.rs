//! Puts texts from the environment where the file says `{ env = "NAME" }`.

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::place::Mistake;

/// Gives the value of a variable, if it is set.
pub(crate) type Variables<'a> = dyn Fn(&str) -> Option<String> + 'a;

/// Keys whose values are never repeated in a message.
const SECRET_KEYS: [&str; 2] = ["client_secret", "refresh_token"];

/// The variables of this process.
pub(crate) fn of_process() -> impl Fn(&str) -> Option<String> {
    #[expect(
        clippy::disallowed_methods,
        reason = "the configuration file names the variables, so that clap cannot know them"
    )]
    |name: &str| std::env::var(name).ok()
}

/// Replaces each `{ env = "NAME" }` by the variable's text; gives what went wrong.
pub(crate) fn resolve(
    file: &mut Spanned<DeTable<'_>>,
    text: &str,
    variables: &Variables<'_>,
) -> Vec<Mistake> {
    let mut resolver = Resolver {
        text,
        variables,
        mistakes: Vec::new(),
    };
    for (key, value) in file.get_mut().iter_mut() {
        if key.get_ref() != "mappings" {
            resolver.value(key.get_ref(), value);
        }
    }
    resolver.mistakes
}

struct Resolver<'a> {
    text: &'a str,
    variables: &'a Variables<'a>,
    mistakes: Vec<Mistake>,
}

impl Resolver<'_> {
    fn value(&mut self, key: &str, value: &mut Spanned<DeValue<'_>>) {
        let span = value.span();
        let replacement = match value.get_mut() {
            DeValue::Table(table) => match variable_name(table) {
                Some(name) => self.look_up(name),
                None if SECRET_KEYS.contains(&key) => Err(wrong_secret(key)),
                None => {
                    for (key, value) in table.iter_mut() {
                        self.value(key.get_ref(), value);
                    }
                    return;
                }
            },
            DeValue::Array(array) => {
                for value in array.iter_mut() {
                    self.value(key, value);
                }
                return;
            }
            DeValue::String(_) => return,
            _ if SECRET_KEYS.contains(&key) => Err(wrong_secret(key)),
            _ => return,
        };
        match replacement {
            Ok(text) => *value.get_mut() = DeValue::String(text.into()),
            Err(message) => self.mistakes.push(Mistake::new(self.text, &span, message)),
        }
    }

    fn look_up(&self, name: &str) -> Result<String, String> {
        match (self.variables)(name) {
            Some(text) if !text.is_empty() => Ok(text),
            Some(_) => Err(format!(
                "the variable {name} is empty; set it, or write the text itself"
            )),
            None => Err(format!(
                "the variable {name} is not set; set it, or write the text itself"
            )),
        }
    }
}

/// The name in `{ env = "NAME" }`; other tables have none.
fn variable_name<'a>(table: &'a DeTable<'_>) -> Option<&'a str> {
    if table.len() != 1 {
        return None;
    }
    table.get("env").and_then(|name| name.get_ref().as_str())
}

fn wrong_secret(key: &str) -> String {
    format!("{key} is neither a text nor a variable; write {key} = {{ env = \"NAME\" }}")
}
