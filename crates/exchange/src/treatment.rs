//! An arm's treatment: what holds at t = 0, and events.

use crate::equations::{HELD, SUPPRESSANT};
use crate::expression::{Expression, number, symbol};
use crate::model::Model;
use crate::unit::Unit;
use cartrial_cohort::{Arm, Study};
use cartrial_model::{
    CAR_T, HOURS_PER_DAY, INFLAMMATION, Quantities, Quantity, Rescue, STATES, Suppressant, TUMOUR_BURDEN,
    Treatment, When,
};

/// Whether inflammation is ever suppressed.
pub(crate) fn has_drug(treatment: &Treatment) -> bool {
    !treatment.suppressant.is_empty() || treatment.rescue.is_some()
}

/// Adds what is done to the patient.
pub(crate) fn add(model: &mut Model, study: &Study, arm: &Arm) {
    let patient = study.standard_patient();
    // Without `..`, so that whoever adds a part has to decide what becomes of it.
    let Treatment {
        infusions,
        second_infusion,
        suppressant,
        rescue,
        // They are in the doses.
        dose_multiplier: _,
        composition: _,
        // They are in the state at t = 0.
        lymphodepletion: _,
        bridging: _,
    } = &arm.treatment;
    for (quantity, dose) in Quantity::DOSES.into_iter().zip(arm.treatment.dose(&patient)) {
        model.constant(quantity.symbol(), quantity.label(), Unit(quantity.unit()), dose);
    }
    for (i, infusion) in infusions.iter().enumerate() {
        add_infusion(model, &format!("infusion_{}", i + 1), infusion.day, infusion.fraction);
    }
    if let Some(second) = second_infusion {
        match second.when {
            When::Day(day) => add_infusion(model, "second_infusion", day, second.fraction),
            When::AfterRelapse(days) => add_after_relapse(model, study, &patient, days, second.fraction),
        }
    }
    let mut drug = Vec::new();
    for (i, suppressant) in suppressant.iter().enumerate() {
        drug.push(add_suppressant(model, &format!("suppressant_{}", i + 1), suppressant));
    }
    drug.extend(rescue.as_ref().map(|rescue| add_rescue(model, rescue)));
    if let Some(all) = drug.into_iter().reduce(|a, b| a + b) {
        let label = "Immunosuppressant that runs";
        model.assign(SUPPRESSANT, label, Unit::INFLAMMATION_PER_HOUR, all);
        add_floor(model);
    }
}

/// Holds inflammation where the drug has driven it to 0, until its production exceeds the drug.
///
/// A condition in the rate itself would say the same, but COPASI 4.48 fails where a rescue drives inflammation to 0.
fn add_floor(model: &mut Model) {
    model.variable(HELD, "1 while the immunosuppressant holds inflammation at 0", Unit::NONE, 0.0);
    let inflammation = || symbol(STATES[INFLAMMATION].name);
    let none = || Expression::Number(0.0, Unit::INFLAMMATION);
    let outweighs = symbol(SUPPRESSANT).above(symbol("inflammation_production"));
    let held = |value: f64| symbol(HELD).is(number(value));
    let reached = inflammation().at_most(none()).and(outweighs).and(held(0.0));
    let hold = vec![(HELD.to_owned(), number(1.0)), (STATES[INFLAMMATION].name.to_owned(), none())];
    model.event("inflammation_gone", "The drug has removed all inflammation", reached, None, hold);
    let outweighed = symbol(SUPPRESSANT).at_most(symbol("inflammation_production"));
    let release = vec![(HELD.to_owned(), number(0.0))];
    let label = "More inflammation is produced than the drug removes";
    model.event("inflammation_back", label, outweighed.and(held(1.0)), None, release);
}

/// A fraction of the dose on that day: at t = 0 by what the cells are then, later by an event.
fn add_infusion(model: &mut Model, id: &str, day: f64, fraction: f64) {
    let share = format!("{id}_fraction");
    model.constant(&share, "Fraction of the dose that is infused", Unit::NONE, fraction);
    if day == 0.0 {
        for (i, quantity) in CAR_T.into_iter().zip(Quantity::DOSES) {
            let infused = symbol(&share) * symbol(quantity.symbol());
            model.initial.push((STATES[i].name.into(), infused));
        }
        return;
    }
    let time = format!("{id}_time");
    model.constant(&time, "Time of the infusion", Unit::HOUR, day * HOURS_PER_DAY);
    model.event(id, "CAR T cells are infused", reached(&time), None, infused(&share));
}

/// That the time of that name has come.
fn reached(time: &str) -> Expression {
    Expression::Time.at_least(symbol(time))
}

/// What every population is after that share of the dose.
fn infused(share: &str) -> Vec<(String, Expression)> {
    let population = |(i, quantity): (usize, Quantity)| {
        let cells = STATES[i].name;
        (cells.to_owned(), symbol(cells) + symbol(share) * symbol(quantity.symbol()))
    };
    CAR_T.into_iter().zip(Quantity::DOSES).map(population).collect()
}

/// An infusion some days after the first relapse, which is a rise after a fall.
fn add_after_relapse(model: &mut Model, study: &Study, patient: &Quantities, days: f64, fraction: f64) {
    let own = patient[Quantity::TumourBurden];
    let level = |fraction: f64, count: f64| (fraction * own).max(count);
    let e = &study.endpoints;
    let remission = level(e.remission_fraction, e.remission_count);
    let relapse = level(e.relapse_fraction, e.relapse_count);
    model.constant("remission_level", "Tumour burden below which there is remission", Unit::CELLS, remission);
    model.constant("relapse_level", "Tumour burden above which there is relapse", Unit::CELLS, relapse);
    let delay = "second_infusion_delay";
    model.constant(delay, "Time from relapse to infusion", Unit::HOUR, days * HOURS_PER_DAY);
    let share = "second_infusion_fraction";
    model.constant(share, "Fraction of the dose that is infused", Unit::NONE, fraction);
    model.variable("remission", "1 from the first remission on", Unit::NONE, 0.0);
    model.variable("relapse", "1 from the first relapse on", Unit::NONE, 0.0);

    let burden = || symbol(STATES[TUMOUR_BURDEN].name);
    let set = |flag: &str| vec![(flag.to_owned(), number(1.0))];
    let is = |flag: &str, value: f64| symbol(flag).is(number(value));
    let remits = burden().below(symbol("remission_level")).and(is("remission", 0.0));
    model.event("first_remission", "The tumour goes into remission", remits, None, set("remission"));
    let relapses = burden().above(symbol("relapse_level")).and(is("remission", 1.0)).and(is("relapse", 0.0));
    model.event("first_relapse", "The tumour relapses", relapses, None, set("relapse"));
    let label = "CAR T cells are infused after the relapse";
    model.event("second_infusion", label, is("relapse", 1.0), Some(symbol(delay)), infused(share));
}

/// Scheduled drug; its rate while it runs, else 0.
fn add_suppressant(model: &mut Model, id: &str, drug: &Suppressant) -> Expression {
    let [rate, start, end, running] = ["rate", "start", "end", "running"].map(|part| format!("{id}_{part}"));
    let start_h = drug.day * HOURS_PER_DAY;
    model.constant(&rate, "Rate of the immunosuppressant", Unit::INFLAMMATION_PER_HOUR, drug.rate);
    model.constant(&end, "End of the immunosuppressant", Unit::HOUR, start_h + drug.hours);
    let at_once = start_h == 0.0;
    model.variable(&running, "1 while the immunosuppressant runs", Unit::NONE, f64::from(u8::from(at_once)));
    let set = |value: f64| vec![(running.clone(), number(value))];
    if !at_once {
        model.constant(&start, "Start of the immunosuppressant", Unit::HOUR, start_h);
        model.event(format!("{id}_starts"), "Immunosuppressant starts", reached(&start), None, set(1.0));
    }
    model.event(format!("{id}_ends"), "Immunosuppressant ends", reached(&end), None, set(0.0));
    symbol(running) * symbol(rate)
}

/// Drug that inflammation triggers; its rate while it runs, else 0.
///
/// What waits for its delay is triggered by a flag, not by inflammation: from the order to the end of the drug there is
/// none but that one, whatever inflammation does.
fn add_rescue(model: &mut Model, rescue: &Rescue) -> Expression {
    let Rescue { above, delay_hours, hours, rate, at_most } = *rescue;
    model.constant("rescue_above", "Inflammation above which a rescue is ordered", Unit::INFLAMMATION, above);
    model.constant("rescue_delay", "Time from order to start of a rescue", Unit::HOUR, delay_hours);
    model.constant("rescue_duration", "Duration of a rescue", Unit::HOUR, hours);
    model.constant("rescue_rate", "Rate of a rescue", Unit::INFLAMMATION_PER_HOUR, rate);
    model.constant("rescue_at_most", "Most rescues that are ordered", Unit::NONE, f64::from(at_most));
    model.variable("rescues_ordered", "Rescues ordered", Unit::NONE, 0.0);
    model.variable("rescue_pending", "1 from order to end of a rescue", Unit::NONE, 0.0);
    model.variable("rescue_running", "1 while a rescue runs", Unit::NONE, 0.0);

    let set = |id: &str, value: f64| (id.to_owned(), number(value));
    let pending = |value: f64| symbol("rescue_pending").is(number(value));
    let ordered = symbol(STATES[INFLAMMATION].name)
        .above(symbol("rescue_above"))
        .and(pending(0.0))
        .and(symbol("rescues_ordered").below(symbol("rescue_at_most")));
    let count = ("rescues_ordered".to_owned(), symbol("rescues_ordered") + number(1.0));
    let order = vec![count, set("rescue_pending", 1.0)];
    model.event("rescue_ordered", "A rescue is ordered", ordered, None, order);
    let delay = || symbol("rescue_delay");
    let start = vec![set("rescue_running", 1.0)];
    model.event("rescue_starts", "A rescue starts", pending(1.0), Some(delay()), start);
    let end = vec![set("rescue_running", 0.0), set("rescue_pending", 0.0)];
    let until_end = delay() + symbol("rescue_duration");
    model.event("rescue_ends", "A rescue ends", pending(1.0), Some(until_end), end);
    symbol("rescue_running") * symbol("rescue_rate")
}
