//! Reads a query into its tree.
//!
//! ```text
//! query  := SELECT column {"," column} FROM module WHERE pair [GROUP BY path {"," path}]
//!           [ORDER BY selected [ASC|DESC] {"," …}] [LIMIT n | LIMIT offset "," n] [OFFSET n]
//! column := selected [AS alias]         selected := path | function "(" path ")"
//! pair   := unit [(AND|OR) unit]        unit := "(" pair ")" | test
//! test   := path (sign literal | sign "(" query ")" | [NOT] LIKE literal | [NOT] IN "(" list ")" | [NOT] IN "(" query ")"
//!           | [NOT] BETWEEN literal AND literal | IS [NOT] NULL)
//! ```
//! More than two conditions side by side are refused, as documented: `((a and b) and c)`.

use super::ast::{
    Bound, Column, Condition, Literal, Operator, Order, Path, Query, Right, Selected, Step, Test,
};
use super::lexer::{Kind, Token, tokens};
use crate::catalog::{self, Refusal};

/// Brackets and sub-queries inside of each other.
const DEPTH_MAX: usize = 64;
/// Bytes of a whole query. unknown: Zoho's bound; it gives "parsing takes too long" for some.
const BYTES_MAX: usize = 1024 * 1024;

/// Reads a query.
pub(crate) fn parse(text: &str) -> Result<Query, Refusal> {
    if text.len() > BYTES_MAX {
        return Err(catalog::coql::takes_too_long());
    }
    let tokens = tokens(text)?;
    let mut parser = Parser {
        tokens: &tokens,
        at: 0,
        depth: 0,
    };
    if !parser.is_next("select") {
        return Err(catalog::coql::query_not_supported());
    }
    let query = parser.query()?;
    match parser.peek() {
        None => Ok(query),
        Some(_) => Err(parser.unexpected()),
    }
}

struct Parser<'t> {
    tokens: &'t [Token],
    at: usize,
    depth: usize,
}

impl<'t> Parser<'t> {
    fn peek(&self) -> Option<&'t Token> {
        self.tokens.get(self.at)
    }

    fn is_next(&self, keyword: &str) -> bool {
        self.peek().is_some_and(|token| token.is_word(keyword))
    }

    fn is_sign(&self, sign: &str) -> bool {
        self.peek()
            .is_some_and(|token| matches!(token.kind, Kind::Sign(known) if known == sign))
    }

    /// Takes a keyword when it is the next.
    fn take(&mut self, keyword: &str) -> bool {
        let is_next = self.is_next(keyword);
        self.at += usize::from(is_next);
        is_next
    }

    fn take_sign(&mut self, sign: &str) -> bool {
        let is_next = self.is_sign(sign);
        self.at += usize::from(is_next);
        is_next
    }

    fn expect(&mut self, keyword: &str) -> Result<(), Refusal> {
        if self.take(keyword) {
            Ok(())
        } else {
            Err(self.unexpected())
        }
    }

    fn expect_sign(&mut self, sign: &str) -> Result<(), Refusal> {
        if self.take_sign(sign) {
            Ok(())
        } else {
            Err(self.unexpected())
        }
    }

    /// The next piece stands where none may, or the text ends too early.
    fn unexpected(&self) -> Refusal {
        match self.peek() {
            Some(token) => catalog::coql::unexpected_token(token.line, token.column, token.text()),
            None => catalog::coql::unparsable(self.tokens.last().map_or("", Token::text)),
        }
    }

    fn enter(&mut self) -> Result<(), Refusal> {
        self.depth += 1;
        if self.depth > DEPTH_MAX {
            return Err(catalog::coql::takes_too_long());
        }
        Ok(())
    }

    fn query(&mut self) -> Result<Query, Refusal> {
        self.enter()?;
        self.expect("select")?;
        let columns = self.list(Self::column)?;
        if self.peek().is_none() {
            return Err(catalog::coql::missing_clause("from"));
        }
        self.expect("from")?;
        let (module, custom_view) = self.module()?;
        let is_end = self.peek().is_none_or(|token| {
            ["group", "order", "limit", "offset"]
                .iter()
                .any(|clause| token.is_word(clause))
                || token.kind == Kind::Sign(")")
        });
        if is_end {
            return Err(catalog::coql::missing_clause("where"));
        }
        self.expect("where")?;
        let condition = self.pair()?;
        let mut query = Query {
            columns,
            module,
            custom_view,
            condition,
            group_by: Vec::new(),
            order_by: Vec::new(),
            limit: None,
            offset: None,
        };
        if self.take("group") {
            self.expect("by")?;
            query.group_by = self.list(Self::path)?;
        }
        if self.take("order") {
            self.expect("by")?;
            query.order_by = self.list(Self::order)?;
        }
        if self.take("limit") {
            let first = self.bound()?;
            if self.take_sign(",") {
                query.offset = Some(first);
                query.limit = Some(self.bound()?);
            } else {
                query.limit = Some(first);
            }
        }
        if self.take("offset") {
            query.offset = Some(self.bound()?);
        }
        self.depth -= 1;
        Ok(query)
    }

    fn list<T>(
        &mut self,
        item: impl Fn(&mut Self) -> Result<T, Refusal>,
    ) -> Result<Vec<T>, Refusal> {
        let mut items = vec![item(self)?];
        while self.take_sign(",") {
            items.push(item(self)?);
        }
        Ok(items)
    }

    fn module(&mut self) -> Result<(String, Option<String>), Refusal> {
        let text = self.name()?;
        Ok(match text.split_once('#') {
            Some((module, view)) => (module.to_owned(), Some(view.to_owned())),
            None => (text, None),
        })
    }

    fn column(&mut self) -> Result<Column, Refusal> {
        let what = self.selected()?;
        let alias = if self.take("as") {
            match self.peek().map(|token| &token.kind) {
                Some(Kind::Quoted(alias) | Kind::Word(alias)) => {
                    self.at += 1;
                    Some(alias.clone())
                }
                _ => return Err(self.unexpected()),
            }
        } else {
            None
        };
        Ok(Column { what, alias })
    }

    fn selected(&mut self) -> Result<Selected, Refusal> {
        let is_function = matches!(self.tokens.get(self.at + 1), Some(token) if token.kind == Kind::Sign("("))
            && matches!(self.peek(), Some(token) if matches!(token.kind, Kind::Word(_)));
        if !is_function {
            return self.path().map(Selected::Path);
        }
        let name = self.name()?;
        self.expect_sign("(")?;
        let path = self.path()?;
        self.expect_sign(")")?;
        Ok(Selected::Function(name, path))
    }

    fn order(&mut self) -> Result<Order, Refusal> {
        let by = self.selected()?;
        let is_descending = self.take("desc");
        if !is_descending {
            self.take("asc");
        }
        Ok(Order { by, is_descending })
    }

    fn bound(&mut self) -> Result<Bound, Refusal> {
        self.name().map(Bound)
    }

    /// A word that is no keyword, or a text in quotes.
    fn name(&mut self) -> Result<String, Refusal> {
        match self.peek().map(|token| &token.kind) {
            Some(Kind::Word(word)) if !is_reserved(word) => {
                self.at += 1;
                Ok(word.clone())
            }
            Some(Kind::Quoted(text)) => {
                self.at += 1;
                Ok(text.clone())
            }
            _ => Err(self.unexpected()),
        }
    }

    fn path(&mut self) -> Result<Path, Refusal> {
        let here = self.at;
        let text = self.name()?;
        match read_path(&text) {
            Some(path) => Ok(path),
            None => {
                self.at = here;
                Err(self.unexpected())
            }
        }
    }

    fn pair(&mut self) -> Result<Condition, Refusal> {
        let left = self.unit()?;
        let is_and = self.take("and");
        if !is_and && !self.take("or") {
            return Ok(left);
        }
        let (left, right) = (Box::new(left), Box::new(self.unit()?));
        // unknown: Zoho's words for a third condition without brackets.
        if self.is_next("and") || self.is_next("or") {
            let near = self.peek().map_or("", Token::text);
            return Err(catalog::coql::unparsable(near));
        }
        Ok(if is_and {
            Condition::Both(left, right)
        } else {
            Condition::Either(left, right)
        })
    }

    fn unit(&mut self) -> Result<Condition, Refusal> {
        if self.is_next("not") {
            return Err(catalog::coql::operator_not_supported("not"));
        }
        if self.take_sign("(") {
            self.enter()?;
            let pair = self.pair()?;
            self.expect_sign(")")?;
            self.depth -= 1;
            return Ok(pair);
        }
        self.test().map(Condition::Test)
    }

    fn test(&mut self) -> Result<Test, Refusal> {
        let path = self.path()?;
        let operator = self.operator()?;
        let right = match operator {
            Operator::IsNull | Operator::IsNotNull => Right::Nothing,
            Operator::In | Operator::NotIn => {
                self.expect_sign("(")?;
                let right = if self.is_next("select") {
                    Right::Query(Box::new(self.query()?))
                } else {
                    Right::Literals(self.list(Self::literal)?)
                };
                self.expect_sign(")")?;
                right
            }
            Operator::Between | Operator::NotBetween => {
                let from = self.literal()?;
                self.expect("and")?;
                Right::Literals(vec![from, self.literal()?])
            }
            _ if self.take_sign("(") => {
                let query = self.query()?;
                self.expect_sign(")")?;
                Right::Query(Box::new(query))
            }
            _ => Right::Literals(vec![self.literal()?]),
        };
        Ok(Test {
            path,
            operator,
            right,
        })
    }

    fn operator(&mut self) -> Result<Operator, Refusal> {
        const SIGNS: [(&str, Operator); 7] = [
            ("=", Operator::Equal),
            ("!=", Operator::NotEqual),
            // unknown: whether Zoho takes this sign.
            ("<>", Operator::NotEqual),
            ("<", Operator::Less),
            ("<=", Operator::LessEqual),
            (">", Operator::Greater),
            (">=", Operator::GreaterEqual),
        ];
        for (sign, operator) in SIGNS {
            if self.take_sign(sign) {
                return Ok(operator);
            }
        }
        if self.take("is") {
            let is_not = self.take("not");
            self.expect("null")?;
            return Ok(if is_not {
                Operator::IsNotNull
            } else {
                Operator::IsNull
            });
        }
        let is_not = self.take("not");
        for (word, operator, negation) in [
            ("like", Operator::Like, Operator::NotLike),
            ("in", Operator::In, Operator::NotIn),
            ("between", Operator::Between, Operator::NotBetween),
        ] {
            if self.take(word) {
                return Ok(if is_not { negation } else { operator });
            }
        }
        if is_not {
            return Err(catalog::coql::operator_not_supported("not"));
        }
        Err(self.unexpected())
    }

    fn literal(&mut self) -> Result<Literal, Refusal> {
        match self.peek().map(|token| &token.kind) {
            Some(Kind::Quoted(text)) => {
                self.at += 1;
                Ok(Literal::Quoted(text.clone()))
            }
            Some(Kind::Word(word)) if !is_reserved(word) => {
                self.at += 1;
                Ok(Literal::Bare(word.clone()))
            }
            _ => Err(self.unexpected()),
        }
    }
}

/// Words that must be in quotes to be names or values. unknown: Zoho's whole list of them; `External` is one of its samples.
fn is_reserved(word: &str) -> bool {
    const RESERVED: [&str; 19] = [
        "select", "from", "where", "group", "order", "by", "limit", "offset", "and", "or", "not",
        "like", "in", "between", "is", "as", "asc", "desc", "external",
    ];
    RESERVED
        .iter()
        .any(|known| word.eq_ignore_ascii_case(known))
}

/// `Account_Name.Phone`, `What_Id->Leads.Last_Name`, `!Leads.Owner`.
fn read_path(text: &str) -> Option<Path> {
    let (module, rest) = match text.strip_prefix('!') {
        Some(rest) => {
            let (module, rest) = rest.split_once('.')?;
            (Some(module.to_owned()), rest)
        }
        None => (None, text),
    };
    let step = |part: &str| {
        let (name, module) = match part.split_once("->") {
            Some((name, module)) => (name, Some(module)),
            None => (part, None),
        };
        let is_empty = name.is_empty() || module == Some("");
        (!is_empty).then(|| Step {
            name: name.to_owned(),
            module: module.map(str::to_owned),
        })
    };
    let steps: Vec<Step> = rest.split('.').map(step).collect::<Option<_>>()?;
    let is_odd = module.as_deref() == Some("");
    (!is_odd).then_some(Path { module, steps })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn whole_queries_are_read_and_written_again() {
        for query in [
            "select Last_Name, First_Name from Leads where Last_Name = 'Smith'",
            "select 'What_Id->Leads.Last_Name' from Tasks where (('What_Id->Leads.id' in ('1','2')) AND ('What_Id->Leads.Industry' != 'ERP'))",
            "select SUM(Amount) as 'total', Stage from Deals#511 where Amount > 5.5 group by Stage order by SUM(Amount) desc, Stage limit 10, 20",
            "select id from Contacts where ((id is not null and Account_Name is null) or Account_Name.Phone not like '%12%') limit 5 offset 7",
            "select id from Deals where Closing_Date between 2026-01-01 and '2026-02-01'",
            "select id from Contacts where Account_Name in (select id from Accounts where Industry not in (ERP, 'Data''s')) order by id asc",
            "SELECT \"External\" FROM Contacts WHERE !Contacts.Owner.email = (select email from Leads where id = 5)",
        ] {
            let read = parse(query).unwrap();
            assert_eq!(parse(&read.to_string()).unwrap(), read, "{query} {read}");
        }
        let read = parse("select id from Leads where id > 1 limit 10, 20").unwrap();
        assert_eq!(
            (read.offset, read.limit),
            (Some(Bound("10".to_owned())), Some(Bound("20".to_owned())))
        );
    }

    #[test]
    fn slips_are_told_with_their_place() {
        let refused = |query: &str| {
            let refusal = parse(query).unwrap_err();
            assert_eq!(refusal.code, "SYNTAX_ERROR", "{query}");
            format!("{} {}", refusal.message, refusal.details)
        };
        for (query, wanted) in [
            ("", "given coql query not supported {}"),
            ("delete from Leads", "given coql query not supported {}"),
            ("select id", r#"missing clause {"clause":"from"}"#),
            (
                "select id from Leads",
                r#"missing clause {"clause":"where"}"#,
            ),
            (
                "select id from Leads limit 1",
                r#"missing clause {"clause":"where"}"#,
            ),
            (
                "select id FROM Leads, Contacts where id > 1",
                r#"unexpected token {"line":1,"column":21,"near":","}"#,
            ),
            (
                "select id, FROM Leads",
                r#"unexpected token {"line":1,"column":12,"near":"FROM"}"#,
            ),
            (
                "select External from Contacts where id is not null",
                r#"unexpected token {"line":1,"column":8,"near":"External"}"#,
            ),
            (
                "select id from Leads where not id = 1",
                r#"operator not supported {"operator":"not"}"#,
            ),
            (
                "select id from Leads where id not = 1",
                r#"operator not supported {"operator":"not"}"#,
            ),
            (
                "select id from Leads where id = 1 and id = 2 and id = 3",
                r#"error occured while parsing the query {"near":"and"}"#,
            ),
            (
                "select id from Leads where id =",
                r#"error occured while parsing the query {"near":"="}"#,
            ),
            (
                "select id from Leads where (id = 1",
                r#"error occured while parsing the query {"near":"1"}"#,
            ),
        ] {
            assert_eq!(refused(query), wanted, "{query}");
        }
        let deep = format!("select id from Leads where {}id = 1", "(".repeat(10_000));
        assert_eq!(refused(&deep), "parsing takes too long {}");
    }

    proptest! {
        #[test]
        fn no_text_makes_the_parser_fail(text in "[a-zé0-9 '\"(),.<>=!#\\\\-]{0,40}") {
            let _ = parse(&text);
            let _ = parse(&format!("select id from Leads where {text}"));
        }
    }
}
