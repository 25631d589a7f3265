//! An event's whole life for a terminal: came in, consent, mapping, request, answer, attempts, outcome.

use std::fmt::{self, Write};

use leadway_engine::model::attempt::Attempt;
use leadway_engine::model::life::{MappingStep, RouteDecision};
use leadway_engine::model::problem::Problem;
use serde_json::Value;

use super::view::{DeliveryView, EventView};
use super::{clean, instant, json_lines, value_text};

/// An event with everything that happened to it.
pub(crate) fn event(life: &EventView) -> String {
    let mut text = String::new();
    // Writing to a text cannot fail.
    let _ = write_event(&mut text, life);
    text
}

/// A delivery with its record, request and tries.
pub(crate) fn delivery(delivery: &DeliveryView) -> String {
    let mut text = String::new();
    let _ = write_delivery(&mut text, delivery);
    text
}

fn write_event(out: &mut String, life: &EventView) -> fmt::Result {
    let summary = &life.summary;
    let name = summary
        .name
        .as_deref()
        .map(|name| format!(" \"{}\"", clean(name)))
        .unwrap_or_default();
    writeln!(
        out,
        "{}  {}{name}  {}",
        summary.id,
        summary.kind.as_str(),
        summary.status.as_str()
    )?;
    writeln!(out, "\nCame in")?;
    line(out, "received", &instant(summary.received_at))?;
    line(out, "happened", &instant(life.occurred_at))?;
    line(out, "source", &summary.source)?;
    line(out, "message id", &summary.message_id)?;
    optional(out, "about", summary.subject.as_deref())?;
    line(out, "door", &life.arrival.door)?;
    optional(out, "for route", life.arrival.route.as_deref())?;
    optional(out, "address", life.arrival.ip.as_deref())?;
    optional(out, "origin", life.arrival.origin.as_deref())?;
    optional(out, "user agent", life.arrival.user_agent.as_deref())?;
    if let Some(original) = &life.duplicate_of {
        line(
            out,
            "repeats",
            &format!("{original}, so nothing more is done with it"),
        )?;
    }
    out.push_str(&json_lines(&life.payload, "  "));
    for decision in &life.decisions {
        write_decision(out, decision)?;
    }
    for delivery in &life.deliveries {
        out.push('\n');
        write_delivery(out, delivery)?;
    }
    Ok(())
}

fn write_decision(out: &mut String, decision: &RouteDecision) -> fmt::Result {
    writeln!(out, "\nRoute {}", clean(&decision.route))?;
    line(
        out,
        if decision.is_matched {
            "matched"
        } else {
            "not wanted"
        },
        &decision.reason,
    )?;
    for consent in &decision.consent {
        let stated = match consent.stated {
            Some(true) => "granted",
            Some(false) => "denied",
            None => "not stated",
        };
        let effect = if consent.is_granted {
            "may go on"
        } else {
            "stops here"
        };
        line(
            out,
            "consent",
            &format!("{}: {stated}, {effect}", consent.category),
        )?;
    }
    if !decision.mapping.is_empty() {
        let version = match decision.mapping_version {
            Some(0) => " (built in)".to_owned(),
            Some(version) => format!(" (version {version})"),
            None => String::new(),
        };
        writeln!(out, "  mapping{version}")?;
    }
    for step in &decision.mapping {
        writeln!(out, "    {}", mapping_step(step))?;
    }
    Ok(())
}

/// `Email = "a@b.c"   from traits.email "A@B.C", trim, lowercase`
fn mapping_step(step: &MappingStep) -> String {
    let Some(output) = &step.output else {
        return format!(
            "{}: {}",
            clean(&step.field),
            clean(step.note.as_deref().unwrap_or("left out"))
        );
    };
    let mut text = format!("{} = {}", clean(&step.field), quoted(output));
    let mut origin = Vec::new();
    if let Some(from) = &step.from {
        let is_changed = step.input.is_some() && step.input != step.output;
        let input = step
            .input
            .as_ref()
            .filter(|_| is_changed)
            .map(|input| format!(" {}", quoted(input)));
        origin.push(format!("from {}{}", clean(from), input.unwrap_or_default()));
    }
    origin.extend(step.transforms.iter().map(|transform| clean(transform)));
    origin.extend(step.note.as_deref().map(clean));
    if !origin.is_empty() {
        text.push_str("   ");
        text.push_str(&origin.join(", "));
    }
    text
}

fn quoted(value: &Value) -> String {
    clean(&value.to_string())
}

fn write_delivery(out: &mut String, delivery: &DeliveryView) -> fmt::Result {
    writeln!(out, "Delivery {}  {}", delivery.id, delivery.state.as_str())?;
    line(out, "event", &delivery.event_id.to_string())?;
    line(out, "route", &delivery.route)?;
    let to = format!(
        "{} / {} ({})",
        delivery.connection,
        delivery.module,
        delivery.operation.as_str()
    );
    line(out, "to", &to)?;
    line(out, "planned", &instant(delivery.created_at))?;
    line(out, "attempts", &delivery.attempts.to_string())?;
    if let Some(replay_of) = delivery.replay_of {
        line(out, "replay of", &replay_of.to_string())?;
    }
    if let Some(request) = &delivery.request {
        writeln!(
            out,
            "  request {} {}",
            clean(&request.method),
            clean(&request.path)
        )?;
        out.push_str(&json_lines(&request.body, "    "));
    } else {
        writeln!(out, "  record")?;
        out.push_str(&json_lines(&delivery.record, "    "));
    }
    for attempt in &delivery.tries {
        write_attempt(out, attempt)?;
    }
    write_outcome(out, delivery)
}

fn write_attempt(out: &mut String, attempt: &Attempt) -> fmt::Result {
    let batch = &attempt.batch;
    let status = batch
        .http_status
        .map_or_else(|| "no answer".to_owned(), |status| format!("HTTP {status}"));
    let took = batch.ended_at.duration_since(batch.started_at).as_millis();
    writeln!(
        out,
        "  attempt {} at {}: {}, {} ({})",
        attempt.number,
        instant(batch.started_at),
        status,
        clean(&attempt.code),
        attempt.verdict.as_str()
    )?;
    let rows = super::counted(batch.rows.into(), "row");
    let credits = super::counted(batch.credits.into(), "credit");
    writeln!(
        out,
        "    in {} {} with {rows}, {took} ms, {credits}",
        batch.id,
        clean(&batch.request)
    )?;
    if !attempt.message.is_empty() {
        writeln!(out, "    {}", clean(&attempt.message))?;
    }
    match &attempt.answer {
        Some(answer) => writeln!(out, "    answer {}", clean(answer.get())),
        None => Ok(()),
    }
}

fn write_outcome(out: &mut String, delivery: &DeliveryView) -> fmt::Result {
    let at = delivery
        .settled_at
        .map(|at| format!(" at {}", instant(at)))
        .unwrap_or_default();
    match (&delivery.record_id, delivery.action) {
        (Some(record), Some(action)) => {
            line(
                out,
                "outcome",
                &format!("record {record} ({}){at}", action.as_str()),
            )?;
        }
        (Some(record), None) => line(out, "outcome", &format!("record {record}{at}"))?,
        _ => {}
    }
    if let Some(problem) = &delivery.problem {
        write_problem(out, problem, &at)?;
    }
    if let Some(due_at) = delivery.due_at {
        line(out, "next try", &instant(due_at))?;
    }
    if let Some(replayed_as) = delivery.replayed_as {
        line(out, "replayed as", &replayed_as.to_string())?;
    }
    Ok(())
}

fn write_problem(out: &mut String, problem: &Problem, at: &str) -> fmt::Result {
    line(out, "problem", &format!("{}{at}", problem.code))?;
    optional(out, "  field", problem.field.as_deref())?;
    if let Some(value) = &problem.value {
        line(out, "  value", &value_text(value))?;
    }
    line(out, "  why", &problem.message)?;
    line(out, "  remedy", &problem.remedy)
}

fn line(out: &mut String, label: &str, text: &str) -> fmt::Result {
    writeln!(out, "  {label:<12}{}", clean(text))
}

fn optional(out: &mut String, label: &str, text: Option<&str>) -> fmt::Result {
    text.map_or(Ok(()), |text| line(out, label, text))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// An event whose first delivery died and whose replay arrived, as the REST API gives it.
    const LIFE: &str = include_str!("life_sample.json");

    #[test]
    fn a_whole_life_can_be_read_from_top_to_bottom() {
        let life: EventView = serde_json::from_str(LIFE).unwrap();
        insta::assert_snapshot!(event(&life));
    }
}
