//! A query as it is written, before anything is known about modules and fields.

/// A whole query, or one that stands inside a condition.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Query {
    pub(crate) columns: Vec<Column>,
    pub(crate) module: String,
    /// `Leads#123`: the id of a custom view.
    pub(crate) custom_view: Option<String>,
    pub(crate) condition: Condition,
    pub(crate) group_by: Vec<Path>,
    pub(crate) order_by: Vec<Order>,
    pub(crate) limit: Option<Bound>,
    pub(crate) offset: Option<Bound>,
}

/// One selected column.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Column {
    pub(crate) what: Selected,
    pub(crate) alias: Option<String>,
}

/// What a column or an order shows.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Selected {
    Path(Path),
    /// `SUM(Amount)`; the name of the function as written.
    Function(String, Path),
}

/// A field, reached over lookups: `Account_Name.Parent_Account.Account_Name`, `What_Id->Leads.Last_Name`, `!Leads.Owner.email`.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) struct Path {
    /// The module named in front after an exclamation mark.
    pub(crate) module: Option<String>,
    pub(crate) steps: Vec<Step>,
}

/// One name of a path; `module` is the one that an arrow chooses out of several that the lookup may point to.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) struct Step {
    pub(crate) name: String,
    pub(crate) module: Option<String>,
}

/// A condition. Two stand side by side at most; brackets do the rest.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Condition {
    Both(Box<Condition>, Box<Condition>),
    Either(Box<Condition>, Box<Condition>),
    Test(Test),
}

/// One comparison.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Test {
    pub(crate) path: Path,
    pub(crate) operator: Operator,
    pub(crate) right: Right,
}

/// What a field is compared with.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Right {
    Nothing,
    Literals(Vec<Literal>),
    Query(Box<Query>),
}

/// A value as written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Literal {
    Quoted(String),
    /// A word or number without quotes.
    Bare(String),
}

impl Literal {
    pub(crate) fn text(&self) -> &str {
        match self {
            Self::Quoted(text) | Self::Bare(text) => text,
        }
    }
}

/// How values are compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Operator {
    Equal,
    NotEqual,
    Less,
    LessEqual,
    Greater,
    GreaterEqual,
    Like,
    NotLike,
    In,
    NotIn,
    Between,
    NotBetween,
    IsNull,
    IsNotNull,
}

impl Operator {
    /// As queries and error details write it.
    pub(crate) fn text(self) -> &'static str {
        match self {
            Self::Equal => "=",
            Self::NotEqual => "!=",
            Self::Less => "<",
            Self::LessEqual => "<=",
            Self::Greater => ">",
            Self::GreaterEqual => ">=",
            Self::Like => "like",
            Self::NotLike => "not like",
            Self::In => "in",
            Self::NotIn => "not in",
            Self::Between => "between",
            Self::NotBetween => "not between",
            Self::IsNull => "is null",
            Self::IsNotNull => "is not null",
        }
    }

    pub(crate) fn takes_list(self) -> bool {
        matches!(self, Self::In | Self::NotIn)
    }
}

/// One key of the order.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Order {
    pub(crate) by: Selected,
    pub(crate) is_descending: bool,
}

/// The number of `limit` or `offset` as written; it is judged together with the other limits.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Bound(pub(crate) String);

impl Condition {
    /// The queries that stand inside, not those inside of them.
    pub(crate) fn sub_queries(&self) -> Box<dyn Iterator<Item = &Query> + '_> {
        match self {
            Self::Both(left, right) | Self::Either(left, right) => {
                Box::new(left.sub_queries().chain(right.sub_queries()))
            }
            Self::Test(test) => match &test.right {
                Right::Query(query) => Box::new(std::iter::once(query.as_ref())),
                _ => Box::new(std::iter::empty()),
            },
        }
    }
}
