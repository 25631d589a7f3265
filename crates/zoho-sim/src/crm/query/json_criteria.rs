//! Criteria in JSON, as bulk read, custom views, notifications and others write them:
//!
//! ```json
//! {"group_operator": "and", "group": [
//!     {"field": {"api_name": "Last_Name"}, "comparator": "equal", "value": "Burns"},
//!     {"field": {"api_name": "Created_Time"}, "comparator": "between", "value": ["2026-01-01T00:00:00+00:00", "…"]}]}
//! ```
//!
//! The older form with the name alone (`"api_name": "Last_Name"` or `"field": "Last_Name"`) is understood too. `${EMPTY}` is no
//! value. Fields may be reached over lookups (`Account_Name.Phone`).

use serde_json::Value as Json;

use super::{Check, Choices, Filter, Folded, Pattern, Reach, Test, Wanted};
use crate::schema::DataType;
use crate::world::{Record, Table, World};

/// Conditions in one tree.
const CONDITIONS_MAX: usize = 25;
/// Values in one list.
const VALUES_MAX: usize = 200;
/// Characters of one value.
const VALUE_LENGTH_MAX: usize = 255;
/// Groups inside of each other.
const DEPTH_MAX: usize = 10;

const EMPTY: &str = "${EMPTY}";

/// Criteria that fit the fields of a module.
#[derive(Debug, Clone)]
pub(crate) struct Criteria {
    table: usize,
    pub(crate) filter: Filter,
}

/// Why criteria cannot be used.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum BadCriteria {
    /// No object of one of the known forms.
    Malformed,
    /// Neither `and` nor `or`.
    GroupOperator,
    UnknownField(String),
    /// A field that cannot be compared.
    UnsupportedField(String),
    Comparator {
        field: String,
        comparator: String,
        supported: &'static [&'static str],
    },
    /// A value of another kind than the field or the comparator takes.
    Value {
        field: String,
        comparator: String,
    },
    TooManyConditions {
        limit: usize,
    },
    TooManyValues {
        limit: usize,
    },
    TooLongValue {
        field: String,
        limit: usize,
    },
}

impl Criteria {
    /// Reads criteria on the records of `table`.
    pub(crate) fn parse(world: &World, table: usize, json: &Json) -> Result<Self, BadCriteria> {
        let mut reader = Reader {
            world,
            table,
            conditions: 0,
        };
        let filter = reader.node(json, 0)?;
        Ok(Self { table, filter })
    }

    /// Whether a record of the table fulfils them.
    pub(crate) fn hold(&self, world: &World, record: &Record) -> bool {
        let table: &Table = &world.tables[self.table];
        self.filter.holds(world, table, record)
    }
}

struct Reader<'w> {
    world: &'w World,
    table: usize,
    conditions: usize,
}

impl Reader<'_> {
    fn node(&mut self, json: &Json, depth: usize) -> Result<Filter, BadCriteria> {
        let node = json.as_object().ok_or(BadCriteria::Malformed)?;
        let Some(group) = node.get("group") else {
            return self.condition(json).map(Filter::Test);
        };
        if depth >= DEPTH_MAX {
            return Err(BadCriteria::Malformed);
        }
        let group = group.as_array().ok_or(BadCriteria::Malformed)?;
        let parts = group.iter().map(|part| self.node(part, depth + 1));
        let parts: Vec<Filter> = parts.collect::<Result<_, _>>()?;
        let operator = node.get("group_operator").and_then(Json::as_str);
        match operator.map(str::to_ascii_lowercase).as_deref() {
            _ if parts.is_empty() => Err(BadCriteria::Malformed),
            Some("and") => Ok(Filter::All(parts)),
            Some("or") => Ok(Filter::Any(parts)),
            None if parts.len() == 1 => Ok(Filter::All(parts)),
            _ => Err(BadCriteria::GroupOperator),
        }
    }

    fn condition(&mut self, json: &Json) -> Result<Test, BadCriteria> {
        self.conditions += 1;
        if self.conditions > CONDITIONS_MAX {
            return Err(BadCriteria::TooManyConditions {
                limit: CONDITIONS_MAX,
            });
        }
        let named = |json: &Json| match json {
            Json::String(name) => Some(name.clone()),
            Json::Object(field) => field.get("api_name")?.as_str().map(str::to_owned),
            _ => None,
        };
        let field = json.get("field").or_else(|| json.get("api_name"));
        let field = field.and_then(named).ok_or(BadCriteria::Malformed)?;
        let comparator = json.get("comparator").and_then(Json::as_str);
        let comparator = comparator.ok_or(BadCriteria::Malformed)?.to_owned();
        let names: Vec<(&str, Option<&str>)> = field.split('.').map(|name| (name, None)).collect();
        let reach = Reach::find(self.world, self.table, &names)
            .ok_or_else(|| BadCriteria::UnknownField(field.clone()))?;
        let supported = comparators(reach.data_type)
            .ok_or_else(|| BadCriteria::UnsupportedField(field.clone()))?;
        if !supported.contains(&comparator.as_str()) {
            return Err(BadCriteria::Comparator {
                field,
                comparator,
                supported,
            });
        }
        let values = texts(json.get("value").unwrap_or(&Json::Null));
        if values
            .as_ref()
            .is_some_and(|values| values.len() > VALUES_MAX)
        {
            return Err(BadCriteria::TooManyValues { limit: VALUES_MAX });
        }
        let is_long = |value: &String| value.chars().count() > VALUE_LENGTH_MAX;
        if values.iter().flatten().any(is_long) {
            return Err(BadCriteria::TooLongValue {
                field,
                limit: VALUE_LENGTH_MAX,
            });
        }
        let check = values.and_then(|values| check(&reach, &comparator, &values));
        let check = check.ok_or_else(|| BadCriteria::Value {
            field,
            comparator: comparator.clone(),
        })?;
        Ok(Test {
            reach,
            check,
            is_negated: comparator.starts_with("not_"),
        })
    }
}

/// The values of a condition as texts; `None` when one of them is no plain value.
fn texts(value: &Json) -> Option<Vec<String>> {
    match value {
        Json::Array(values) => values.iter().map(text).collect(),
        value => text(value).map(|text| vec![text]),
    }
}

fn text(value: &Json) -> Option<String> {
    match value {
        Json::String(text) => Some(text.clone()),
        Json::Number(number) => Some(number.to_string()),
        Json::Bool(is_set) => Some(is_set.to_string()),
        // A lookup may be given as an object with its id.
        Json::Object(reference) => reference.get("id").and_then(text),
        Json::Null => Some(EMPTY.to_owned()),
        Json::Array(_) => None,
    }
}

/// The comparators of a type; `None` for types that cannot be compared.
fn comparators(data_type: DataType) -> Option<&'static [&'static str]> {
    use DataType as T;
    Some(match data_type {
        T::Integer | T::BigInt | T::Double | T::Currency | T::Percent | T::Date | T::DateTime => &[
            "equal",
            "not_equal",
            "in",
            "not_in",
            "less_than",
            "less_equal",
            "greater_than",
            "greater_equal",
            "between",
            "not_between",
        ],
        T::Boolean => &["equal", "not_equal"],
        T::Lookup | T::OwnerLookup | T::UserLookup | T::MultiModuleLookup | T::Layout => {
            &["equal", "not_equal", "in", "not_in"]
        }
        T::Text
        | T::TextArea
        | T::Email
        | T::Phone
        | T::Website
        | T::PickList
        | T::MultiSelectPickList
        | T::AutoNumber => &[
            "equal",
            "not_equal",
            "in",
            "not_in",
            "contains",
            "not_contains",
            "starts_with",
            "ends_with",
        ],
        _ => return None,
    })
}

/// What a value must be; negation is told by the comparator's name.
fn check(reach: &Reach, comparator: &str, values: &[String]) -> Option<Check> {
    let comparator = comparator.trim_start_matches("not_");
    if let [empty] = values
        && empty == EMPTY
    {
        return matches!(comparator, "equal" | "in").then_some(Check::Nothing);
    }
    let wanted =
        || -> Option<Vec<Wanted>> { values.iter().map(|value| reach.read(value)).collect() };
    let one = || match wanted()?.as_slice() {
        [one] => Some(one.clone()),
        _ => None,
    };
    let folded = || match values {
        [one] => Some(Folded::of(one)),
        _ => None,
    };
    Some(match comparator {
        "equal" => Check::OneOf(Choices::new(vec![one()?])),
        "in" => Check::OneOf(Choices::new(wanted().filter(|wanted| !wanted.is_empty())?)),
        "less_than" => Check::below(one()?, false),
        "less_equal" => Check::below(one()?, true),
        "greater_than" => Check::above(one()?, false),
        "greater_equal" => Check::above(one()?, true),
        "between" => match <[Wanted; 2]>::try_from(wanted()?) {
            Ok([from, to]) => Check::between(from, to),
            Err(_) => return None,
        },
        "contains" => Check::Like(Pattern::Within(folded()?)),
        "starts_with" => Check::Like(Pattern::Starts(folded()?)),
        "ends_with" => Check::Like(Pattern::Ends(folded()?)),
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use serde_json::{Map, json};

    use super::*;
    use crate::config::Edition;
    use crate::rows::{self, Author};
    use crate::seed::Seed;

    fn world() -> World {
        let mut world = World::build(&Seed::empty(), Edition::Enterprise, 1_000).unwrap();
        let author = Author::new(world.first_user_id(), 2_000);
        let insert = |world: &mut World, module: &str, row: Json| {
            let table = world.table_position(module).unwrap();
            let row: Map<String, Json> = row.as_object().unwrap().clone();
            rows::insert(world, table, &row, 0, author).unwrap().id
        };
        let account = insert(
            &mut world,
            "Accounts",
            json!({"Account_Name": "Orchard", "Phone": "123"}),
        );
        insert(
            &mut world,
            "Contacts",
            json!({"Last_Name": "Burns", "Account_Name": {"id": account.to_string()}, "Date_of_Birth": "1990-05-01"}),
        );
        insert(
            &mut world,
            "Contacts",
            json!({"Last_Name": "Cole", "Email": "cole@orchard.example", "Email_Opt_Out": true}),
        );
        world
    }

    fn names(world: &World, criteria: &Json) -> Result<Vec<String>, BadCriteria> {
        let table = world.table_position("Contacts").unwrap();
        let criteria = Criteria::parse(world, table, criteria)?;
        let rows = world.tables[table].rows.values();
        let found = rows.filter(|record| criteria.hold(world, record));
        Ok(found
            .map(|record| world.tables[table].name_of(record))
            .collect())
    }

    #[test]
    fn trees_of_conditions_find_records() {
        let world = world();
        let test = |field: &str, comparator: &str, value: Json| json!({"field": {"api_name": field}, "comparator": comparator, "value": value});
        for (criteria, wanted) in [
            (test("Last_Name", "equal", json!("burns")), vec!["Burns"]),
            (test("Last_Name", "not_equal", json!("burns")), vec!["Cole"]),
            (test("Email", "equal", json!("${EMPTY}")), vec!["Burns"]),
            (test("Email", "not_equal", json!("${EMPTY}")), vec!["Cole"]),
            (
                test("Account_Name.Phone", "equal", json!("123")),
                vec!["Burns"],
            ),
            (
                test(
                    "Date_of_Birth",
                    "between",
                    json!(["1990-01-01", "1990-12-31"]),
                ),
                vec!["Burns"],
            ),
            (test("Email", "contains", json!("ORCHARD")), vec!["Cole"]),
            (test("Email_Opt_Out", "equal", json!(true)), vec!["Cole"]),
            (
                test("Last_Name", "in", json!(["Cole", "Burns"])),
                vec!["Burns", "Cole"],
            ),
            (
                json!({"group_operator": "or", "group": [
                    test("Last_Name", "starts_with", json!("bu")),
                    {"group_operator": "AND", "group": [
                        test("Last_Name", "ends_with", json!("le")),
                        test("Email_Opt_Out", "equal", json!(false))]}]}),
                vec!["Burns"],
            ),
        ] {
            assert_eq!(names(&world, &criteria).unwrap(), wanted, "{criteria}");
        }
    }

    #[test]
    fn wrong_criteria_are_refused() {
        let world = world();
        let test = |field: &str, comparator: &str, value: Json| json!({"field": {"api_name": field}, "comparator": comparator, "value": value});
        let refused = |criteria: Json| names(&world, &criteria).unwrap_err();
        assert_eq!(
            refused(test("Nothing", "equal", json!("x"))),
            BadCriteria::UnknownField("Nothing".to_owned())
        );
        assert_eq!(
            refused(test("Tag", "equal", json!("x"))),
            BadCriteria::UnsupportedField("Tag".to_owned())
        );
        assert!(matches!(
            refused(test("Last_Name", "less_than", json!("x"))),
            BadCriteria::Comparator { .. }
        ));
        assert!(matches!(
            refused(test("Date_of_Birth", "equal", json!("May"))),
            BadCriteria::Value { .. }
        ));
        assert_eq!(
            refused(test("Last_Name", "in", json!(vec!["x"; 201]))),
            BadCriteria::TooManyValues { limit: 200 }
        );
        assert!(names(&world, &test("Last_Name", "equal", json!("é".repeat(255)))).is_ok());
        assert_eq!(
            refused(test("Last_Name", "in", json!(["x", "é".repeat(256)]))),
            BadCriteria::TooLongValue {
                field: "Last_Name".to_owned(),
                limit: 255
            }
        );
        let many = vec![test("Last_Name", "equal", json!("x")); 26];
        assert_eq!(
            refused(json!({"group_operator": "and", "group": many})),
            BadCriteria::TooManyConditions { limit: 25 }
        );
        assert_eq!(
            refused(
                json!({"group_operator": "xor", "group": [test("Last_Name", "equal", json!("x"))]})
            ),
            BadCriteria::GroupOperator
        );
        let deep = (0..20).fold(
            test("Last_Name", "equal", json!("x")),
            |inner, _| json!({"group_operator": "and", "group": [inner]}),
        );
        assert_eq!(refused(deep), BadCriteria::Malformed);
    }
}
