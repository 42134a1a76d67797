//! What the portal says is wrong with the fields of a form, in the window's words.

use crate::{
    space::password_rule,
    times::Times,
    view::{FormProblem, FormRefusal},
};
use parvis_protocol::{error::FieldProblemCode, message::FieldProblem};

/// What is wrong, all at once. Rules of a password are one problem, where the first of them stands.
pub(crate) fn problems(said: &[FieldProblem], times: &Times) -> Vec<FormProblem> {
    let mut problems: Vec<FormProblem> = Vec::new();
    for problem in said {
        if let Some(rule) = password_rule(&problem.code) {
            let same = |known: &&mut FormProblem| known.field == problem.field;
            if let Some(FormProblem { refusal: FormRefusal::Password { unmet }, .. }) =
                problems.iter_mut().find(same)
            {
                unmet.push(rule);
                continue;
            }
        }
        problems.push(FormProblem { field: problem.field.clone(), refusal: refusal(problem, times) });
    }
    problems
}

fn refusal(problem: &FieldProblem, times: &Times) -> FormRefusal {
    match FieldProblemCode::parse(&problem.code) {
        FieldProblemCode::Missing => FormRefusal::Missing,
        FieldProblemCode::Malformed => FormRefusal::Malformed,
        FieldProblemCode::Different => FormRefusal::Different,
        FieldProblemCode::InternationalPrefix => FormRefusal::InternationalPrefix,
        FieldProblemCode::Unsuitable => FormRefusal::Unsuitable,
        FieldProblemCode::InUse => FormRefusal::InUse,
        FieldProblemCode::NotAMember => FormRefusal::NotAMember,
        FieldProblemCode::RecordDiffers => FormRefusal::RecordDiffers,
        FieldProblemCode::Rejected => FormRefusal::Rejected,
        FieldProblemCode::Expired => FormRefusal::Expired,
        FieldProblemCode::Blocked | FieldProblemCode::SendRefused => {
            let left = times.left(until(problem));
            FormRefusal::Later { retry_after: left.and_then(|left| u64::try_from(left.as_millis()).ok()) }
        }
        FieldProblemCode::Unchanged | FieldProblemCode::ClockDrift | FieldProblemCode::Unknown => {
            password_rule(&problem.code)
                .map_or(FormRefusal::Other, |rule| FormRefusal::Password { unmet: vec![rule] })
        }
    }
}

/// Until when, in the portal's seconds.
pub(crate) fn until(problem: &FieldProblem) -> Option<i64> {
    problem.params.as_ref()?.get("until")?.as_i64()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::view::PasswordRule;
    use serde_json::{Value, json};
    use tokio::time::Instant;

    fn read(said: &Value) -> Vec<FormProblem> {
        let said: Vec<FieldProblem> = serde_json::from_value(said.clone()).unwrap();
        problems(&said, &Times { here: 5_000, there: Some(100_000), instant: Instant::now() })
    }

    #[test]
    fn rules_of_a_password_are_one_problem() {
        let problems = read(&json!([
            {"field": "password", "code": "too_short"},
            {"field": "email", "code": "different"},
            {"field": "password", "code": "upper"},
        ]));
        let unmet = vec![PasswordRule::TooShort, PasswordRule::Upper];
        let of = |field: &str, refusal| FormProblem { field: field.to_owned(), refusal };
        assert_eq!(
            problems,
            [of("password", FormRefusal::Password { unmet }), of("email", FormRefusal::Different)]
        );
    }

    #[test]
    fn instants_are_by_the_portals_clock_and_unknown_reasons_are_said() {
        let later = |until: i64| json!([{"field": "phone", "code": "blocked", "params": {"until": until}}]);
        let of = |refusal| vec![FormProblem { field: "phone".to_owned(), refusal }];
        assert_eq!(read(&later(130)), of(FormRefusal::Later { retry_after: Some(30_000) }));
        assert_eq!(read(&later(1)), of(FormRefusal::Later { retry_after: Some(0) }));
        assert_eq!(read(&later(i64::MAX)), of(FormRefusal::Later { retry_after: None }));
        assert_eq!(read(&json!([{"field": "phone", "code": "brand_new"}])), of(FormRefusal::Other));
    }
}
