//! Finds the modules and fields that a query names, and holds it to the documented limits.

use super::ast::{Bound, Column, Condition, Operator, Path, Query, Right, Selected, Test};
use super::types::{Aggregate, is_comparable, is_selectable, may_compare, may_compare_id};
use crate::catalog::{self, Refusal};
use crate::crm::query::{Check, Choices, Criteria, Filter, Leaf, Pattern, Reach, Wanted};
use crate::world::{World, parse_id};

const COLUMNS_MAX: usize = 500;
const LIMIT_MAX: usize = 2_000;
const LIMIT_DEFAULT: usize = 200;
/// Rows that limit and offset can reach.
const REACHED_MAX: usize = 100_000;
const VALUES_MAX: usize = 100;
const ORDERS_MAX: usize = 10;
const GROUPS_MAX: usize = 4;
const AGGREGATES_MAX: usize = 5;
const CONDITIONS_MAX: usize = 25;
/// Lookups that conditions, groups and orders go over.
const JOINS_MAX: usize = 5;
/// Lookups that selected columns go over.
const COLUMN_JOINS_MAX: usize = 15;
/// Sub-queries inside of each other. unknown: Zoho's bound.
const SUB_QUERIES_MAX: usize = 5;

/// A query whose names are known.
#[derive(Debug)]
pub(super) struct Plan {
    pub(super) table: usize,
    pub(super) filter: Filter,
    pub(super) columns: Vec<Shown>,
    pub(super) group_by: Vec<Reach>,
    pub(super) order_by: Vec<Ordered>,
    pub(super) limit: usize,
    pub(super) offset: usize,
}

/// A column of the answer.
#[derive(Debug, Clone)]
pub(super) struct Shown {
    /// Its name in the answer.
    pub(super) key: String,
    pub(super) what: What,
}

#[derive(Debug, Clone)]
pub(super) enum What {
    Value(Reach),
    Aggregate(Aggregate, Reach),
}

/// One key of the order.
#[derive(Debug, Clone)]
pub(super) struct Ordered {
    pub(super) by: What,
    pub(super) is_descending: bool,
}

impl Plan {
    /// Whether rows stand for several records each.
    pub(super) fn is_grouped(&self) -> bool {
        !self.group_by.is_empty()
            || self
                .columns
                .iter()
                .any(|column| matches!(column.what, What::Aggregate(..)))
    }
}

/// Plans a query; sub-queries are run on the way, by `values`.
pub(super) fn plan(
    world: &World,
    query: &Query,
    asker: Asker,
    values: Values<'_>,
) -> Result<Plan, Refusal> {
    let mut planner = Planner {
        world,
        asker,
        values,
        table: 0,
        module: String::new(),
        conditions: 0,
        sub_queries: 0,
        depth: 0,
    };
    planner.plan(query, 0)
}

/// Who asks, and when: what custom views may depend on.
#[derive(Debug, Clone, Copy)]
pub(super) struct Asker {
    pub(super) user: u64,
    pub(super) now: i64,
}

/// Runs a sub-query of one column and gives its values.
pub(super) type Values<'f> = &'f dyn Fn(&Plan) -> Vec<Wanted>;

struct Planner<'w> {
    world: &'w World,
    asker: Asker,
    values: Values<'w>,
    table: usize,
    module: String,
    conditions: usize,
    sub_queries: usize,
    depth: usize,
}

impl Planner<'_> {
    fn plan(&mut self, query: &Query, depth: usize) -> Result<Plan, Refusal> {
        self.depth = depth;
        self.table = module(self.world, &query.module)?;
        self.module
            .clone_from(&self.world.tables[self.table].module.api_name);
        let view = match &query.custom_view {
            Some(id) => self.custom_view(id)?,
            None => None,
        };
        let columns = self.columns(&query.columns)?;
        let condition = self.condition(&query.condition)?;
        let filter = match view {
            Some(view) => Filter::All(vec![view, condition]),
            None => condition,
        };
        let group_by = self.group_by(query, &columns)?;
        let order_by = self.order_by(query, &columns)?;
        let (limit, offset) = bounds(query)?;
        let plan = Plan {
            table: self.table,
            filter,
            columns,
            group_by,
            order_by,
            limit,
            offset,
        };
        check_joins(&plan)?;
        Ok(plan)
    }

    /// What a custom view lets through; none when it shows everything.
    fn custom_view(&self, id: &str) -> Result<Option<Filter>, Refusal> {
        let Asker { user, now } = self.asker;
        let unknown = || catalog::coql::invalid_custom_view(id);
        let view = parse_id(id).and_then(|id| self.world.view(id, self.table, user));
        let Some(criteria) = &view.ok_or_else(unknown)?.criteria else {
            return Ok(None);
        };
        let criteria = self.world.criteria_for(criteria, user, now);
        // Criteria whose field is no more let everything through, as in a listing.
        let criteria = Criteria::parse(self.world, self.table, &criteria).ok();
        Ok(criteria.map(|criteria| criteria.filter))
    }

    fn reach(&self, path: &Path) -> Result<Reach, Refusal> {
        let unknown = || catalog::coql::invalid_column(&path.to_string());
        if path
            .module
            .as_ref()
            .is_some_and(|module| *module != self.module)
        {
            return Err(unknown());
        }
        let names: Vec<(&str, Option<&str>)> = path
            .steps
            .iter()
            .map(|step| (step.name.as_str(), step.module.as_deref()))
            .collect();
        Reach::find(self.world, self.table, &names).ok_or_else(unknown)
    }

    /// A field that may be shown, ordered and grouped by.
    fn shown(&self, path: &Path) -> Result<Reach, Refusal> {
        let reach = self.reach(path)?;
        if is_selectable(reach.data_type) {
            Ok(reach)
        } else {
            Err(catalog::coql::unsupported_column(&path.to_string()))
        }
    }

    fn selected(&self, selected: &Selected) -> Result<What, Refusal> {
        match selected {
            Selected::Path(path) => self.shown(path).map(What::Value),
            Selected::Function(name, path) => {
                let unsupported = || catalog::coql::unsupported_aggregate(&selected.to_string());
                let aggregate = Aggregate::named(name).ok_or_else(unsupported)?;
                let reach = self.reach(path)?;
                if !aggregate.is_for(reach.data_type) {
                    return Err(unsupported());
                }
                Ok(What::Aggregate(aggregate, reach))
            }
        }
    }

    fn columns(&self, columns: &[Column]) -> Result<Vec<Shown>, Refusal> {
        if columns.len() > COLUMNS_MAX {
            return Err(catalog::coql::limit_exceeded("select", COLUMNS_MAX));
        }
        check_names(columns)?;
        let shown: Vec<Shown> = columns
            .iter()
            .map(|column| {
                let key = column
                    .alias
                    .clone()
                    .unwrap_or_else(|| column.what.to_string());
                let what = self.selected(&column.what)?;
                Ok(Shown { key, what })
            })
            .collect::<Result<_, Refusal>>()?;
        let aggregates = shown
            .iter()
            .filter(|column| matches!(column.what, What::Aggregate(..)));
        if aggregates.count() > AGGREGATES_MAX {
            return Err(catalog::coql::limit_exceeded("aggregate", AGGREGATES_MAX));
        }
        Ok(shown)
    }

    fn group_by(&self, query: &Query, columns: &[Shown]) -> Result<Vec<Reach>, Refusal> {
        if query.group_by.len() > GROUPS_MAX {
            return Err(catalog::coql::limit_exceeded("group by", GROUPS_MAX));
        }
        let has_aggregates = columns
            .iter()
            .any(|column| matches!(column.what, What::Aggregate(..)));
        if !query.group_by.is_empty() || has_aggregates {
            for column in &query.columns {
                if let Selected::Path(path) = &column.what
                    && !query.group_by.contains(path)
                {
                    return Err(catalog::coql::not_grouped(&path.to_string()));
                }
            }
        }
        query.group_by.iter().map(|path| self.shown(path)).collect()
    }

    fn order_by(&self, query: &Query, columns: &[Shown]) -> Result<Vec<Ordered>, Refusal> {
        if query.order_by.len() > ORDERS_MAX {
            return Err(catalog::coql::limit_exceeded("order by", ORDERS_MAX));
        }
        let is_grouped = !query.group_by.is_empty()
            || columns
                .iter()
                .any(|column| matches!(column.what, What::Aggregate(..)));
        let one = |order: &super::ast::Order| {
            let name = order.by.to_string();
            let by_alias = query
                .columns
                .iter()
                .position(|column| column.alias.as_ref() == Some(&name));
            let by = match by_alias {
                Some(place) => columns[place].what.clone(),
                None => self.selected(&order.by)?,
            };
            let is_odd = match (&order.by, &by) {
                (Selected::Path(path), What::Value(_)) => {
                    is_grouped && by_alias.is_none() && !query.group_by.contains(path)
                }
                (_, What::Aggregate(..)) => !is_grouped,
                _ => false,
            };
            if is_odd {
                return Err(catalog::coql::not_grouped(&name));
            }
            Ok(Ordered {
                by,
                is_descending: order.is_descending,
            })
        };
        query.order_by.iter().map(one).collect()
    }

    fn condition(&mut self, condition: &Condition) -> Result<Filter, Refusal> {
        Ok(match condition {
            Condition::Both(left, right) => {
                Filter::All(vec![self.condition(left)?, self.condition(right)?])
            }
            Condition::Either(left, right) => {
                Filter::Any(vec![self.condition(left)?, self.condition(right)?])
            }
            Condition::Test(test) => Filter::Test(self.test(test)?),
        })
    }

    fn test(&mut self, test: &Test) -> Result<crate::crm::query::Test, Refusal> {
        self.conditions += 1;
        if self.conditions > CONDITIONS_MAX {
            return Err(catalog::coql::limit_exceeded("where", CONDITIONS_MAX));
        }
        let reach = self.reach(&test.path)?;
        let column = test.path.to_string();
        let operator = test.operator;
        if !is_comparable(reach.data_type) {
            let value = match &test.right {
                Right::Literals(literals) => literals.first().map_or("", |value| value.text()),
                _ => "${EMPTY}",
            };
            return Err(catalog::coql::unsupported_in_criteria(
                &column,
                value,
                operator.text(),
            ));
        }
        let is_id = reach.is_id();
        let is_for = if is_id {
            may_compare_id(operator)
        } else {
            may_compare(reach.data_type, operator)
        };
        if !is_for {
            return Err(catalog::coql::invalid_operator(&column, operator.text()));
        }
        let values = match &test.right {
            Right::Nothing => Vec::new(),
            Right::Query(query) => self.sub_query(query, operator)?,
            Right::Literals(literals) => {
                if operator.takes_list() && literals.len() > VALUES_MAX {
                    return Err(catalog::coql::limit_exceeded("in", VALUES_MAX));
                }
                if matches!(operator, Operator::Like | Operator::NotLike) {
                    let pattern = literals.first().map_or("", |literal| literal.text());
                    return Ok(crate::crm::query::Test {
                        reach,
                        check: Check::Like(Pattern::like(pattern)),
                        is_negated: operator == Operator::NotLike,
                    });
                }
                let read = |literal: &super::ast::Literal| {
                    reach.read(literal.text()).ok_or_else(|| {
                        catalog::coql::invalid_value(&column, Wanted::type_name(reach.data_type))
                    })
                };
                literals.iter().map(read).collect::<Result<_, _>>()?
            }
        };
        Ok(crate::crm::query::Test {
            check: check(operator, values),
            reach,
            is_negated: matches!(
                operator,
                Operator::NotEqual
                    | Operator::NotIn
                    | Operator::NotBetween
                    | Operator::NotLike
                    | Operator::IsNotNull
            ),
        })
    }

    fn sub_query(&mut self, query: &Query, operator: Operator) -> Result<Vec<Wanted>, Refusal> {
        self.sub_queries += 1;
        let sequence = self.sub_queries;
        if self.depth >= SUB_QUERIES_MAX {
            return Err(catalog::coql::takes_too_long());
        }
        if query.columns.len() > 1 {
            let columns: Vec<String> = query
                .columns
                .iter()
                .map(|column| column.what.to_string())
                .collect();
            return Err(catalog::coql::several_columns(sequence, &columns));
        }
        let mut inner = Planner {
            world: self.world,
            asker: self.asker,
            values: self.values,
            table: 0,
            module: String::new(),
            conditions: self.conditions,
            sub_queries: self.sub_queries,
            depth: 0,
        };
        let mut plan = inner.plan(query, self.depth + 1)?;
        self.conditions = inner.conditions;
        self.sub_queries = inner.sub_queries;
        if query.limit.is_none() {
            plan.limit = REACHED_MAX;
        }
        let values = (self.values)(&plan);
        if !operator.takes_list() && values.len() > 1 {
            return Err(catalog::coql::several_values(sequence, operator.text()));
        }
        Ok(values)
    }
}

fn module(world: &World, name: &str) -> Result<usize, Refusal> {
    let position = world.table_position(name);
    let is_page = || world.pages.iter().any(|page| page.api_name == name);
    match position {
        Some(position) if world.tables[position].module.abilities.api_supported => Ok(position),
        Some(_) => Err(catalog::coql::module_without_api()),
        None if is_page() => Err(catalog::coql::module_without_api()),
        None => Err(catalog::coql::invalid_module(name)),
    }
}

/// Each column once, each alias for one column.
fn check_names(columns: &[Column]) -> Result<(), Refusal> {
    for (number, column) in columns.iter().enumerate() {
        let name = column.what.to_string();
        let earlier = &columns[..number];
        if earlier
            .iter()
            .any(|known| known.what == column.what && known.alias == column.alias)
        {
            return Err(match &column.what {
                Selected::Path(_) => catalog::coql::duplicate_column(&name),
                Selected::Function(function, path) => {
                    catalog::coql::duplicate_aggregate(&path.to_string(), function)
                }
            });
        }
        let Some(alias) = &column.alias else { continue };
        if alias.is_empty() {
            return Err(catalog::coql::empty_alias(&name));
        }
        if let Some(known) = earlier
            .iter()
            .find(|known| known.alias.as_ref() == Some(alias))
        {
            let columns = [known.what.to_string(), name];
            return Err(catalog::coql::duplicate_alias(
                alias,
                &columns.each_ref().map(String::as_str),
            ));
        }
        let is_column = |other: &Column| other.alias.is_none() && other.what.to_string() == *alias;
        if columns.iter().any(is_column) {
            return Err(catalog::coql::alias_is_column(&name, alias));
        }
    }
    Ok(())
}

fn bounds(query: &Query) -> Result<(usize, usize), Refusal> {
    let limit = match &query.limit {
        None => LIMIT_DEFAULT,
        Some(Bound(text)) => match text.parse::<i64>() {
            Ok(number) if number < 1 => return Err(catalog::coql::limit_is_zero()),
            Ok(number) => usize::try_from(number).unwrap_or(usize::MAX),
            Err(_) => return Err(catalog::coql::invalid_limit(text)),
        },
    };
    if limit > LIMIT_MAX {
        return Err(catalog::coql::limit_exceeded("limit", LIMIT_MAX));
    }
    let offset = match &query.offset {
        None => 0,
        Some(Bound(text)) => text
            .parse::<usize>()
            .map_err(|_| catalog::coql::invalid_offset(text))?,
    };
    if offset.saturating_add(limit) > REACHED_MAX {
        return Err(catalog::coql::limit_exceeded("offset", REACHED_MAX));
    }
    Ok((limit, offset))
}

/// What a value must be; negation is told by the operator.
fn check(operator: Operator, values: Vec<Wanted>) -> Check {
    let one = |make: fn(Wanted, bool) -> Check, is_included: bool| match values.first() {
        Some(wanted) => make(wanted.clone(), is_included),
        // A sub-query that found nothing: no value is above or below.
        None => Check::OneOf(Choices::new(Vec::new())),
    };
    match operator {
        Operator::IsNull | Operator::IsNotNull => Check::Nothing,
        Operator::Greater => one(Check::above, false),
        Operator::GreaterEqual => one(Check::above, true),
        Operator::Less => one(Check::below, false),
        Operator::LessEqual => one(Check::below, true),
        Operator::Between | Operator::NotBetween => match <[Wanted; 2]>::try_from(values) {
            Ok([from, to]) => Check::between(from, to),
            Err(values) => Check::OneOf(Choices::new(values)),
        },
        _ => Check::OneOf(Choices::new(values)),
    }
}

/// Counts the different lookups that are gone over.
fn check_joins(plan: &Plan) -> Result<(), Refusal> {
    let mut base = Joins::default();
    base.add_filter(&plan.filter);
    for reach in &plan.group_by {
        base.add(reach);
    }
    for order in &plan.order_by {
        base.add(order.by.reach());
    }
    if base.0.len() > JOINS_MAX {
        return Err(catalog::coql::limit_exceeded("join", JOINS_MAX));
    }
    let mut shown = Joins::default();
    for column in &plan.columns {
        shown.add(column.what.reach());
    }
    if shown.0.len() > COLUMN_JOINS_MAX {
        return Err(catalog::coql::limit_exceeded("join", COLUMN_JOINS_MAX));
    }
    Ok(())
}

impl What {
    pub(super) fn reach(&self) -> &Reach {
        match self {
            Self::Value(reach) | Self::Aggregate(_, reach) => reach,
        }
    }
}

/// Ways over lookups, each once.
#[derive(Default)]
struct Joins(Vec<Vec<(u16, usize)>>);

impl Joins {
    fn add(&mut self, reach: &Reach) {
        for length in 1..=reach.hops.len() {
            let way: Vec<(u16, usize)> = reach.hops[..length]
                .iter()
                .map(|hop| (hop.position, hop.table))
                .collect();
            if !self.0.contains(&way) {
                self.0.push(way);
            }
        }
    }

    fn add_filter(&mut self, filter: &Filter) {
        match filter {
            Filter::All(parts) | Filter::Any(parts) => {
                parts.iter().for_each(|part| self.add_filter(part));
            }
            Filter::Test(test) => self.add(&test.reach),
        }
    }
}

impl Reach {
    /// Whether it is the id of a record, be it over lookups.
    pub(super) fn is_id(&self) -> bool {
        self.leaf().is_some_and(|leaf| matches!(leaf, Leaf::Id))
    }
}
