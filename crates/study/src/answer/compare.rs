//! Two runs side by side.

use wakeline_timeline::compare::Comparison;
use wakeline_timeline::json::Json;
use wakeline_timeline::log::Log;

use super::metrics::totals;

pub(super) fn write(json: &mut Json, kept: &Log, current: &Log) {
    let comparison = Comparison::of(kept, current);
    json.object(|json| {
        json.field("kept");
        totals(json, &comparison.kept);
        json.field("current");
        totals(json, &comparison.current);
        json.field("rows").array(|json| {
            for row in &comparison.rows {
                json.object(|json| {
                    json.field("name").text(row.name);
                    json.field("kept").number(row.kept);
                    json.field("current").number(row.current);
                    json.field("difference").signed(row.difference());
                });
            }
        });
        json.field("tasks").array(|json| {
            for pair in &comparison.tasks {
                json.object(|json| {
                    json.field("name").text(&pair.name);
                    for (name, id) in [("kept", pair.kept), ("current", pair.current)] {
                        if id != 0 {
                            json.field(name).number(id.into());
                        }
                    }
                    let ends = [
                        ("kept_end", pair.kept_end),
                        ("current_end", pair.current_end),
                    ];
                    for (name, end) in ends {
                        if let Some(end) = end {
                            json.field(name).number(end);
                        }
                    }
                });
            }
        });
    });
}
