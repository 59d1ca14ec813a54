//! Templates to letters.

mod support;

use letter::{
    Field, NAMES, Named, OF_LEAD, Problem, RenderError, Template, check_condition, holds, render,
    variables_of,
};
use proptest::prelude::*;
use support::{content, error, nobody, somebody, subject};

#[test]
fn each_name_has_a_value() {
    for name in NAMES {
        let source = format!("{{{{ {name} }}}}");
        let rendered = content(&source, &somebody()).text;
        assert!(!rendered.trim().is_empty(), "{name}");
    }
}

#[test]
fn flat_names_and_nested_ones_say_the_same() {
    let source = "{{first_name}}|{{last_name}}|{{name}}|{{email}}|{{company}}|{{unsubscribe_link}}|\
        {{sender_name}}|{{sender_email}}|{{campaign_name}}";
    let expected = "Bob|O'Neil <x>|Bob O'Neil <x>|bob@b.test|Bob & Sons|https://a.test/u?x=1&y=2|\
        Ada|ada@a.test|Spring";
    assert_eq!(content(source, &somebody()).text, expected);
    let nested = "{{lead.first_name}}|{{lead.last_name}}|{{lead.name}}|{{lead.email}}|{{lead.company}}|\
        {{unsubscribe_url}}|{{sender.name}}|{{sender.email}}|{{campaign.name}}";
    assert_eq!(content(nested, &somebody()).text, expected);
    let others = "{{ lead.status }}, {{ company.name }}";
    assert_eq!(content(others, &somebody()).text, "active, Analytical Ltd");
}

#[test]
fn one_word_is_one_company() {
    let problem = error("{{ company }} of {{ company.name }}", &somebody()).problem;
    assert_eq!(problem, Problem::TwoCompanies);
    let both = content("{{ lead.company }} of {{ company.name }}", &somebody());
    assert_eq!(both.text, "Bob & Sons of Analytical Ltd");
}

#[test]
fn what_is_missing_is_named_with_its_line() {
    let missing = error("Hi,\n\nof {{ company }}?", &nobody());
    let variable = "company".to_owned();
    let expected = RenderError {
        field: Field::Content,
        line: 3,
        problem: Problem::Missing { variable },
    };
    assert_eq!(missing, expected);
    assert_eq!(
        missing.to_string(),
        "content, line 3: company has no value; say what stands there instead: {{ company|default(\"…\") }}"
    );
    for name in [
        "first_name",
        "last_name",
        "name",
        "lead.name",
        "sender_name",
        "company.name",
    ] {
        let problem = error(&format!("<p>{{{{ {name} }}}}</p>"), &nobody()).problem;
        let variable = name.to_owned();
        assert_eq!(problem, Problem::Missing { variable });
    }
    let instead = content("Hi {{ first_name | default(\"there\") }}", &nobody());
    assert_eq!(instead.text, "Hi there");
    let asked = content("{% if name is defined %}x{% else %}y{% endif %}", &nobody());
    assert_eq!(asked.text, "y");
}

#[test]
fn what_no_lead_has_is_told() {
    let variable = "first_nmae".to_owned();
    let problem = error("Hi {{ first_nmae }}", &somebody()).problem;
    assert_eq!(problem, Problem::Unknown { variable });
    let template = Template {
        subject: "{{ first_name }}, {{ lead.nmae }}",
        content: "{{ company|default('you') }} {% for x in [1] %}{{ x }}{% endfor %}{{ first_nmae }}",
    };
    let list = |names: &[&str]| names.iter().map(ToString::to_string).collect();
    let named = Named {
        known: list(&["company", "first_name"]),
        unknown: list(&["first_nmae", "lead.nmae"]),
    };
    assert_eq!(variables_of(&template), Ok(named));
    let broken = Template {
        content: "\n{{ name",
        ..template
    };
    let error = variables_of(&broken).expect_err("no template");
    assert_eq!((error.field, error.line), (Field::Content, 2));
}

#[test]
fn values_are_escaped_in_html_and_nowhere_else() {
    let source = "<p>{{ last_name }} of {{ company }}</p>";
    let html = content(source, &somebody()).html;
    let expected = "<p>O&#x27;Neil &lt;x&gt; of Bob &amp; Sons</p>";
    assert_eq!(html.as_deref(), Some(expected));
    let around = format!("{{% autoescape false %}}{source}{{% endautoescape %}}");
    assert_eq!(
        content(&around, &somebody()).html.as_deref(),
        Some(expected)
    );
    let set = "{% autoescape false %}{% set x %}{{ last_name }}{% endset %}<p>{{ x }}</p>{% endautoescape %}";
    assert!(
        !content(set, &somebody())
            .html
            .expect("HTML")
            .contains("<x>")
    );
    let kept = "{% set x %}<b>{{ company }}</b>{% endset %}<p>{{ x }}</p>";
    let html = content(kept, &somebody()).html;
    assert_eq!(html.as_deref(), Some("<p><b>Bob &amp; Sons</b></p>"));
    let line = subject("{{ last_name }} of {{ company }}", &somebody());
    assert_eq!(line.as_deref(), Ok("O'Neil <x> of Bob & Sons"));
}

#[test]
fn a_template_can_not_take_the_machine() {
    let digits = "[0,1,2,3,4,5,6,7,8,9]";
    let long = format!("{{% for a in {digits} %}}").repeat(9) + "x" + &"{% endfor %}".repeat(9);
    let large = "x".repeat(letter::OUTPUT / 9);
    let large = format!("{{% for a in {digits} %}}{large}{{% endfor %}}");
    let doubled = "{% set x = 'xxxxxxxxxxxxxxxx' %}".to_owned() + &"{% set x = x ~ x %}".repeat(40);
    let nested = "{% with x = x|default('xxxxxxxx') ~ x|default('x') %}".repeat(40)
        + &"{% endwith %}".repeat(40);
    let times = "{% set x = 'x' * 1000000000 %}".to_owned();
    let quietly = "{{ [('x' * 99999999)][1:] }}".to_owned();
    for source in [long, large, doubled, nested, times, quietly] {
        let problem = error(&source, &somebody()).problem;
        assert_eq!(
            problem,
            Problem::TooMuch,
            "{}",
            &source[..50.min(source.len())]
        );
    }
    let deep = "(".repeat(10_000) + "1" + &")".repeat(10_000);
    for source in [
        "{% include 'x' %}".to_owned(),
        "{% import 'x' as y %}".to_owned(),
        "{% extends 'x' %}".to_owned(),
        "{{ range(10) }}".to_owned(),
        "{{ debug() }}".to_owned(),
        "{{ name|safe }}".to_owned(),
        "{{ name|tojson }}".to_owned(),
        format!("{{{{ {deep} }}}}"),
    ] {
        let template = Template {
            subject: "s",
            content: &source,
        };
        assert!(render(&template, &somebody()).is_err(), "{source}");
    }
}

#[test]
fn html_is_not_deeper_than_layouts_are() {
    for tag in ["<div>", "<ul><li>", "<table><tr><td>"] {
        let source = tag.repeat(10_000);
        assert_eq!(error(&source, &somebody()).problem, Problem::TooDeep);
    }
    let looped = "{% for a in [0,1,2,3,4,5,6,7,8,9] %}<div>{% endfor %}".repeat(100);
    assert_eq!(error(&looped, &somebody()).problem, Problem::TooDeep);
    let flat = "<p><br>x<img src=y></p>".repeat(1_000);
    assert_eq!(content(&flat, &somebody()).html, Some(flat));
    let deep = "<div>".repeat(200) + "x" + &"</div>".repeat(200);
    assert!(content(&deep, &somebody()).text.contains('x'));
}

#[test]
fn a_subject_is_one_line() {
    assert_eq!(
        subject(" Hi {{ first_name }} \n", &somebody()).as_deref(),
        Ok("Hi Bob")
    );
    let refused = |source: &str| subject(source, &somebody()).expect_err("no subject");
    let broken = refused("Hi\n\nBcc: eve@e.test");
    assert_eq!((broken.field, broken.line), (Field::Subject, 1));
    assert_eq!(broken.problem, Problem::LineBreak);
    for letter in ['\r', '\n', '\0', '\u{b}', '\u{85}', '\u{2028}', '\u{2029}'] {
        assert_eq!(refused(&format!("a{letter}b")).problem, Problem::LineBreak);
        // As it may come with a lead, too.
        let name = format!("Bob{letter}Bcc: eve@e.test");
        let mut variables = somebody();
        variables.lead.name = Some(&name);
        let problem = subject("Hi {{ name }}", &variables).map_err(|error| error.problem);
        assert_eq!(problem, Err(Problem::LineBreak));
    }
    for blank in ["", " \n", "{% if false %}x{% endif %}"] {
        assert_eq!(refused(blank).problem, Problem::Empty);
    }
}

#[test]
fn a_condition_holds_or_not() {
    for (expression, expected) in [
        ("lead.status == 'active'", true),
        ("lead.status in ['active', 'replied'] and email", true),
        ("company == 'Bob & Sons'", true),
        ("lead.company is defined", true),
        ("lead.status == 'replied'", false),
        ("not name", false),
        ("false", false),
    ] {
        assert_eq!(holds(expression, &somebody()), Ok(expected), "{expression}");
    }
    for expression in [
        "lead.company",
        "company",
        "first_name == 'Bob'",
        "lead.last_name is defined",
    ] {
        assert_eq!(holds(expression, &nobody()), Ok(false), "{expression}");
    }
    let problem = |expression: &str| {
        holds(expression, &somebody())
            .expect_err(expression)
            .problem
    };
    for variable in ["lead.stauts", "sender.name", "company.name"] {
        let variable = variable.to_owned();
        let expected = Problem::NotOfLead {
            variable: variable.clone(),
        };
        assert_eq!(problem(&format!("{variable} == 'active'")), expected);
    }
    assert_eq!(problem("'x' * 1000000000"), Problem::TooMuch);
    for expression in ["", "lead.status =", "true }} {{ 1", "range(9)"] {
        assert_eq!(
            holds(expression, &somebody()).map_err(|error| error.field),
            Err(Field::Condition)
        );
        assert!(check_condition(expression).is_err(), "{expression}");
    }
    for name in OF_LEAD {
        let expression = format!("{name} is defined");
        assert_eq!(holds(&expression, &somebody()), Ok(true), "{name}");
        assert_eq!(check_condition(&expression), Ok(()), "{name}");
    }
}

proptest! {
    #[test]
    fn nothing_makes_it_panic(subject in "([{}%#| a-z.'()\\[\\]~*\n]){0,60}", content in any::<String>()) {
        let template = Template { subject: &subject, content: &content };
        drop((render(&template, &somebody()), variables_of(&template), holds(&subject, &nobody())));
    }

    #[test]
    fn no_value_writes_a_tag(name in any::<String>()) {
        let mut variables = somebody();
        variables.lead.name = Some(&name);
        let source = "<p title=\"{{ name }}\">{{ name }}</p>";
        if let Ok(rendered) = render(&Template { subject: "s", content: source }, &variables) {
            let html = rendered.html.expect("HTML");
            prop_assert_eq!((html.matches('<').count(), html.matches('"').count()), (2, 2));
        }
    }
}
