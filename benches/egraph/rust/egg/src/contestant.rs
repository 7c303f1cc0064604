use crate::Options;
use crate::rules::{parse, rewrite};
use crate::theory::Theory;
use egg::{
    BackoffScheduler, Id, Pattern, RecExpr, Rewrite, Runner, Searcher, SimpleScheduler, StopReason,
};
use race::{Case, Clock, Contestant, Outcome, Rule, Scheduler, Used};
use std::rc::Rc;
use std::time::Duration;

const GOAL: &str = "goal";

pub struct Prepared<T: Theory> {
    rules: Vec<Rewrite<T, T::Facts>>,
    starts: Vec<RecExpr<T>>,
    unions: Vec<(RecExpr<T>, RecExpr<T>)>,
    goals: Rc<Vec<Pattern<T>>>,
    stop_on_goals: bool,
    iterations: usize,
    backoff: Option<(usize, usize)>,
    options: Options,
}

impl<T: Theory> Prepared<T> {
    pub fn new(case: &Case, rules: &[Rule], options: Options) -> Result<Self, String> {
        let pair = |(left, right): &(String, String)| Ok((parse(left)?, parse(right)?));
        Ok(Self {
            rules: rules.iter().map(rewrite).collect::<Result<_, _>>()?,
            starts: each(&case.starts, |start| parse(start))?,
            unions: each(&case.unions, pair)?,
            goals: Rc::new(each(&case.goals, |goal| parse(goal))?),
            stop_on_goals: case.stop_on_goals && !case.goals.is_empty(),
            iterations: match case.limits.iterations {
                Some(0) => return Err("egg's runner does at least one iteration".to_owned()),
                limit => limit.unwrap_or(usize::MAX),
            },
            backoff: match case.scheduler {
                Scheduler::Simple => None,
                Scheduler::Backoff {
                    match_limit,
                    ban_length,
                } => Some((match_limit, ban_length)),
            },
            options,
        })
    }

    fn saturate(&self) -> Runner<T, T::Facts> {
        let mut runner = self.started();
        if self.stop_on_goals {
            let (goals, root) = (self.goals.clone(), root(&runner));
            runner = runner.with_hook(move |runner| match holds(&goals, runner, root) {
                true => Err(GOAL.to_owned()),
                false => Ok(()),
            });
        }
        runner.run(&self.rules)
    }

    fn started(&self) -> Runner<T, T::Facts> {
        let mut runner = Runner::new(T::facts(!self.options.lean_analyses))
            .with_iter_limit(self.iterations)
            .with_node_limit(usize::MAX)
            .with_time_limit(Duration::MAX);
        runner = match self.backoff {
            None => runner.with_scheduler(SimpleScheduler),
            Some((match_limit, ban_length)) => runner.with_scheduler(
                BackoffScheduler::default()
                    .with_initial_match_limit(match_limit)
                    .with_ban_length(ban_length),
            ),
        };
        if self.options.explanations {
            runner = runner.with_explanations_enabled();
        }
        for start in &self.starts {
            runner = runner.with_expr(start);
        }
        for (left, right) in &self.unions {
            let (left, right) = (runner.egraph.add_expr(left), runner.egraph.add_expr(right));
            runner.egraph.union(left, right);
        }
        runner
    }

    fn outcome(&self, runner: &Runner<T, T::Facts>) -> Outcome {
        let found = |goal: &Pattern<T>| matches_root(goal, runner, root(runner));
        Outcome {
            iterations: runner.iterations.len(),
            stop: match &runner.stop_reason {
                Some(StopReason::Saturated) => "saturated",
                Some(StopReason::IterationLimit(_)) => "iteration-limit",
                Some(StopReason::Other(reason)) if reason == GOAL => GOAL,
                _ => "other",
            },
            nodes: runner.egraph.total_number_of_nodes(),
            classes: runner.egraph.number_of_classes(),
            goals: self.goals.iter().map(found).collect(),
        }
    }
}

impl<T: Theory> Contestant for Prepared<T> {
    /// The e-graphs of a batch are freed within the run, so that the next finds their memory warm;
    /// the last, or a single one, after it.
    fn run(&self, times: usize) -> (Used, Outcome) {
        let clock = Clock::start();
        for _ in 1..times {
            drop(self.saturate());
        }
        let runner = self.saturate();
        (clock.stop(times), self.outcome(&runner))
    }
}

fn root<T: Theory>(runner: &Runner<T, T::Facts>) -> Id {
    *runner.roots.last().expect("a workload has a start")
}

fn holds<T: Theory>(goals: &[Pattern<T>], runner: &Runner<T, T::Facts>, root: Id) -> bool {
    goals.iter().all(|goal| matches_root(goal, runner, root))
}

fn matches_root<T: Theory>(goal: &Pattern<T>, runner: &Runner<T, T::Facts>, root: Id) -> bool {
    let class = runner.egraph.find(root);
    goal.search_eclass_with_limit(&runner.egraph, class, 1)
        .is_some()
}

fn each<A, B>(items: &[A], make: impl Fn(&A) -> Result<B, String>) -> Result<Vec<B>, String> {
    items.iter().map(make).collect()
}
