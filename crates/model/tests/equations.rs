//! The right-hand side against the equations written out by hand (Python 3.11, `math` only, evaluated once).

use cartrial_model::{CarT, Growth, ModelSpec, Quantities, Quantity as Q, Reading};

const Y: [f64; 7] = [410.0, 260.0, 31.0, 7.0, 44.0, 6.0, 900.0];
const DRUG: f64 = 3.0;

fn patient() -> Quantities {
    let mut q = Quantities::standard();
    let values = [
        (Q::N, 5.5),
        (Q::R1, 3.1e-3),
        (Q::R2, 0.11),
        (Q::R3, 0.09),
        (Q::R4, 0.12),
        (Q::D1, 1.9e-4),
        (Q::D2, 1.4),
        (Q::D3, 4.1e-3),
        (Q::D4, 3.8e-3),
        (Q::D5, 2.2e-4),
        (Q::P0, 190.0),
        (Q::P1, 2.1e-3),
        (Q::P2, 0.37),
        (Q::A1, 4.4e-7),
        (Q::A2, 1.7),
        (Q::A3, 7.5e-5),
        (Q::B, 820.0),
        (Q::L, 1500.0),
        (Q::K, 4700.0),
    ];
    for (quantity, value) in values {
        q[quantity] = value;
    }
    q
}

fn rhs(reading: Reading, growth: Growth, y: &[f64; 7], drug: f64) -> [f64; 7] {
    let mut equations = CarT::<f64>::new(ModelSpec { reading, growth });
    equations.set_lane(0, &patient());
    equations.rhs(y, drug, false)
}

#[test]
fn ref_every_reading_and_growth_law_by_hand() {
    let db = [
        (Growth::Logistic, -1.2547744680851067),
        (Growth::Gompertz, 0.6852731581877407),
        (Growth::Exponential, -1.1439000000000004),
    ];
    let readings = [
        (Reading::Curated, -112.42500000000001, 0.26861611002242924),
        (Reading::Printed, -340.309, 1126.1418285253756),
    ];
    for (growth, db) in db {
        for (reading, di, dce) in readings {
            let expected = [
                db,
                di,
                dce,
                0.043615826724324284,
                0.5955396494110147,
                0.019865675675675654,
                7.515999999999994,
            ];
            let found = rhs(reading, growth, &Y, DRUG);
            for i in 0..7 {
                let error = (found[i] / expected[i] - 1.0).abs();
                assert!(error < 1e-13, "{reading:?}, {growth:?}, state {i}: {} off by {error:.1e}", found[i]);
            }
        }
    }
}

#[test]
fn memory_cells_rest_when_lymphocytes_are_plenty() {
    let [_, _, _, dcm, _, dhm, _] =
        rhs(Reading::Curated, Growth::Logistic, &[5000.0, 0.0, 0.0, 1.0, 0.0, 1.0, 100.0], 0.0);
    assert_eq!((dcm, dhm), (0.0, 0.0));
}

#[test]
fn inflammation_that_is_held_does_not_move_and_nothing_else_takes_notice() {
    let mut equations = CarT::<f64>::new(ModelSpec::default());
    equations.set_lane(0, &patient());
    let nothing_there = [410.0, 0.0, 31.0, 7.0, 44.0, 6.0, 900.0];
    let production = equations.inflammation_production(&nothing_there);
    assert!((production - (190.0 + 2.1e-3 * 410.0 * 75.0)).abs() < 1e-12);
    let free = equations.rhs(&nothing_there, 1e6, false);
    let held = equations.rhs(&nothing_there, 1e6, true);
    assert_eq!((free[1], held[1]), (production - 1e6, 0.0));
    assert_eq!((free[0], &free[2..]), (held[0], &held[2..]));
}

#[test]
fn gompertz_growth_of_no_tumour_is_none() {
    let [db, ..] = rhs(Reading::Curated, Growth::Gompertz, &[0.0, 140.0, 1.0, 1.0, 1.0, 1.0, 900.0], 0.0);
    assert_eq!(db, 0.0);
}

#[test]
fn regress_a_tumour_below_zero_by_rounding_does_not_grow_there() {
    for growth in Growth::ALL {
        let below = [-1e-9, 140.0, 1e4, 1.0, 1.0, 1.0, 900.0];
        let [db, ..] = rhs(Reading::Printed, growth, &below, 0.0);
        assert!(db > 0.0, "{growth:?}: {db}");
    }
}

#[test]
fn an_initial_state_stands_in_the_order_of_the_states() {
    let state = Quantities::standard().initial_state();
    assert_eq!(state, [300.0, 140.0, 10.0, 10.0, 10.0, 10.0, 1600.0]);
}
