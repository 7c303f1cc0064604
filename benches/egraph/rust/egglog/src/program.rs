use race::{Case, Rule, Scheduler, Side, Term};
use std::collections::BTreeMap;

/// What the name of every constructor begins with; egglog has functions of its own named `+`.
pub const CONSTRUCTOR: &str = "of-";

/// The datatype, the rules and the start terms of `case` as an egglog program that runs nothing.
///
/// Plain rewriting only. egglog's schedulers see new matches, not all of them as egg's do, so a
/// backoff of the same settings takes another course.
pub fn program(case: &Case, rules: &[Rule]) -> Result<String, String> {
    if case.analysis != "none" || !case.unions.is_empty() || !case.goals.is_empty() {
        return Err("egglog races without analyses, assumptions and goals".to_owned());
    }
    if !matches!(case.scheduler, Scheduler::Simple) {
        return Err("egglog races with the simple scheduler only".to_owned());
    }
    let mut operators = Operators::default();
    let mut commands = Vec::new();
    for rule in rules {
        commands.push(rewrite(rule, &mut operators)?);
    }
    for start in &case.starts {
        commands.push(operators.term(&Term::parse(start)?)?);
    }
    commands.insert(0, operators.datatype());
    Ok(commands.join("\n"))
}

fn rewrite(rule: &Rule, operators: &mut Operators) -> Result<String, String> {
    match (&rule.lhs, &rule.rhs) {
        (Side::Term(lhs), Side::Term(rhs)) if rule.guards.is_empty() && rule.applier.is_none() => {
            let lhs = operators.term(&Term::parse(lhs)?)?;
            let rhs = operators.term(&Term::parse(rhs)?)?;
            Ok(format!("(rewrite {lhs} {rhs})"))
        }
        _ => Err(format!("{}: egglog races with plain rules only", rule.name)),
    }
}

/// The constructors that terms used, and how many children each has.
#[derive(Default)]
struct Operators(BTreeMap<String, usize>);

impl Operators {
    fn term(&mut self, term: &Term) -> Result<String, String> {
        match term {
            Term::Word(word) => Ok(leaf(word)),
            Term::List(parts) => {
                let Some((Term::Word(operator), children)) = parts.split_first() else {
                    return Err(format!("{term:?} has no operator"));
                };
                let name = format!("{CONSTRUCTOR}{operator}-{}", children.len());
                let mut text = format!("({name}");
                self.0.insert(name, children.len());
                for child in children {
                    text += " ";
                    text += &self.term(child)?;
                }
                Ok(text + ")")
            }
        }
    }

    fn datatype(&self) -> String {
        let mut text =
            format!("(datatype Term ({CONSTRUCTOR}number i64) ({CONSTRUCTOR}name String)");
        for (name, children) in &self.0 {
            text += &format!(" ({name}{})", " Term".repeat(*children));
        }
        text + ")"
    }
}

fn leaf(word: &str) -> String {
    if let Some(variable) = word.strip_prefix('?') {
        variable.to_owned()
    } else if word.parse::<i64>().is_ok() {
        format!("({CONSTRUCTOR}number {word})")
    } else {
        format!("({CONSTRUCTOR}name \"{word}\")")
    }
}
