//! Which fields COQL shows and compares, by their type.

use super::ast::Operator;
use crate::schema::DataType;

/// Whether fields of this type can be selected.
pub(super) fn is_selectable(data_type: DataType) -> bool {
    use DataType as T;
    !matches!(
        data_type,
        T::Subform
            | T::MultiSelectLookup
            | T::MultiUserLookup
            | T::FileUpload
            | T::ImageUpload
            | T::Participants
            | T::Tax
            | T::LineTax
            | T::PricingDetails
            | T::Comments
            | T::Alarm
            | T::Recurrence
            | T::MultiReminder
    )
}

/// Whether a condition may name fields of this type.
pub(super) fn is_comparable(data_type: DataType) -> bool {
    use DataType as T;
    is_selectable(data_type)
        && !matches!(
            data_type,
            T::TextArea | T::Territories | T::Tag | T::ProfileImage | T::Formula | T::RollupSummary
        )
}

/// Whether fields of this type can be compared so.
pub(super) fn may_compare(data_type: DataType, operator: Operator) -> bool {
    use DataType as T;
    use Operator as O;
    let is_null = matches!(operator, O::IsNull | O::IsNotNull);
    let is_equal = matches!(operator, O::Equal | O::NotEqual | O::In | O::NotIn);
    match data_type {
        T::Date | T::DateTime | T::Integer | T::BigInt | T::Double | T::Currency | T::Percent => {
            !matches!(operator, O::Like | O::NotLike)
        }
        T::Boolean => operator == O::Equal,
        T::Lookup | T::OwnerLookup | T::UserLookup | T::MultiModuleLookup | T::Layout => {
            is_equal || is_null
        }
        _ => is_equal || is_null || matches!(operator, O::Like | O::NotLike),
    }
}

/// Whether the id itself can be compared so: pages go on by `id > 'last'`.
pub(super) fn may_compare_id(operator: Operator) -> bool {
    !matches!(operator, Operator::Like | Operator::NotLike)
}

/// Functions over many records.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Aggregate {
    Count,
    Sum,
    Min,
    Max,
    Avg,
}

impl Aggregate {
    /// By its name, which is written in capitals.
    pub(super) fn named(name: &str) -> Option<Self> {
        Some(match name {
            "COUNT" => Self::Count,
            "SUM" => Self::Sum,
            "MIN" => Self::Min,
            "MAX" => Self::Max,
            "AVG" => Self::Avg,
            _ => return None,
        })
    }

    pub(super) fn is_for(self, data_type: DataType) -> bool {
        use DataType as T;
        let is_number = matches!(
            data_type,
            T::Integer | T::BigInt | T::Double | T::Currency | T::Percent
        );
        match self {
            Self::Count => is_selectable(data_type),
            Self::Sum | Self::Avg => is_number,
            Self::Min | Self::Max => is_number || matches!(data_type, T::Date | T::DateTime),
        }
    }
}
