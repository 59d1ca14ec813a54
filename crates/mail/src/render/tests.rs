use super::*;

fn variables() -> Variables<'static> {
    Variables {
        lead: Lead::new("bob@b.test", Some("Bob O'Neil <x>"), None, "active"),
        sender: Sender {
            email: "ada@a.test",
            name: Some("Ada"),
            company: Some(" "),
        },
        campaign: Campaign { name: "Spring" },
        company: Company {
            name: Some("A & B"),
        },
        unsubscribe_url: "https://a.test/u?x=1&y=2",
    }
}

fn text(source: &str) -> Result<Rendered, Error> {
    let template = Template {
        subject: "s",
        html: None,
        text: Some(source),
    };
    render(&template, &variables())
}

fn html(source: &str) -> Rendered {
    let template = Template {
        subject: "s",
        html: Some(source),
        text: None,
    };
    render(&template, &variables()).expect("a template")
}

#[test]
fn values_stand_where_they_are_named() {
    let source = "{{ lead.first_name }}/{{ lead.last_name }}/{{ lead.email }}/{{ sender.name|upper }}/\
        {{ campaign.name }}/{{ company.name }}/{{ unsubscribe_url }}{% if lead.name %}!{% endif %}";
    let expected = "Bob/O'Neil <x>/bob@b.test/ADA/Spring/A & B/https://a.test/u?x=1&y=2!";
    assert_eq!(text(source).expect("a template").text, expected);
    let escaped = html("<p>{{ lead.last_name }} of {{ company.name }}</p>").html;
    assert_eq!(
        escaped.as_deref(),
        Some("<p>O&#x27;Neil &lt;x&gt; of A &amp; B</p>")
    );
}

#[test]
fn what_is_missing_is_named_with_its_place() {
    let error = text("Hi,\nof {{ lead.company }}?").expect_err("no company");
    let place = Place {
        part: Part::Text,
        line: 2,
        column: 7,
    };
    let variable = "lead.company".to_owned();
    assert_eq!(error, Error::Missing { place, variable });
    assert!(
        error
            .to_string()
            .starts_with("text, line 2, column 7: lead.company has no value"),
        "{error}"
    );
    // What is blank is missing, too.
    assert!(matches!(
        text("{{ sender.company }}"),
        Err(Error::Missing { .. })
    ));
    assert!(matches!(
        text("{{ nobody.name }}"),
        Err(Error::Missing { .. })
    ));
    assert!(matches!(
        text("{% if lead.company %}x{% endif %}"),
        Err(Error::Missing { .. })
    ));
    let tested =
        "{% if lead.company is defined %}x{% endif %}{% if lead.name is defined %}y{% endif %}";
    assert_eq!(text(tested).expect("a template").text, "y");
    let instead = text("{{ lead.company|default('you') }}").expect("a template");
    assert_eq!(instead.text, "you");
}

#[test]
fn a_template_is_checked_before_there_is_a_lead() {
    let template = Template {
        subject: "{{ lead.name }}",
        html: Some("{% if lead.company is defined %}{% endif %}{{ unsubscribe_url }}"),
        text: Some("{{ lead.name }}"),
    };
    let with = |html| {
        check(&Template {
            html: Some(html),
            ..template
        })
    };
    assert_eq!(
        with("{{ unsubscribe_url }}{{ lead.company|lower }}"),
        Ok(vec![
            "lead.company".to_owned(),
            "lead.name".to_owned(),
            "unsubscribe_url".to_owned()
        ])
    );
    let unknown = Error::Unknown {
        part: Part::Html,
        variable: "lead.nmae".to_owned(),
    };
    assert_eq!(with("{{ lead.nmae }}"), Err(unknown));
    assert!(matches!(with("{{ lead.name"), Err(Error::Syntax { .. })));
    assert!(matches!(
        with("{{ lead.name|tojson }}"),
        Err(Error::Syntax { .. })
    ));
}

#[test]
fn each_variable_has_a_value() {
    for variable in VARIABLES {
        let source = format!("{{{{ {variable} }}}}");
        let template = Template {
            subject: &source,
            html: None,
            text: Some(""),
        };
        assert_eq!(check(&template), Ok(vec![variable.to_owned()]));
    }
}

#[test]
fn a_template_can_not_take_the_machine() {
    let statement = |source: &str| match text(source) {
        Err(Error::Statement { statement, .. }) => statement,
        other => panic!("{other:?}"),
    };
    assert_eq!(statement("{% include 'x' %}"), "include");
    assert_eq!(statement("{%- set x = 1 %}"), "set");
    assert_eq!(statement("{%+macro x()%}"), "macro");
    assert_eq!(statement("{% raw %}"), "raw");
    let part = Part::Text;
    let loops = "{% for a in lead.email %}".repeat(7) + &"{% endfor %}".repeat(7);
    assert!(text(&loops).is_err());
    let digits = "[0,1,2,3,4,5,6,7,8,9]";
    let loops = format!("{{% for a in {digits} %}}").repeat(9) + "x" + &"{% endfor %}".repeat(9);
    assert_eq!(text(&loops), Err(Error::TooMuch { part }));
    let large = format!(
        "{{% for a in {digits} %}}{}{{% endfor %}}",
        "x".repeat(OUTPUT / 9)
    );
    assert_eq!(text(&large), Err(Error::TooMuch { part }));
    for times in [
        "{{ 'x' * 9 }}",
        "{{ '}}' * 9 }}",
        "{{ [{}][0] ~ '\\'' * 9 }}",
        "{# {{ #}{% if 2 * 2 %}{% endif %}",
    ] {
        assert_eq!(statement(times), "*", "{times}");
    }
    for harmless in [
        "*",
        "{# {% set x = 2 * 2 %} #}*",
        "{{ '*' }}",
        "{{ \"'\" }}*{{ '\"*' }}",
    ] {
        assert!(text(harmless).is_ok(), "{harmless}");
    }
    assert!(matches!(
        text("{{ range(10) }}"),
        Err(Error::Missing { .. } | Error::Syntax { .. })
    ));
}

#[test]
fn the_subject_is_one_line() {
    let subject = |subject| {
        render(
            &Template {
                subject,
                html: None,
                text: Some(""),
            },
            &variables(),
        )
        .map(|rendered| rendered.subject)
    };
    assert_eq!(
        subject("Hi\r\nBcc: {{ lead.first_name }}\n\n x").as_deref(),
        Ok("Hi Bcc: Bob x")
    );
    assert_eq!(subject(" \n"), Err(Error::NoSubject));
    let nothing = Template {
        subject: "s",
        html: None,
        text: None,
    };
    assert_eq!(render(&nothing, &variables()), Err(Error::NoBody));
}

#[test]
fn text_is_made_of_html() {
    let rendered = html(
        "<h1>Hi {{ lead.first_name }}</h1><table><tr><td>one</td><td><a href='https://a.test/x'>two</a></td></tr></table>",
    );
    for expected in ["Hi Bob", "one", "two", "https://a.test/x"] {
        assert!(rendered.text.contains(expected), "{}", rendered.text);
    }
    assert!(
        !rendered.text.contains('<') && !rendered.text.contains('|'),
        "{}",
        rendered.text
    );
}

#[test]
fn a_condition_holds_or_not_and_harms_nobody() {
    let holds = |expression: &str| super::holds(expression, &Variables::known());
    for expression in [
        "lead.status == 'active'",
        "lead.company and not lead.unknown",
        "'ada' in lead.email",
    ] {
        assert_eq!(holds(expression), Ok(true), "{expression}");
    }
    for expression in ["lead.status == 'replied'", "nobody", "lead.unknown"] {
        assert_eq!(holds(expression), Ok(false), "{expression}");
    }
    for expression in ["lead.status =", "'x' * 100000000", "range(9)", ""] {
        assert!(holds(expression).is_err(), "{expression}");
    }
}
