use proptest::prelude::*;

use super::super::charges::Line;
use super::super::{TaxRate, TaxRounding};
use super::*;

fn dec(text: &str) -> Decimal {
    text.parse().unwrap()
}

fn tax(id: &str, percentage: &str, is_compound: bool) -> TaxRate {
    TaxRate {
        id: id.to_owned(),
        name: id.to_owned(),
        percentage: dec(percentage),
        is_compound,
    }
}

fn line(rate: &str, quantity: &str, taxes: &[TaxRate]) -> Line {
    Line {
        rate: dec(rate),
        quantity: dec(quantity),
        discount: Discount::None,
        taxes: taxes.to_vec(),
    }
}

fn charges(lines: Vec<Line>) -> Charges {
    Charges {
        precision: 2,
        lines,
        discount: Discount::None,
        discount_level: DiscountLevel::Entity,
        discount_before_tax: true,
        inclusive: false,
        tax_rounding: TaxRounding::Entity,
        shipping: Decimal::ZERO,
        shipping_taxes: vec![],
        adjustment: Decimal::ZERO,
        exchange_rate: Decimal::ONE,
        base_precision: 2,
    }
}

#[test]
fn a_plain_line_is_rate_times_quantity() {
    let totals = totals(&charges(vec![line("120", "3", &[])])).unwrap();
    assert_eq!(
        (totals.sub_total, totals.tax_total, totals.total),
        (dec("360"), dec("0"), dec("360"))
    );
    assert_eq!(totals.taxable_total, dec("0"));
}

#[test]
fn a_group_gives_a_row_of_the_summary_for_each_member() {
    let group = [tax("CGST", "2.5", false), tax("SGST", "2.5", false)];
    let totals = totals(&charges(vec![line("464", "1", &group)])).unwrap();
    let summary: Vec<_> = totals
        .taxes
        .iter()
        .map(|tax| (tax.id.as_str(), tax.amount))
        .collect();
    assert_eq!(summary, [("CGST", dec("11.60")), ("SGST", dec("11.60"))]);
    assert_eq!(totals.total, dec("487.20"));
}

#[test]
fn a_compound_tax_is_taken_on_the_simple_ones_too() {
    let taxes = [tax("GST", "5", false), tax("QST", "10", true)];
    let exclusive = charges(vec![line("100", "1", &taxes)]);
    let computed = totals(&exclusive).unwrap();
    assert_eq!(computed.lines[0].taxes, [dec("5"), dec("10.50")]);
    let inclusive = Charges {
        inclusive: true,
        lines: vec![line("115.50", "1", &taxes)],
        ..exclusive
    };
    let back = totals(&inclusive).unwrap();
    assert_eq!(
        (back.sub_total, back.tax_total, back.total),
        (dec("100"), dec("15.50"), dec("115.50"))
    );
    assert_eq!(back.sub_total_inclusive_of_tax, dec("115.50"));
}

#[test]
fn taxes_are_rounded_once_or_in_each_line() {
    let lines = vec![line("0.10", "1", &[tax("VAT", "5", false)]); 3];
    let once = charges(lines);
    assert_eq!(totals(&once).unwrap().tax_total, dec("0.02")); // 0.015
    let each = Charges {
        tax_rounding: TaxRounding::Item,
        ..once
    };
    assert_eq!(totals(&each).unwrap().tax_total, dec("0.03")); // 3 × 0.005, each up to 0.01
}

#[test]
fn a_discount_of_the_document_lowers_the_taxes_only_before_them() {
    let before = Charges {
        discount: Discount::Percent(dec("10")),
        ..charges(vec![line("100", "2", &[tax("VAT", "20", false)])])
    };
    let computed = totals(&before).unwrap();
    assert_eq!(
        (
            computed.sub_total,
            computed.discount_total,
            computed.tax_total,
            computed.total
        ),
        (dec("200"), dec("20"), dec("36"), dec("216"))
    );
    assert_eq!(
        (
            computed.discount_percent,
            computed.discount_applied_on,
            computed.taxable_total
        ),
        (dec("10"), dec("200"), dec("180"))
    );
    let after = Charges {
        discount_before_tax: false,
        ..before
    };
    let computed = totals(&after).unwrap();
    assert_eq!(
        (computed.discount_total, computed.tax_total, computed.total),
        (dec("24"), dec("40"), dec("216"))
    );
    let amount = Charges {
        discount: Discount::Amount(dec("12.34")),
        ..after
    };
    assert_eq!(totals(&amount).unwrap().total, dec("227.66"));
}

#[test]
fn a_discount_of_a_line_is_an_amount_or_a_percentage() {
    let mut charged = Charges {
        discount_level: DiscountLevel::Item,
        ..charges(vec![
            line("100", "1", &[tax("VAT", "10", false)]),
            line("33.33", "1", &[]),
        ])
    };
    charged.lines[0].discount = Discount::Amount(dec("20"));
    charged.lines[1].discount = Discount::Percent(dec("50"));
    let computed = totals(&charged).unwrap();
    assert_eq!(
        computed
            .lines
            .iter()
            .map(|line| (line.discount, line.total))
            .collect::<Vec<_>>(),
        [(dec("20"), dec("80")), (dec("16.67"), dec("16.66"))]
    );
    assert_eq!(
        (
            computed.sub_total,
            computed.sub_total_exclusive_of_discount,
            computed.discount_total
        ),
        (dec("96.66"), dec("133.33"), dec("36.67"))
    );
    assert_eq!(computed.total, dec("104.66"));
    charged.discount_before_tax = false;
    assert_eq!(totals(&charged).unwrap().total, dec("106.66"));
}

#[test]
fn shipping_is_taxed_with_the_lines_and_adjustment_is_not() {
    let vat = tax("VAT", "20", false);
    let charged = Charges {
        shipping: dec("10"),
        shipping_taxes: vec![vat.clone()],
        adjustment: dec("-0.50"),
        ..charges(vec![line("100", "1", &[vat])])
    };
    let computed = totals(&charged).unwrap();
    assert_eq!(
        (
            computed.taxes.len(),
            computed.tax_total,
            computed.shipping_tax
        ),
        (1, dec("22"), dec("2"))
    );
    assert_eq!(
        (computed.sub_total, computed.total),
        (dec("100"), dec("131.50"))
    );
    let inclusive = totals(&Charges {
        inclusive: true,
        ..charged
    })
    .unwrap();
    assert_eq!(
        (
            inclusive.shipping_exclusive,
            inclusive.shipping_tax,
            inclusive.total
        ),
        (dec("8.33"), dec("1.67"), dec("109.50"))
    );
}

#[test]
fn currencies_have_their_own_decimals() {
    let vat = [tax("VAT", "7.5", false)];
    let yen = Charges {
        precision: 0,
        exchange_rate: dec("0.0067"),
        ..charges(vec![line("999", "1.5", &vat)])
    };
    let computed = totals(&yen).unwrap();
    assert_eq!(
        (computed.sub_total, computed.tax_total, computed.total),
        (dec("1499"), dec("112"), dec("1611"))
    );
    assert_eq!(computed.base.total, dec("10.79"));
    let dinar = Charges {
        precision: 3,
        ..charges(vec![line("1.2345", "3", &vat)])
    };
    let computed = totals(&dinar).unwrap();
    assert_eq!(
        (computed.sub_total, computed.tax_total, computed.total),
        (dec("3.704"), dec("0.278"), dec("3.982"))
    );
}

#[test]
fn halves_are_rounded_away_from_zero() {
    assert_eq!(
        totals(&charges(vec![line("0.005", "1", &[])]))
            .unwrap()
            .total,
        dec("0.01")
    );
    assert_eq!(
        totals(&charges(vec![line("-0.005", "1", &[])]))
            .unwrap()
            .total,
        dec("-0.01")
    );
}

#[test]
fn what_is_too_large_is_an_error() {
    let huge = "79228162514264337593543950335";
    assert_eq!(
        totals(&charges(vec![line(huge, "2", &[])])),
        Err(MoneyError::TooLarge)
    );
    assert_eq!(
        totals(&charges(vec![line(huge, "1", &[]), line("1", "1", &[])])),
        Err(MoneyError::TooLarge)
    );
    let rate = Charges {
        exchange_rate: dec(huge),
        ..charges(vec![line("2", "1", &[])])
    };
    assert_eq!(totals(&rate), Err(MoneyError::TooLarge));
}

fn any_discount() -> impl Strategy<Value = Discount> {
    prop_oneof![
        Just(Discount::None),
        (0i64..500).prop_map(|units| Discount::Amount(Decimal::new(units, 2))),
        (0i64..=10_000).prop_map(|percent| Discount::Percent(Decimal::new(percent, 2))),
    ]
}

fn any_taxes() -> impl Strategy<Value = Vec<TaxRate>> {
    prop::sample::subsequence(
        vec![
            tax("A", "5", false),
            tax("B", "7.125", false),
            tax("C", "9.975", true),
            tax("D", "0", false),
        ],
        0..=3,
    )
}

prop_compose! {
    fn any_line()(rate in -9_999i64..999_999, quantity in 0i64..99_999, discount in any_discount(), taxes in any_taxes()) -> Line {
        Line { rate: Decimal::new(rate, 3), quantity: Decimal::new(quantity, 3), discount, taxes }
    }
}

prop_compose! {
    fn any_charges()(
        precision in prop::sample::select(vec![0u32, 2, 3]),
        lines in prop::collection::vec(any_line(), 0..8),
        discount in any_discount(),
        at_items in any::<bool>(),
        discount_before_tax in any::<bool>(),
        inclusive in any::<bool>(),
        each_line in any::<bool>(),
        shipping in 0i64..99_999,
        shipping_taxes in any_taxes(),
        adjustment in -999i64..999,
    ) -> Charges {
        Charges {
            precision,
            lines,
            discount,
            discount_level: if at_items { DiscountLevel::Item } else { DiscountLevel::Entity },
            discount_before_tax,
            inclusive,
            tax_rounding: if each_line { TaxRounding::Item } else { TaxRounding::Entity },
            shipping: Decimal::new(shipping, 3),
            shipping_taxes,
            adjustment: Decimal::new(adjustment, 3),
            exchange_rate: Decimal::ONE,
            base_precision: precision,
        }
    }
}

proptest! {
    #[test]
    fn everything_adds_up_to_the_smallest_unit(charges in any_charges()) {
        let totals = totals(&charges).unwrap();
        let lines = &totals.lines;
        let of_lines = |amount: fn(&LineTotals) -> Decimal| lines.iter().map(amount).sum::<Decimal>();
        prop_assert_eq!(of_lines(|line| line.total), totals.sub_total);
        prop_assert_eq!(of_lines(|line| line.taxes.iter().sum()) + totals.shipping_tax, totals.tax_total);
        prop_assert_eq!(totals.taxes.iter().map(|tax| tax.amount).sum::<Decimal>(), totals.tax_total);
        prop_assert_eq!(of_lines(|line| line.total_inclusive_of_tax), totals.sub_total_inclusive_of_tax);
        let document_discount = match charges.discount_level {
            DiscountLevel::Entity => totals.discount_total,
            DiscountLevel::Item => Decimal::ZERO,
        };
        let adds_up_to = totals.sub_total - document_discount + totals.tax_total + totals.shipping_exclusive + totals.adjustment;
        prop_assert_eq!(adds_up_to, totals.total);
        for amount in [totals.sub_total, totals.tax_total, totals.discount_total, totals.shipping_exclusive, totals.total] {
            prop_assert!(amount.normalize().scale() <= charges.precision);
        }
        prop_assert_eq!(totals.base.total, totals.total);
    }

    #[test]
    fn included_taxes_do_not_change_what_is_paid(charges in any_charges()) {
        let charges = Charges { inclusive: true, discount: Discount::None, discount_level: DiscountLevel::Entity, ..charges };
        let entered: Decimal = charges.lines.iter().map(|line| round(line.rate * line.quantity, charges.precision)).sum();
        let totals = totals(&charges).unwrap();
        prop_assert_eq!(totals.total, entered + round(charges.shipping, charges.precision) + totals.adjustment);
    }

    #[test]
    fn no_input_panics(rate in any::<i128>(), quantity in any::<i128>(), scale in 0u32..28, percent in any::<i64>(), inclusive in any::<bool>()) {
        let of = |mantissa: i128| Decimal::try_from_i128_with_scale(mantissa >> 33, scale).unwrap_or(Decimal::MIN);
        let taxes = [tax("A", "5", false), TaxRate { percentage: Decimal::from(percent), ..tax("B", "0", true) }];
        let charged = Line { rate: of(rate), quantity: of(quantity), discount: Discount::Percent(Decimal::from(percent)), taxes: taxes.to_vec() };
        for discount_level in [DiscountLevel::Entity, DiscountLevel::Item] {
            let _ = totals(&Charges { inclusive, discount_level, discount: Discount::Amount(of(rate)), ..charges(vec![charged.clone(), charged.clone()]) });
        }
    }
}
