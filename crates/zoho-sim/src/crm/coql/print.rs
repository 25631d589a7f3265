//! Writes a query down again. What is written reads as the same query.

use std::fmt::{self, Display, Formatter};

use super::ast::{Bound, Column, Condition, Literal, Order, Path, Query, Right, Selected, Test};

impl Display for Query {
    fn fmt(&self, out: &mut Formatter<'_>) -> fmt::Result {
        out.write_str("select ")?;
        list(out, &self.columns)?;
        write!(out, " from {}", self.module)?;
        if let Some(id) = &self.custom_view {
            write!(out, "#{id}")?;
        }
        write!(out, " where {}", self.condition)?;
        if !self.group_by.is_empty() {
            out.write_str(" group by ")?;
            let quoted: Vec<String> = self.group_by.iter().map(quoted_path).collect();
            list(out, &quoted)?;
        }
        if !self.order_by.is_empty() {
            out.write_str(" order by ")?;
            list(out, &self.order_by)?;
        }
        if let Some(Bound(limit)) = &self.limit {
            write!(out, " limit {limit}")?;
        }
        if let Some(Bound(offset)) = &self.offset {
            write!(out, " offset {offset}")?;
        }
        Ok(())
    }
}

fn list<T: Display>(out: &mut Formatter<'_>, items: &[T]) -> fmt::Result {
    for (number, item) in items.iter().enumerate() {
        if number > 0 {
            out.write_str(", ")?;
        }
        item.fmt(out)?;
    }
    Ok(())
}

fn quoted(text: &str) -> String {
    format!("'{}'", text.replace('\\', "\\\\").replace('\'', "''"))
}

/// Paths are quoted, so that those with arrows and reserved words can be read again.
fn quoted_path(path: &Path) -> String {
    quoted(&path.to_string())
}

impl Display for Column {
    fn fmt(&self, out: &mut Formatter<'_>) -> fmt::Result {
        quoted_selected(out, &self.what)?;
        match &self.alias {
            Some(alias) => write!(out, " as {}", quoted(alias)),
            None => Ok(()),
        }
    }
}

fn quoted_selected(out: &mut Formatter<'_>, selected: &Selected) -> fmt::Result {
    match selected {
        Selected::Path(path) => out.write_str(&quoted_path(path)),
        Selected::Function(name, path) => write!(out, "{name}({})", quoted_path(path)),
    }
}

/// Without quotes: the name of the column in answers and errors.
impl Display for Selected {
    fn fmt(&self, out: &mut Formatter<'_>) -> fmt::Result {
        match self {
            Self::Path(path) => path.fmt(out),
            Self::Function(name, path) => write!(out, "{name}({path})"),
        }
    }
}

impl Display for Path {
    fn fmt(&self, out: &mut Formatter<'_>) -> fmt::Result {
        if let Some(module) = &self.module {
            write!(out, "!{module}.")?;
        }
        for (number, step) in self.steps.iter().enumerate() {
            if number > 0 {
                out.write_str(".")?;
            }
            out.write_str(&step.name)?;
            if let Some(module) = &step.module {
                write!(out, "->{module}")?;
            }
        }
        Ok(())
    }
}

impl Display for Condition {
    fn fmt(&self, out: &mut Formatter<'_>) -> fmt::Result {
        let side = |out: &mut Formatter<'_>, condition: &Condition| match condition {
            Condition::Test(test) => test.fmt(out),
            pair => write!(out, "({pair})"),
        };
        let (left, word, right) = match self {
            Self::Test(test) => return test.fmt(out),
            Self::Both(left, right) => (left, "and", right),
            Self::Either(left, right) => (left, "or", right),
        };
        side(out, left)?;
        write!(out, " {word} ")?;
        side(out, right)
    }
}

impl Display for Test {
    fn fmt(&self, out: &mut Formatter<'_>) -> fmt::Result {
        write!(out, "{} {}", quoted_path(&self.path), self.operator.text())?;
        match (&self.right, self.operator.takes_list()) {
            (Right::Nothing, _) => Ok(()),
            (Right::Query(query), _) => write!(out, " ({query})"),
            (Right::Literals(literals), true) => {
                out.write_str(" (")?;
                list(out, literals)?;
                out.write_str(")")
            }
            (Right::Literals(literals), false) => {
                for (number, literal) in literals.iter().enumerate() {
                    let before = if number > 0 { " and " } else { " " };
                    write!(out, "{before}{literal}")?;
                }
                Ok(())
            }
        }
    }
}

impl Display for Literal {
    fn fmt(&self, out: &mut Formatter<'_>) -> fmt::Result {
        match self {
            Self::Quoted(text) => out.write_str(&quoted(text)),
            Self::Bare(text) => out.write_str(text),
        }
    }
}

impl Display for Order {
    fn fmt(&self, out: &mut Formatter<'_>) -> fmt::Result {
        quoted_selected(out, &self.by)?;
        out.write_str(if self.is_descending { " desc" } else { "" })
    }
}
