//! The published files as the tests keep them (`tests/oas`): what they describe, and which of them describes a path.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::LazyLock;

use serde_json::Value;

use super::slips::PATCHES;

/// One operation of one file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Operation {
    pub(crate) file: String,
    /// In capitals.
    pub(crate) method: String,
    pub(crate) template: String,
}

impl Operation {
    /// What the file says of it: parameters, body, answers.
    pub(crate) fn node(&self) -> &'static Value {
        &FILES[&self.file]["paths"][&self.template][self.method.to_ascii_lowercase()]
    }
}

pub(crate) static FILES: LazyLock<BTreeMap<String, Value>> = LazyLock::new(|| {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/oas");
    let mut files = BTreeMap::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.extension().is_none_or(|extension| extension != "json") {
            continue;
        }
        let mut file: Value =
            serde_json::from_str(&std::fs::read_to_string(&path).unwrap()).unwrap();
        let name = path.file_stem().unwrap().to_str().unwrap().to_owned();
        for (_, place, word, _) in PATCHES.iter().filter(|(patched, ..)| *patched == name) {
            let schema = file.pointer_mut(&format!("/components/schemas{place}"));
            let schema =
                schema.unwrap_or_else(|| panic!("{name}.json has no {place}: remove its patch"));
            schema.as_object_mut().unwrap().remove(*word);
        }
        files.insert(name, file);
    }
    files
});

/// All operations of all files, except downloads from an address that an answer has named.
pub(crate) static OPERATIONS: LazyLock<Vec<Operation>> = LazyLock::new(|| {
    let mut operations = Vec::new();
    for (file, document) in FILES.iter() {
        for (template, item) in document["paths"].as_object().unwrap() {
            if !template.starts_with("/crm/") {
                continue;
            }
            for method in item.as_object().unwrap().keys() {
                operations.push(Operation {
                    file: file.clone(),
                    method: method.to_ascii_uppercase(),
                    template: template.clone(),
                });
            }
        }
    }
    operations
});

/// Follows references; the name is the file in which references inside the result are to be read.
pub(crate) fn resolved<'a>(file: &str, mut node: &'a Value) -> (String, &'a Value)
where
    'static: 'a,
{
    let mut file = file.to_owned();
    while let Some(reference) = node["$ref"].as_str() {
        let (other, place) = reference.split_once('#').unwrap();
        if !other.is_empty() {
            file = other.trim_end_matches(".json").to_owned();
        }
        // One file refers to a parameter that it lacks.
        node = FILES[&file].pointer(place).unwrap_or(&Value::Null);
    }
    (file, node)
}

/// The operations that describe a path best: those with the most literal segments, the left ones counting more.
pub(crate) fn describing(path: &str) -> Vec<&'static Operation> {
    let rank = |template: &str| -> (usize, Vec<bool>) {
        let literals: Vec<bool> = template
            .split('/')
            .map(|part| !part.starts_with('{'))
            .collect();
        (
            literals.iter().filter(|is_literal| **is_literal).count(),
            literals,
        )
    };
    let found: Vec<&Operation> = OPERATIONS
        .iter()
        .filter(|operation| is_like(&operation.template, path))
        .collect();
    let best = found
        .iter()
        .map(|operation| rank(&operation.template))
        .max();
    found
        .into_iter()
        .filter(|operation| Some(rank(&operation.template)) == best)
        .collect()
}

/// Words that stand where another path has a module or an id.
const RESERVED: [&str; 9] = [
    "settings", "users", "org", "actions", "deleted", "search", "upsert", "coql", "upload",
];

fn is_like(template: &str, path: &str) -> bool {
    let (template, path): (Vec<&str>, Vec<&str>) =
        (template.split('/').collect(), path.split('/').collect());
    let is_part = |(wanted, part): (&&str, &&str)| {
        wanted == part
            || (wanted.starts_with('{')
                && !part.is_empty()
                && !part.starts_with("__")
                && !RESERVED.contains(part))
    };
    template.len() == path.len() && template.iter().zip(&path).all(is_part)
}
