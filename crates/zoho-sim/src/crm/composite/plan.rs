//! The order of the sub-requests: as written, or, in parallel, each behind those that it refers to.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use super::reference;
use super::request::Composite;
use crate::catalog::{self, Refusal};

/// Places of the sub-requests in the order in which they run, and what is wrong with those that wait for each other.
pub(super) fn order(composite: &mut Composite) -> Vec<usize> {
    let count = composite.requests.len();
    if !composite.is_parallel {
        return (0..count).collect();
    }
    let waits_for: Vec<BTreeSet<usize>> =
        (0..count).map(|index| referred(composite, index)).collect();
    let mut order: Vec<usize> = Vec::with_capacity(count);
    loop {
        let ready = (0..count).find(|index| {
            !order.contains(index) && waits_for[*index].iter().all(|other| order.contains(other))
        });
        match ready {
            Some(index) => order.push(index),
            None => break,
        }
    }
    let looping: Vec<usize> = (0..count).filter(|index| !order.contains(index)).collect();
    if !looping.is_empty() {
        let refusal = loops(composite, &looping);
        for index in &looping {
            composite.requests[*index] = Err(refusal.clone());
        }
        order.extend(looping);
    }
    order
}

/// Places of the sub-requests that one refers to, itself not among them: that is refused as a wrong reference.
fn referred(composite: &Composite, index: usize) -> BTreeSet<usize> {
    let Ok(request) = &composite.requests[index] else {
        return BTreeSet::new();
    };
    let ids = reference::ids(request);
    let is_named = |at: &usize| {
        composite.requests[*at]
            .as_ref()
            .is_ok_and(|other| other.id.as_ref().is_some_and(|id| ids.contains(id)))
    };
    (0..composite.requests.len())
        .filter(|at| *at != index && is_named(at))
        .collect()
}

fn loops(composite: &Composite, indexes: &[usize]) -> Refusal {
    let dependent = indexes.iter().filter_map(|index| {
        let request = composite.requests[*index].as_ref().ok()?;
        Some(json!({"sub_request_id": request.id, "referred_sub_request_ids": reference::ids(request)}))
    });
    catalog::composite::looping(&Value::Array(dependent.collect()))
}
