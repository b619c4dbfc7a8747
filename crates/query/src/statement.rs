//! What may be asked: one SELECT over the tables of the results, and nothing that reads or writes anything else.

use crate::Result;
use crate::error::{Place, QueryError};
use crate::place::{decapitalised, instead_of, syntax_error};
use crate::tables::TRAJECTORIES;
use sqlparser::ast::{
    Expr, Ident, ObjectName, Query, Select, SelectItem, Spanned, Statement, TableFactor, Visit, Visitor,
};
use sqlparser::dialect::GenericDialect;
use sqlparser::parser::{Parser, ParserOptions};
use sqlparser::tokenizer::Token;
use std::collections::HashSet;
use std::ops::ControlFlow;

/// What places are places of.
const SQL: &str = "SQL";
const CONDITION: &str = "condition";

/// What was asked, understood as far as its names go.
pub(crate) struct Asked {
    text: &'static str,
    /// Names that may be those of columns, in order.
    names: Vec<Ident>,
    /// Names that the query itself defines, of tables and columns.
    defined: HashSet<String>,
}

impl Asked {
    /// A SELECT over tables of those names.
    pub fn query(sql: &str, tables: &[&str]) -> Result<Self> {
        let nowhere = Place::somewhere(SQL);
        let only_select = "Ask with one SELECT.";
        let statements = parser(sql, SQL)?.parse_statements().map_err(|e| syntax_error(SQL, e))?;
        let query = match statements.as_slice() {
            [Statement::Query(query)] => query,
            [] => return Err(nowhere.error("nothing is asked", only_select)),
            [other] => {
                let verb = other.to_string().split_whitespace().next().unwrap_or_default().to_owned();
                return Err(
                    nowhere.error(format!("{verb} is no question, and results are only read"), only_select)
                );
            }
            [_, next, ..] => {
                let place = Place::of(SQL, next.span());
                return Err(place.error("there is more than one statement", only_select));
            }
        };
        let mut check = Check { tables, asked: Self::empty(SQL) };
        // First all that is defined: a table may be named before.
        let _ = query.visit(&mut Definitions(&mut check.asked.defined));
        match query.visit(&mut check) {
            ControlFlow::Break(refused) => Err(refused),
            ControlFlow::Continue(()) => Ok(check.asked),
        }
    }

    /// A condition on rows of the patient table.
    pub fn condition(condition: &str) -> Result<Self> {
        let mut parser = parser(condition, CONDITION)?;
        let expression = parser.parse_expr().map_err(|e| syntax_error(CONDITION, e))?;
        let next = parser.peek_token();
        if next.token != Token::EOF {
            let place = Place::of(CONDITION, next.span);
            return Err(
                place.error(format!("does not go on with {}", next.token), "Join conditions with AND or OR.")
            );
        }
        let mut check = Check { tables: &[], asked: Self::empty(CONDITION) };
        match expression.visit(&mut check) {
            ControlFlow::Break(refused) => Err(refused),
            ControlFlow::Continue(()) => Ok(check.asked),
        }
    }

    fn empty(text: &'static str) -> Self {
        Self { text, names: Vec::new(), defined: HashSet::new() }
    }

    /// What polars says of what was asked, where `columns` are those of all tables and `functions` those of polars.
    pub fn error(&self, reason: &str, columns: &[&str], functions: &[&str]) -> QueryError {
        let is_known = |name: &str| columns.contains(&name) || self.defined.contains(name);
        if let Some(name) = self.names.iter().find(|name| !is_known(&name.value)) {
            let mut remedy = instead_of(&name.value, columns);
            if name.quote_style.is_some() {
                remedy += &format!(" A text stands in single quotes: '{}'.", name.value);
            }
            return Place::of(self.text, name.span).error(format!("{:?} is no column", name.value), remedy);
        }
        // What follows is polars' plan of the query.
        let reason = reason.lines().next().unwrap_or_default();
        let nowhere = Place::somewhere(self.text);
        let unknown = reason.split_once("unsupported function '").and_then(|(_, name)| name.split_once('\''));
        if let Some((name, _)) = unknown {
            return nowhere.error(format!("{name:?} is no function"), instead_of(name, functions));
        }
        let twice = reason.split_once("duplicate output name '").and_then(|(_, name)| name.split_once('\''));
        if let Some((name, _)) = twice {
            return nowhere
                .error(format!("two columns of the answer are called {name:?}"), "Name them with AS.");
        }
        nowhere.error(decapitalised(reason), "docs/query.md shows what can be asked.")
    }

    /// The error of a condition that is none.
    pub fn is_no_condition(&self, kind: &str) -> QueryError {
        let example = "Compare with something, as in: tumour_burden > 500.";
        Place::somewhere(self.text).error(format!("is {kind}, not true or false"), example)
    }
}

fn parser<'a>(sql: &str, text: &'static str) -> Result<Parser<'a>> {
    // As polars parses it.
    let options = ParserOptions { trailing_commas: true, ..Default::default() };
    let parser = Parser::new(&GenericDialect).with_options(options);
    parser.try_with_sql(sql).map_err(|e| syntax_error(text, e))
}

/// Collects what a query defines.
struct Definitions<'a>(&'a mut HashSet<String>);

impl Visitor for Definitions<'_> {
    type Break = ();

    fn pre_visit_query(&mut self, query: &Query) -> ControlFlow<()> {
        for table in query.with.iter().flat_map(|with| &with.cte_tables) {
            self.0.insert(table.alias.name.value.clone());
            self.0.extend(table.alias.columns.iter().map(|column| column.name.value.clone()));
        }
        ControlFlow::Continue(())
    }

    fn pre_visit_select(&mut self, select: &Select) -> ControlFlow<()> {
        for item in &select.projection {
            if let SelectItem::ExprWithAlias { alias, .. } = item {
                self.0.insert(alias.value.clone());
            }
        }
        ControlFlow::Continue(())
    }

    fn pre_visit_table_factor(&mut self, table: &TableFactor) -> ControlFlow<()> {
        if let TableFactor::Table { alias: Some(alias), .. }
        | TableFactor::Derived { alias: Some(alias), .. } = table
        {
            self.0.insert(alias.name.value.clone());
            self.0.extend(alias.columns.iter().map(|column| column.name.value.clone()));
        }
        ControlFlow::Continue(())
    }
}

/// Refuses what may not be asked, and collects names.
struct Check<'a> {
    tables: &'a [&'a str],
    asked: Asked,
}

impl Check<'_> {
    fn refuse(&self, place: Place, reason: impl Into<String>, remedy: &str) -> ControlFlow<QueryError> {
        ControlFlow::Break(place.error(reason, remedy))
    }

    /// Refuses a table that is none of the results'.
    fn table(&self, name: &ObjectName) -> ControlFlow<QueryError> {
        let known = match name.0.as_slice() {
            [part] => part.as_ident().is_some_and(|part| {
                self.tables.contains(&part.value.as_str()) || self.asked.defined.contains(&part.value)
            }),
            _ => false,
        };
        if known {
            return ControlFlow::Continue(());
        }
        let said = name.to_string();
        let remedy = if said == TRAJECTORIES {
            "These results have no courses: [trajectories] in the study file asks for them.".to_owned()
        } else {
            instead_of(&said, self.tables)
        };
        self.refuse(Place::of(SQL, name.span()), format!("{said} is no table of these results"), &remedy)
    }
}

impl Visitor for Check<'_> {
    type Break = QueryError;

    fn pre_visit_statement(&mut self, statement: &Statement) -> ControlFlow<QueryError> {
        let verb = statement.to_string().split_whitespace().next().unwrap_or_default().to_owned();
        let place = Place::of(SQL, statement.span());
        self.refuse(
            place,
            format!("{verb} is no question, and results are only read"),
            "Ask with one SELECT.",
        )
    }

    fn pre_visit_query(&mut self, query: &Query) -> ControlFlow<QueryError> {
        if self.asked.text == CONDITION {
            let place = Place::of(CONDITION, query.span());
            return self.refuse(place, "has a query within it", "Ask it with `cartrial query`.");
        }
        ControlFlow::Continue(())
    }

    fn pre_visit_select(&mut self, select: &Select) -> ControlFlow<QueryError> {
        if let Some(into) = &select.into {
            let reason = "INTO would write, and results are only read";
            return self.refuse(Place::of(SQL, into.name.span()), reason, "Write an answer with --out.");
        }
        ControlFlow::Continue(())
    }

    fn pre_visit_table_factor(&mut self, table: &TableFactor) -> ControlFlow<QueryError> {
        match table {
            TableFactor::Table { name, args: None, .. } => self.table(name),
            TableFactor::Derived { .. } | TableFactor::NestedJoin { .. } => ControlFlow::Continue(()),
            other => {
                let place = Place::of(SQL, other.span());
                let remedy = format!("Ask the tables alone: {}.", self.tables.join(", "));
                self.refuse(place, format!("{other} is no table of these results"), &remedy)
            }
        }
    }

    fn pre_visit_expr(&mut self, expression: &Expr) -> ControlFlow<QueryError> {
        match expression {
            Expr::Identifier(name) => self.asked.names.push(name.clone()),
            Expr::CompoundIdentifier(names) => self.asked.names.extend(names.last().cloned()),
            _ => {}
        }
        ControlFlow::Continue(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tables::PATIENTS;

    /// What is said of a query over both tables.
    fn refused(sql: &str) -> String {
        match Asked::query(sql, &[PATIENTS, TRAJECTORIES]) {
            Err(error) => error.to_string(),
            Ok(_) => panic!("{sql:?} is let through"),
        }
    }

    #[test]
    fn what_asks_the_tables_is_let_through() {
        for sql in [
            "SELECT 1",
            "SELECT * FROM patients;",
            "WITH a AS (SELECT arm FROM patients) SELECT * FROM a JOIN trajectories t ON a.arm = t.arm",
            "SELECT * FROM (SELECT arm FROM patients) x WHERE arm IN (SELECT arm FROM patients)",
            "SELECT arm FROM patients UNION SELECT arm FROM trajectories",
        ] {
            assert!(Asked::query(sql, &[PATIENTS, TRAJECTORIES]).is_ok(), "{sql}");
        }
    }

    #[test]
    fn bad_statements_that_do_more_than_ask_are_refused() {
        for (sql, verb) in [
            ("DROP TABLE patients", "DROP"),
            ("DELETE FROM patients WHERE true", "DELETE"),
            ("TRUNCATE TABLE patients", "TRUNCATE"),
            ("CREATE TABLE x AS SELECT * FROM patients", "CREATE"),
            ("INSERT INTO patients VALUES (1)", "INSERT"),
            ("EXPLAIN SELECT * FROM patients", "EXPLAIN"),
            ("SHOW TABLES", "SHOW"),
            ("COPY patients TO 'x.csv'", "COPY"),
        ] {
            let said = format!("SQL: {verb} is no question, and results are only read. Ask with one SELECT.");
            assert_eq!(refused(sql), said);
        }
        assert!(
            refused("WITH x AS (DELETE FROM patients RETURNING arm) SELECT * FROM x")
                .contains("DELETE is no")
        );
        assert!(refused("SELECT * INTO x FROM patients").contains("INTO would write"));
        assert_eq!(refused(" ; "), "SQL: nothing is asked. Ask with one SELECT.");
        let second = "SQL:1:11: there is more than one statement. Ask with one SELECT.";
        assert_eq!(refused("SELECT 1; SELECT 2"), second);
    }

    #[test]
    fn bad_tables_that_are_files_are_refused_wherever_they_stand() {
        for sql in [
            "SELECT * FROM read_csv('/etc/passwd')",
            "SELECT * FROM READ_PARQUET('x.parquet')",
            "SELECT * FROM '/etc/passwd'",
            "SELECT * FROM \"x.parquet\"",
            "SELECT * FROM patients p JOIN read_csv('x') q ON p.arm = q.arm",
            "SELECT * FROM patients WHERE arm IN (SELECT a FROM read_csv('x'))",
            "SELECT (SELECT max(a) FROM read_ipc('x')) FROM patients",
            "WITH x AS (SELECT * FROM read_json('x')) SELECT * FROM x",
            "SELECT * FROM patients, LATERAL read_csv('x') AS t",
            "SELECT arm FROM patients UNION ALL SELECT a FROM read_csv('x')",
            "SELECT * FROM TABLE(read_csv('x'))",
            "SELECT * FROM elsewhere.patients",
        ] {
            assert!(refused(sql).contains("is no table of these results"), "{sql}: {}", refused(sql));
        }
        assert_eq!(
            refused("SELECT *\nFROM patient"),
            "SQL:2:6: patient is no table of these results. Did you mean \"patients\"?"
        );
    }

    #[test]
    fn bad_sql_is_told_with_its_place() {
        assert_eq!(
            refused("SELECT arm FORM patients"),
            "SQL:1:17: is no SQL: expected: end of statement, found: patients. Correct it there."
        );
        assert!(refused("SELECT 'open").starts_with("SQL:1:8: is no SQL: unterminated string literal"));
        assert!(
            Asked::condition("a > 1 b")
                .is_err_and(|e| e.to_string().starts_with("condition:1:7: does not go on"))
        );
    }
}
