//! Routes at run time: whether an event is wanted, and what becomes of it. Pure.

use std::sync::Arc;

use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

use crate::delivery::key::order_key;
use crate::delivery::lane::LaneOptions;
use crate::intake::frame::Frame;
use crate::mapping::CompiledMapping;
use crate::model::config::RouteConfig;
use crate::model::life::ConsentDecision;
use crate::model::problem::Problem;

/// A route with everything that the flow needs.
#[derive(Debug)]
pub(crate) struct ActiveRoute {
    pub config: RouteConfig,
    pub mapping: Arc<CompiledMapping>,
    /// 0: the built-in mapping.
    pub mapping_version: i64,
    pub options: LaneOptions,
    pub lane_id: i64,
}

/// What a route made of an event, in the form that is stored. Mapping steps are worked out again when somebody
/// looks: versions of mappings never change.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Decision {
    pub route: String,
    pub matched: bool,
    pub reason: String,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub consent: Vec<ConsentDecision>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub mapping: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub mapping_version: Option<i64>,
}

/// A record for a destination, or why there is none.
#[derive(Debug)]
pub(crate) struct Planned {
    pub record: Box<RawValue>,
    pub order_key: Option<i64>,
    pub problem: Option<Problem>,
}

impl ActiveRoute {
    /// Whether the route wants the event, and why.
    #[must_use]
    pub(crate) fn decide(&self, frame: &Frame) -> Decision {
        let config = &self.config;
        let no = |reason: String, consent| Decision {
            route: config.name.clone(),
            matched: false,
            reason,
            consent,
            mapping: None,
            mapping_version: None,
        };
        let is_addressed = match frame.arrival.route.as_deref() {
            Some(route) if route != config.name => {
                return no(format!("the event is for route {route} only"), Vec::new());
            }
            addressed => addressed.is_some(),
        };
        if !is_addressed {
            if !config.sources.is_empty() && !config.sources.contains(&frame.source) {
                return no(
                    format!("listens to {} only", config.sources.join(", ")),
                    Vec::new(),
                );
            }
            if !self.wants(frame) {
                let wanted: Vec<String> = config.events.iter().map(ToString::to_string).collect();
                return no(
                    format!("wants {}; this is {}", wanted.join(", "), described(frame)),
                    Vec::new(),
                );
            }
        }
        let consent = self.consent(frame);
        if let Some(denied) = consent.iter().find(|decision| !decision.is_granted) {
            return no(
                format!("consent for {} was denied", denied.category),
                consent,
            );
        }
        Decision {
            reason: if is_addressed {
                "the event is for this route".to_owned()
            } else {
                format!("wants {}", described(frame))
            },
            matched: true,
            mapping: Some(config.mapping.clone()),
            mapping_version: Some(self.mapping_version),
            ..no(String::new(), consent)
        }
    }

    /// The record that the mapping makes of an event.
    #[must_use]
    pub(crate) fn plan(&self, payload: &RawValue) -> Planned {
        let (record, problem) = match self.mapping.apply(payload) {
            Ok(mapped) => (mapped.json, None),
            // What could be mapped is kept, so that a person has only the rest to mend.
            Err(problem) => (self.mapping.apply_partly(payload).json, Some(problem)),
        };
        Planned {
            order_key: self.order_key(&record),
            record,
            problem,
        }
    }

    /// The key by which deliveries of this record keep their order.
    #[must_use]
    pub(crate) fn order_key(&self, record: &RawValue) -> Option<i64> {
        order_key(
            &self.config.connection,
            &self.config.module,
            self.config.operation,
            &self.options,
            record,
        )
    }

    fn wants(&self, frame: &Frame) -> bool {
        self.config.events.iter().any(|wanted| {
            wanted.kind == frame.kind
                && wanted.name.as_ref().is_none_or(|name| {
                    frame
                        .name
                        .as_ref()
                        .is_some_and(|have| have.eq_ignore_ascii_case(name))
                })
        })
    }

    fn consent(&self, frame: &Frame) -> Vec<ConsentDecision> {
        if self.config.consent.is_empty() {
            return Vec::new();
        }
        let stated = Consent::read(&frame.payload);
        self.config
            .consent
            .iter()
            .map(|category| {
                let stated = stated.get(category);
                // An event that says nothing comes from a site that asks elsewhere; only a "no" is a no.
                ConsentDecision {
                    category: category.clone(),
                    stated,
                    is_granted: stated != Some(false),
                }
            })
            .collect()
    }
}

fn described(frame: &Frame) -> String {
    match &frame.name {
        Some(name) => format!("{}:{name}", frame.kind.as_str()),
        None => frame.kind.as_str().to_owned(),
    }
}

/// `context.consent`, flat as Signal sends it or under `categoryPreferences` as Segment does.
#[derive(Default)]
struct Consent(serde_json::Map<String, serde_json::Value>);

impl Consent {
    fn read(payload: &str) -> Self {
        #[derive(Deserialize)]
        struct Payload {
            context: Option<Context>,
        }
        #[derive(Deserialize)]
        struct Context {
            consent: Option<serde_json::Value>,
        }
        let consent = serde_json::from_str::<Payload>(payload)
            .ok()
            .and_then(|payload| payload.context?.consent);
        let Some(serde_json::Value::Object(mut consent)) = consent else {
            return Self::default();
        };
        match consent.remove("categoryPreferences") {
            Some(serde_json::Value::Object(preferences)) => Self(preferences),
            _ => Self(consent),
        }
    }

    fn get(&self, category: &str) -> Option<bool> {
        let (_, value) = self
            .0
            .iter()
            .find(|(name, _)| name.eq_ignore_ascii_case(category))?;
        match value {
            serde_json::Value::Bool(stated) => Some(*stated),
            serde_json::Value::String(word) => match word.to_ascii_lowercase().as_str() {
                "true" | "granted" | "yes" | "allow" => Some(true),
                "false" | "denied" | "no" | "deny" => Some(false),
                _ => None,
            },
            _ => None,
        }
    }
}
