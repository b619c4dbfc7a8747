//! What a program that depends on `cartrial` alone can say.

use cartrial::{
    Allocation, Arm, Composition, Infusion, Remaining, Rescue, SecondInfusion, Study, Suppressant, Treatment,
    When,
};
use std::path::Path;

#[test]
fn prop_every_part_of_a_treatment_can_be_named_and_goes_through_a_study_file() {
    let treatment = Treatment {
        dose_multiplier: 0.5,
        composition: Some(Composition {
            effector_ctl: 0.4,
            memory_ctl: 0.3,
            effector_helper: 0.2,
            memory_helper: 0.1,
        }),
        infusions: vec![Infusion { day: 0.0, fraction: 0.25 }, Infusion { day: 2.0, fraction: 0.75 }],
        second_infusion: Some(SecondInfusion { when: When::AfterRelapse(3.0), fraction: 2.0 }),
        suppressant: vec![Suppressant { day: 3.0, hours: 24.0, rate: 100.0 }],
        rescue: Some(Rescue { above: 300.0, delay_hours: 2.0, hours: 48.0, rate: 200.0, at_most: 3 }),
        lymphodepletion: Some(Remaining { remaining: 0.1 }),
        bridging: Some(Remaining { remaining: 0.3 }),
    };
    let path = Path::new("library.toml");
    let mut study = Study::parse("[study]\nname = \"library\"\npatients = 2\n", path).unwrap();
    study.allocation = Allocation::Twins;
    study.arms.push(Arm::new("everything", treatment.clone()));
    let back = Study::parse(&study.to_toml(), path).unwrap();
    assert_eq!(back.arms[1].treatment, treatment);
}
