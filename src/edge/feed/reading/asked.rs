//! What engines are asked about, read as files are.

use std::thread::{Scope, ScopedJoinHandle};

use crossbeam_channel::{Receiver, Sender, never, select};

use super::{Progress, ReadPlan, SplitStreams, Worker};
use crate::edge::feed::asked::{Answered, Asked, AskedRemark};
use crate::edge::feed::blocks::Exchange;
use crate::edge::feed::live::request::{Stop, Stopped};
use crate::edge::feed::prepared::Prepared;
use crate::edge::feed::s3::{Delivery, DeliveryReceiver};

/// Answers that may wait to be read: each may have all that a query gives.
pub(super) const WAITING: usize = 2;

/// What comes over the network while files are read.
#[derive(Clone, Debug)]
pub(super) struct NetworkInputs {
    /// Objects; their inputs are numbered from here on.
    pub(super) first: usize,
    pub(super) deliveries: DeliveryReceiver,
    pub(super) answers: Receiver<Answered>,
}

impl ReadPlan {
    /// What engines are to be asked about, by the numbers of inputs.
    #[must_use]
    pub fn asked(&self) -> &[(usize, Asked)] {
        &self.asked
    }

    /// Leaves out an input, and says why.
    pub fn refuse(&mut self, input: usize, why: String) {
        let place = self.places[input];
        self.summaries[place].error = Some(why);
    }

    /// Has what was `prepared` be asked.
    #[must_use]
    pub fn asking(mut self, prepared: Prepared) -> Self {
        self.prepared.push(prepared);
        self
    }
}

/// Begins to ask, each engine on a thread of its own.
pub(super) fn ask<'scope>(
    prepared: Vec<Prepared>,
    scope: &'scope Scope<'scope, '_>,
    sender: &Sender<Answered>,
    progress: &'scope Progress,
    stopped: Option<&Stopped>,
) -> Vec<ScopedJoinHandle<'scope, AskedRemark>> {
    let ask = |prepared: Prepared| {
        let (sender, stopped) = (sender.clone(), stopped.cloned());
        scope.spawn(move || {
            let (_stop, never) = Stop::new();
            prepared.ask(sender, &progress.queries, &stopped.unwrap_or(never))
        })
    };
    prepared.into_iter().map(ask).collect()
}

/// The plan with what was told of what was asked.
pub(super) fn with_remarks(mut plan: ReadPlan, told: Vec<AskedRemark>) -> ReadPlan {
    let (mut faults, mut remarks) = (Vec::new(), Vec::new());
    for told in told {
        faults.extend(told.faults);
        remarks.extend(told.remarks);
    }
    for (input, why) in faults {
        let error = &mut plan.summaries[plan.places[input]].error;
        *error = Some(error.take().map_or_else(|| why.clone(), |before| format!("{before}; {why}")));
    }
    for (input, what) in remarks {
        plan.remarks.push((plan.summaries[plan.places[input]].path.to_string(), what));
    }
    plan
}

impl Worker<'_> {
    /// Reads objects and answers as they come, and meanwhile blocks of large ones that others deal out.
    pub(super) fn arriving(&mut self, arriving: NetworkInputs, exchange: &Exchange) {
        let NetworkInputs { first, deliveries, mut answers } = arriving;
        let (alone, mut deliveries) = deliveries.begin();
        let mut left = 2 + usize::from(alone.is_some());
        let mut alone = alone.unwrap_or_else(never);
        let object = |worker: &mut Self, delivery: Delivery| {
            worker.object(first + delivery.object, delivery, exchange);
        };
        while left > 0 {
            select! {
                recv(alone) -> delivery => if let Ok(delivery) = delivery {
                    object(self, delivery);
                } else {
                    (alone, left) = (never(), left - 1);
                },
                recv(deliveries) -> delivery => if let Ok(delivery) = delivery {
                    object(self, delivery);
                } else {
                    (deliveries, left) = (never(), left - 1);
                },
                recv(answers) -> answer => if let Ok(answer) = answer {
                    self.answer(answer, exchange);
                } else {
                    (answers, left) = (never(), left - 1);
                },
                recv(exchange.full()) -> block => if let Ok(block) = block {
                    self.block(&block);
                    exchange.give_back(block);
                },
            }
        }
    }

    fn answer(&mut self, answer: Answered, exchange: &Exchange) {
        let Answered { input, body } = answer;
        if let Err(error) = self.stream(input, body, Some(exchange), SplitStreams::All) {
            self.result(input).rare().error = Some(error);
        }
    }
}
