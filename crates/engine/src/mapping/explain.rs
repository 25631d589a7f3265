//! Tells, step by step, how a mapping makes a record of an event. The result is the same as that of applying it.

use super::apply::{Failure, Found, Origin};
use super::capture::Slots;
use super::compile::{CompiledField, CompiledMapping};
use super::datum::value_of;
use super::transform::name_of;
use crate::model::life::MappingStep;
use crate::model::problem::Problem;
use serde_json::value::RawValue;

/// The story of one event and one mapping.
#[derive(Debug, Clone)]
pub struct Explanation {
    /// One step for each field of the mapping, in its order.
    pub steps: Vec<MappingStep>,
    /// The reason for which [`CompiledMapping::apply`] refuses the event.
    pub problem: Option<Problem>,
}

impl CompiledMapping {
    /// Applies the mapping for people to look at; slower than [`CompiledMapping::apply`], with the same result.
    /// Fields behind a problem are explained all the same.
    #[must_use]
    pub fn explain(&self, payload: &RawValue) -> Explanation {
        let slots = self.paths.capture(payload);
        let mut explanation = Explanation {
            steps: Vec::with_capacity(self.fields.len()),
            problem: None,
        };
        for field in &self.fields {
            let (step, problem) = field.explain(&slots);
            explanation.steps.push(step);
            explanation.problem = explanation.problem.or(problem);
        }
        explanation
    }
}

impl CompiledField {
    fn explain(&self, slots: &Slots<'_>) -> (MappingStep, Option<Problem>) {
        match self.resolve(slots) {
            Ok(Some(found)) => (self.found_step(&found, slots), None),
            Ok(None) => {
                let problem = self.is_required.then(|| self.missing());
                (self.empty_step(slots), problem)
            }
            Err(failure) => (self.failed_step(&failure), Some(self.unmapped(&failure))),
        }
    }

    fn found_step(&self, found: &Found<'_>, slots: &Slots<'_>) -> MappingStep {
        let (from, transforms, tried) = match found.origin {
            Origin::Constant => ("(constant)".to_owned(), Vec::new(), 0),
            Origin::Default => ("(default)".to_owned(), Vec::new(), self.sources.len()),
            Origin::Source(number) => (
                self.sources[number].0.path.clone(),
                self.transform_names(number),
                number,
            ),
        };
        MappingStep {
            field: self.name.clone(),
            from: Some(from),
            input: Some(value_of(found.input)),
            transforms,
            output: Some(found.datum.to_value()),
            note: self.passed_over(tried, slots),
        }
    }

    fn empty_step(&self, slots: &Slots<'_>) -> MappingStep {
        let what = if self.is_required {
            "refused: required, but no path had a value"
        } else {
            "left out: no path had a value"
        };
        let note = match self.passed_over(self.sources.len(), slots) {
            Some(passed_over) => format!("{what}; {passed_over}"),
            None => what.to_owned(),
        };
        MappingStep {
            field: self.name.clone(),
            from: None,
            input: None,
            transforms: Vec::new(),
            output: None,
            note: Some(note),
        }
    }

    fn failed_step(&self, failure: &Failure<'_>) -> MappingStep {
        let at = failure.transform.map_or(String::new(), |transform| {
            format!(" by the transform {}", name_of(transform))
        });
        MappingStep {
            field: self.name.clone(),
            from: Some(self.sources[failure.source].0.path.clone()),
            input: Some(value_of(failure.input)),
            transforms: self.transform_names(failure.source),
            output: None,
            note: Some(format!("refused{at}: the value {}", failure.misfit)),
        }
    }

    fn transform_names(&self, source: usize) -> Vec<String> {
        let own = &self.sources[source].0.transforms;
        own.iter()
            .chain(&self.transforms)
            .map(|&transform| name_of(transform).to_owned())
            .collect()
    }

    /// Names the paths, of the first `tried`, that stand in the event but gave nothing.
    fn passed_over(&self, tried: usize, slots: &Slots<'_>) -> Option<String> {
        let paths: Vec<&str> = self.sources[..tried]
            .iter()
            .filter(|(_, slot)| slots[*slot].is_some())
            .map(|(source, _)| source.path.as_str())
            .collect();
        (!paths.is_empty()).then(|| format!("passed over, since empty: {}", paths.join(", ")))
    }
}

#[cfg(test)]
mod tests {
    use super::super::preset::lead_capture_mapping;
    use super::*;

    #[test]
    fn tells_the_whole_story() {
        let mapping = CompiledMapping::compile(&lead_capture_mapping()).unwrap();
        let payload = r#"{
            "type": "track", "event": "Lead Generated",
            "properties": {"name": "Ada Maria Ray", "email": " Ada@Example.com ", "phone": 15551234, "lastName": " ",
                           "company": {"id": 3}, "form_name": "Request a Demo"},
            "context": {"campaign": {"source": "newsletter"}}
        }"#;
        let payload = RawValue::from_string(payload.to_owned()).unwrap();
        insta::assert_json_snapshot!(mapping.explain(&payload).steps);
    }

    #[test]
    fn tells_why_an_event_is_refused() {
        let config = toml::from_str(
            r#"
            name = "test"
            [[fields]]
            field = "Employees"
            from = ["traits.employees"]
            transform = ["trim", "number"]
            [[fields]]
            field = "Email"
            from = ["traits.email"]
            required = true
            [[fields]]
            field = "Rating"
            default = "Active"
            "#,
        )
        .unwrap();
        let payload =
            RawValue::from_string(r#"{"traits":{"employees":"many","email":""}}"#.to_owned())
                .unwrap();
        let explanation = CompiledMapping::compile(&config).unwrap().explain(&payload);
        insta::assert_json_snapshot!(explanation.steps);
        assert_eq!(
            explanation.problem.unwrap().field.as_deref(),
            Some("Employees")
        );
    }
}
