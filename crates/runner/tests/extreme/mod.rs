//! Draws extreme patients and arms.

use cartrial_cohort::{Cohort, Study, VirtualPatient};
use cartrial_model::Quantity;
use std::path::Path;

/// A generator whose numbers are the same on every machine: SplitMix64.
pub struct Random(u64);

impl Random {
    pub fn new(seed: &str) -> Self {
        Self(seed.bytes().fold(0xcbf2_9ce4_8422_2325, |hash, byte| {
            (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
        }))
    }

    pub fn below(&mut self, n: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (z ^ (z >> 31)) % n
    }

    pub fn share(&mut self) -> f64 {
        self.below(1 << 53) as f64 / (1_u64 << 53) as f64
    }

    /// Log-uniform from 10^−`decades` to 10^`decades`.
    pub fn factor(&mut self, decades: f64) -> f64 {
        10.0_f64.powf(decades * (2.0 * self.share() - 1.0))
    }
}

/// The standard patient with one, several or all quantities 10⁻¹² to 10¹² times as large; of `n`, an exponent, up to 2⁹.
pub fn patient(random: &mut Random, id: u64) -> VirtualPatient {
    let mut patient = standard(id);
    let changed = match random.below(4) {
        0 | 1 => 1,
        2 => 2 + random.below(5),
        _ => Quantity::COUNT as u64,
    };
    // Narrower ranges as well: the widest leave little but vanishing and overflowing patients.
    let decades = [1.0, 3.0, 12.0][random.below(3) as usize];
    for _ in 0..changed {
        let quantity = Quantity::ALL[random.below(Quantity::COUNT as u64) as usize];
        patient.quantities[quantity] = quantity.mean() * random.factor(decades);
    }
    patient
}

fn standard(id: u64) -> VirtualPatient {
    let study = study("curated", "logistic", "");
    VirtualPatient { id, ..Cohort::new(&study).expect("a drawn cohort").draw(0..1)[0] }
}

pub fn study(reading: &str, growth: &str, arms: &str) -> Study {
    let text = format!(
        "[study]\nname = \"extreme\"\npatients = 1\n[population]\ndistribution = \"fixed\"\n\
         [model]\nreading = {reading:?}\ngrowth = {growth:?}\n{arms}"
    );
    Study::parse(&text, Path::new("extreme.toml")).unwrap_or_else(|e| panic!("{e}\n{text}"))
}

/// Arms with every part of a treatment, of extreme size.
pub fn arms(random: &mut Random) -> String {
    let mut size = |mean: f64| mean * random.factor(6.0);
    format!(
        "[[arms]]\nname = \"untreated\"\n\
         [[arms]]\nname = \"dose\"\ndose_multiplier = {:e}\nlymphodepletion = {{ remaining = 0 }}\n\
         infusions = [{{ day = 0, fraction = 0.5 }}, {{ day = 1, fraction = 0.5 }}]\n\
         [[arms]]\nname = \"drug\"\nsuppressant = [{{ day = 1, hours = {:e}, rate = {:e} }}]\n\
         bridging = {{ remaining = 0.01 }}\n\
         [[arms]]\nname = \"rescue\"\n\
         rescue = {{ above = {:e}, delay_hours = {:e}, hours = {:e}, rate = {:e}, at_most = 1000 }}\n\
         [[arms]]\nname = \"relapse\"\nsecond_infusion = {{ after_relapse_days = 1, fraction = 1 }}\n\
         [[arms]]\nname = \"nothing\"\ndose_multiplier = 0\nbridging = {{ remaining = 0 }}\n",
        size(1.0),
        size(24.0),
        size(200.0),
        size(300.0),
        size(1.0),
        size(24.0),
        size(200.0)
    )
}
