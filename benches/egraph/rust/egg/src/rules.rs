use crate::theory::{Guard, Theory};
use egg::{
    Applier, Condition, ConditionEqual, ConditionalApplier, EGraph, Id, MultiPattern, Pattern,
    Rewrite, Subst, Var,
};
use race::{Rule, Side};
use std::error::Error;
use std::str::FromStr;

/// The rule in egg, with its patterns compiled.
pub fn rewrite<T: Theory>(rule: &Rule) -> Result<Rewrite<T, T::Facts>, String> {
    match (&rule.lhs, &rule.rhs, &rule.applier) {
        (Side::Term(lhs), Side::Term(rhs), None) => {
            guarded(rule, parse(lhs)?, parse::<Pattern<T>>(rhs)?)
        }
        (Side::Term(lhs), Side::Term(rhs), Some(call)) => {
            guarded(rule, parse(lhs)?, T::applier(call, parse(rhs)?)?)
        }
        (Side::Terms(lhs), Side::Terms(rhs), None) if rule.guards.is_empty() => Rewrite::new(
            &rule.name,
            multi_pattern::<T>(lhs)?,
            multi_pattern::<T>(rhs)?,
        ),
        _ => Err(format!("{}: a rule of this shape is not known", rule.name)),
    }
}

fn guarded<T: Theory>(
    rule: &Rule,
    lhs: Pattern<T>,
    applier: impl Applier<T, T::Facts> + Send + Sync + 'static,
) -> Result<Rewrite<T, T::Facts>, String> {
    let guards: Vec<_> = rule
        .guards
        .iter()
        .map(|it| guard(it))
        .collect::<Result<_, _>>()?;
    if guards.is_empty() {
        return Rewrite::new(&rule.name, lhs, applier);
    }
    let condition = All(guards);
    Rewrite::new(&rule.name, lhs, ConditionalApplier { condition, applier })
}

struct All<T: Theory>(Vec<Guard<T>>);

impl<T: Theory> Condition<T, T::Facts> for All<T> {
    fn check(&self, egraph: &mut EGraph<T, T::Facts>, class: Id, subst: &Subst) -> bool {
        self.0.iter().all(|guard| guard(egraph, class, subst))
    }
}

fn guard<T: Theory>(call: &[String]) -> Result<Guard<T>, String> {
    let words: Vec<&str> = call.iter().map(String::as_str).collect();
    match words[..] {
        ["not-same-class", a, b] => {
            let (a, b): (Var, Var) = (parse(a)?, parse(b)?);
            Ok(Box::new(move |egraph, _, subst| {
                egraph.find(subst[a]) != egraph.find(subst[b])
            }))
        }
        ["equal-after-adding", a, b] => {
            let equal = ConditionEqual::<T>::new(parse(a)?, parse(b)?);
            Ok(Box::new(move |egraph, class, subst| {
                equal.check(egraph, class, subst)
            }))
        }
        _ => T::guard(&words),
    }
}

fn multi_pattern<T: Theory>(terms: &[(String, String)]) -> Result<MultiPattern<T>, String> {
    let bound = |(variable, term): &(String, String)| {
        Ok::<_, String>((parse(variable)?, parse::<Pattern<T>>(term)?.ast))
    };
    Ok(MultiPattern::new(
        terms.iter().map(bound).collect::<Result<_, _>>()?,
    ))
}

pub fn parse<P: FromStr<Err: Error>>(text: &str) -> Result<P, String> {
    text.parse().map_err(|error| format!("{text}: {error}"))
}
