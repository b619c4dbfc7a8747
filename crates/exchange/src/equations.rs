//! The seven equations as rules.

use crate::expression::{Expression, number, piecewise, symbol};
use crate::model::Model;
use crate::treatment::has_drug;
use crate::unit::Unit;
use cartrial_cohort::{Arm, Study};
use cartrial_model::{Growth, Quantity, Reading, Role, STATES};

/// D, the sum of all drug that runs.
pub(crate) const SUPPRESSANT: &str = "suppressant";

/// 1 while the drug holds inflammation at 0.
pub(crate) const HELD: &str = "inflammation_held";

/// Adds the patient's parameters and states, and what the states follow.
pub(crate) fn add(model: &mut Model, study: &Study, arm: &Arm) {
    let patient = study.standard_patient();
    for quantity in Quantity::ALL.into_iter().filter(|q| q.role() == Role::Parameter) {
        model.constant(quantity.symbol(), quantity.label(), Unit(quantity.unit()), patient[quantity]);
    }
    let initial = arm.treatment.prepare(&patient).initial_state();
    for (state, value) in STATES.iter().zip(initial) {
        model.variable(state.name, state.label, Unit(state.unit), value);
    }
    add_terms(model, study);
    add_rates(model, study, has_drug(&arm.treatment));
}

/// What several equations share, under names of its own.
fn add_terms(model: &mut Model, study: &Study) {
    let [burden, i, ce, cm, he, hm, l] = STATES.map(|state| symbol(state.name));
    let one = || number(1.0);
    let total = burden.clone() + ce.clone() + cm.clone() + he.clone() + hm.clone() + l;
    model.assign("total_lymphocytes", "Total lymphocytes", Unit::CELLS, total);
    let deficit = one() - symbol("total_lymphocytes") / symbol("l");
    let lymphopenia = piecewise(deficit, symbol("total_lymphocytes").below(symbol("l")), number(0.0));
    model.assign("lymphopenia", "Lymphopenia", Unit::NONE, lymphopenia);
    let square = |of: Expression| of.power(number(2.0));
    let activation = square(i.clone()) / (square(i.clone()) + square(symbol("b")));
    model.assign("activation", "Activation by inflammation", Unit::NONE, activation);
    let offspring = number(2.0).power(symbol("n"));
    model.assign("offspring", "Effector cells from one memory cell", Unit::NONE, offspring);

    let helped = symbol("a1") * burden.clone() * cm * (one() + symbol("a2") * he.clone());
    let activated = helped * symbol("activation");
    model.assign("memory_ctl_activated", "Activation of memory CTL", Unit::CELLS_PER_HOUR, activated);
    let activated = symbol("a3") * burden.clone() * hm * symbol("activation");
    model.assign(
        "memory_helper_activated",
        "Activation of memory helper T cells",
        Unit::CELLS_PER_HOUR,
        activated,
    );
    let production = match study.model.reading {
        Reading::Curated => symbol("p0") + symbol("p1") * burden * (ce + he),
        Reading::Printed => symbol("p1") * burden * ce,
    };
    let label = "Production of inflammation";
    model.assign("inflammation_production", label, Unit::INFLAMMATION_PER_HOUR, production);
}

fn add_rates(model: &mut Model, study: &Study, has_drug: bool) {
    let [burden, i, ce, cm, he, hm, l] = STATES.map(|state| symbol(state.name));
    let x = || symbol("lymphopenia");
    let killed = symbol("d1") * burden.clone() * ce.clone();
    let lost = symbol("d2") * i.clone();
    let ctl_born = match study.model.reading {
        Reading::Curated => symbol("offspring") * symbol("memory_ctl_activated"),
        Reading::Printed => {
            let help = number(1.0) + symbol("a2") * he.clone();
            // The printed term has a unit too many: it is right for inflammation in pg/mL.
            let i = i / Expression::Number(1.0, Unit::INFLAMMATION);
            symbol("offspring") * symbol("a1") * burden.clone() * cm.clone() * i * help
        }
    };
    let helpers_born = symbol("offspring") * symbol("memory_helper_activated");
    let made = symbol("p2") + symbol("r4") * l.clone() * x();
    let rates = [
        growth(study.model.growth, burden) - killed,
        inflammation(lost, has_drug),
        ctl_born - symbol("d3") * ce,
        symbol("r2") * cm * x() - symbol("memory_ctl_activated"),
        helpers_born - symbol("d4") * he,
        symbol("r3") * hm * x() - symbol("memory_helper_activated"),
        made - symbol("d5") * l,
    ];
    for (state, rate) in STATES.iter().zip(rates) {
        model.rate(state.name, rate);
    }
}

fn growth(law: Growth, burden: Expression) -> Expression {
    let unhindered = symbol("r1") * burden.clone();
    match law {
        Growth::Logistic => unhindered * (number(1.0) - burden / symbol("k")),
        Growth::Gompertz => {
            let growth = unhindered * (symbol("k") / burden.clone()).ln();
            let none = Expression::Number(0.0, Unit::CELLS_PER_HOUR);
            piecewise(growth, burden.above(Expression::Number(0.0, Unit::CELLS)), none)
        }
        Growth::Exponential => unhindered,
    }
}

/// At I = 0 the drug removes no more than is produced: there inflammation is held, see
/// [`treatment`](crate::treatment).
fn inflammation(lost: Expression, has_drug: bool) -> Expression {
    let production = symbol("inflammation_production");
    if !has_drug {
        return production - lost;
    }
    (number(1.0) - symbol(HELD)) * (production - lost - symbol(SUPPRESSANT))
}
