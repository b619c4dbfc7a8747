//! The figures of an analysis as one long table: a row for each outcome, factor and statistic.

use super::{OutcomeSensitivity, Sensitivity};
use cartrial_dataset::{StatisticsCells, StatisticsColumn};

/// A row.
struct Entry<'a> {
    outcome: &'a OutcomeSensitivity,
    method: &'static str,
    factor: &'a str,
    statistic: &'static str,
    /// The unit of a measure that has that of its outcome.
    unit: &'static str,
    value: f64,
    ci95: Option<[f64; 2]>,
    n: u64,
}

impl Sensitivity {
    /// Every estimate in long form. What could not be estimated has no row.
    pub fn table(&self) -> Vec<StatisticsColumn> {
        let rows: Vec<Entry> = self.outcomes.iter().flat_map(|outcome| self.entries(outcome)).collect();
        let text = |name, label, of: &dyn Fn(&Entry) -> Option<String>| StatisticsColumn {
            name,
            label,
            cells: StatisticsCells::Text(rows.iter().map(of).collect()),
        };
        let number = |name, label, of: &dyn Fn(&Entry) -> Option<f64>| StatisticsColumn {
            name,
            label,
            cells: StatisticsCells::Number(rows.iter().map(of).collect()),
        };
        vec![
            text("endpoint", "Outcome", &|r| Some(r.outcome.column.endpoint.name().to_owned())),
            text("arm", "Trial arm", &|r| Some(r.outcome.column.arm.clone())),
            text("difference_from", "Arm whose value is taken off, within the patient", &|r| {
                r.outcome.column.difference_from.clone()
            }),
            text("method", "sobol, morris, regression or prcc", &|r| Some(r.method.to_owned())),
            text("factor", "Quantity, or group of quantities", &|r| Some(r.factor.to_owned())),
            text("statistic", "What the value is", &|r| Some(r.statistic.to_owned())),
            text("unit", "Unit of the value", &|r| Some(r.unit.to_owned())),
            number("value", "Estimate", &|r| Some(r.value)),
            number("ci95_low", "Lower end of the 95 % interval", &|r| r.ci95.map(|ends| ends[0])),
            number("ci95_high", "Upper end of the 95 % interval", &|r| r.ci95.map(|ends| ends[1])),
            StatisticsColumn {
                name: "n",
                label: "Rows, trajectories or patients that it rests on",
                cells: StatisticsCells::Count(rows.iter().map(|r| Some(r.n)).collect()),
            },
        ]
    }

    fn entries<'a>(&'a self, outcome: &'a OutcomeSensitivity) -> Vec<Entry<'a>> {
        let mut rows = Vec::new();
        let of_outcome = outcome.column.endpoint.unit();
        let mut add = |method, factor: &'a str, statistic, value, ci95, n| {
            let unit = if method == "morris" { of_outcome } else { "1" };
            rows.push(Entry { outcome, method, factor, statistic, unit, value, ci95, n });
        };
        if let Some(sobol) = outcome.sobol.value() {
            for (factor, index) in self.plan.factors.iter().zip(&sobol.factors) {
                let (name, n) = (factor.name.as_str(), sobol.n);
                add("sobol", name, "first_order", index.first_order, index.first_order_ci95, n);
                add("sobol", name, "first_order_jansen", index.first_order_jansen, None, n);
                add("sobol", name, "total", index.total, index.total_ci95, n);
            }
        }
        if let Some(effects) = outcome.effects.as_ref().and_then(|effects| effects.value()) {
            for (factor, effects) in self.plan.factors.iter().zip(effects) {
                let (name, n) = (factor.name.as_str(), effects.n);
                if let Some(mu) = effects.mu {
                    add("morris", name, "mu", mu, None, n);
                }
                add("morris", name, "mu_star", effects.mu_star, Some(effects.mu_star_ci95), n);
                if let Some(sigma) = effects.sigma {
                    add("morris", name, "sigma", sigma, None, n);
                }
            }
        }
        if let Some(table) = outcome.drivers.value() {
            for driver in &table.drivers {
                let name = driver.predictor.as_str();
                add("regression", name, "beta", driver.coefficient.beta, Some(driver.beta_ci95), table.n);
                add("prcc", name, "prcc", driver.prcc.r, Some(driver.prcc_ci95), table.ranked);
            }
        }
        rows
    }
}
