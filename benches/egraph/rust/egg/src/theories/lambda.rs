//! The lambda calculus with explicit substitution.

use crate::rules::parse;
use crate::theory::{Guard, Known, Theory, term_of, unite_with_leaf};
use egg::{
    Analysis, Applier, DidMerge, Id, Language, Pattern, PatternAst, Subst, Symbol, Var,
    define_language, merge_option,
};
use rustc_hash::FxHashSet;

define_language! {
    pub enum Lambda {
        "var" = Var(Id),
        "lam" = Lam([Id; 2]),
        "app" = App([Id; 2]),
        "let" = Let([Id; 3]),
        "fix" = Fix([Id; 2]),
        "if" = If([Id; 3]),
        "+" = Add([Id; 2]),
        "=" = Eq([Id; 2]),
        Truth(bool),
        Number(i32),
        Name(Symbol),
    }
}

type EGraph = egg::EGraph<Lambda, Scopes>;

pub struct Scopes {
    keeps_terms: bool,
}

#[derive(Debug)]
pub struct Scope {
    free: FxHashSet<Id>,
    constant: Option<Known<Lambda, Lambda>>,
}

impl Analysis<Lambda> for Scopes {
    type Data = Scope;

    fn make(egraph: &mut EGraph, node: &Lambda, _id: Id) -> Scope {
        Scope {
            free: free_variables(egraph, node),
            constant: constant(egraph, node),
        }
    }

    /// Equal terms have in common what is free in them: a variable that one of them lacks does not
    /// matter in the other.
    fn merge(&mut self, to: &mut Scope, from: Scope) -> DidMerge {
        let before = to.free.len();
        to.free.retain(|variable| from.free.contains(variable));
        let free = DidMerge(before != to.free.len(), to.free.len() != from.free.len());
        free | merge_option(&mut to.constant, from.constant, |to, from| {
            assert_eq!(to.value, from.value, "two constants in one class");
            DidMerge(false, false)
        })
    }

    fn modify(egraph: &mut EGraph, id: Id) {
        if let Some(known) = egraph[id].data.constant.clone() {
            unite_with_leaf(egraph, id, known.value, known.term.as_ref());
        }
    }
}

fn free_variables(egraph: &EGraph, node: &Lambda) -> FxHashSet<Id> {
    let free_in = |id: &Id| egraph[*id].data.free.iter().copied();
    let mut free = FxHashSet::default();
    match node {
        Lambda::Var(name) => {
            free.insert(*name);
        }
        Lambda::Let([name, value, body]) => {
            free.extend(free_in(body));
            free.remove(name);
            free.extend(free_in(value));
        }
        Lambda::Lam([name, body]) | Lambda::Fix([name, body]) => {
            free.extend(free_in(body));
            free.remove(name);
        }
        _ => node.for_each(|child| free.extend(free_in(&child))),
    }
    free
}

fn constant(egraph: &EGraph, node: &Lambda) -> Option<Known<Lambda, Lambda>> {
    let value = |id: Id| egraph[id].data.constant.as_ref().map(|known| &known.value);
    let folded = match node {
        Lambda::Number(_) | Lambda::Truth(_) => node.clone(),
        Lambda::Add([a, b]) => match (value(*a)?, value(*b)?) {
            (Lambda::Number(a), Lambda::Number(b)) => Lambda::Number(a.checked_add(*b)?),
            _ => return None,
        },
        Lambda::Eq([a, b]) => Lambda::Truth(value(*a)? == value(*b)?),
        _ => return None,
    };
    let text = |id| value(id).map(Lambda::to_string);
    Some(Known {
        value: folded,
        term: if egraph.analysis.keeps_terms {
            term_of(node, text)
        } else {
            None
        },
    })
}

impl Theory for Lambda {
    type Facts = Scopes;
    type Applier = CaptureAvoiding;

    fn facts(keeps_terms: bool) -> Scopes {
        Scopes { keeps_terms }
    }

    fn guard(call: &[&str]) -> Result<Guard<Self>, String> {
        let ["is-const", x] = *call else {
            return Err(format!("there is no guard {}", call.join(" ")));
        };
        let x: Var = parse(x)?;
        Ok(Box::new(move |egraph, _, subst| {
            egraph[subst[x]].data.constant.is_some()
        }))
    }

    fn applier(call: &[String], otherwise: Pattern<Self>) -> Result<CaptureAvoiding, String> {
        let words: Vec<&str> = call.iter().map(String::as_str).collect();
        let ["capture-avoiding", name, value, fresh, renamed] = words[..] else {
            return Err(format!("there is no applier {}", call.join(" ")));
        };
        Ok(CaptureAvoiding {
            name: parse(name)?,
            value: parse(value)?,
            fresh: parse(fresh)?,
            renamed: parse(renamed)?,
            otherwise,
        })
    }
}

/// Renames a bound name that is free in the value that moves below it.
pub struct CaptureAvoiding {
    name: Var,
    value: Var,
    fresh: Var,
    renamed: Pattern<Lambda>,
    otherwise: Pattern<Lambda>,
}

impl Applier<Lambda, Scopes> for CaptureAvoiding {
    fn apply_one(
        &self,
        egraph: &mut EGraph,
        class: Id,
        subst: &Subst,
        lhs: Option<&PatternAst<Lambda>>,
        rule: Symbol,
    ) -> Vec<Id> {
        if !egraph[subst[self.value]]
            .data
            .free
            .contains(&subst[self.name])
        {
            return self.otherwise.apply_one(egraph, class, subst, lhs, rule);
        }
        let mut subst = subst.clone();
        let fresh = Lambda::Name(format!("_{class}").into());
        subst.insert(self.fresh, egraph.add(fresh));
        self.renamed.apply_one(egraph, class, &subst, lhs, rule)
    }
}
